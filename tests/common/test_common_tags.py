"""What the filters show, in both languages."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import Context, Template
from django.utils.translation import override

DAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 19, 17, 5, tzinfo=UTC)  # 01:05 of the 20th in Taipei


def shown(value, with_filter, language):
    with override(language):
        return Template(f"{{% load common_tags %}}{{{{ value|{with_filter} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("value", "with_filter", "chinese", "english"),
    [
        (DAY, "rocdate", "115 年 11 月 20 日", "20 November 2026"),
        (MOMENT, "rocdate", "115 年 11 月 20 日", "20 November 2026"),
        (DAY, "shortdate", "11/20 週五", "Fri 20 Nov"),
        (MOMENT, "clock", "01:05", "01:05"),
        (time(9, 0), "clock", "09:00", "09:00"),
        (time(0, 0), "clock", "00:00", "00:00"),
        (MOMENT, "rocdatetime", "115 年 11 月 20 日 01:05", "20 November 2026, 01:05"),
        (90, "duration", "1 小時 30 分", "1 h 30 min"),
        (120, "duration", "2 小時", "2 h"),
        (0, "duration", "0 分", "0 min"),
        (Fraction(313, 2), "duration", "2 小時 36 分", "2 h 36 min"),
        (-5, "duration", "−5 分", "−5 min"),
        (1890, "hours", "31.5", "31.5"),
        (3960, "hours", "66", "66"),
        (100, "hours:50", "2", "2"),
        (Decimal("91.43"), "percent", "91.43%", "91.43%"),
        (87, "percent:0", "87%", "87%"),
        (Decimal("9.265"), "percent", "9.27%", "9.27%"),
        (Fraction(357, 410), "ratio", "87.07%", "87.07%"),
        (0, "percent:1", "0.0%", "0.0%"),
        (None, "percent", "—", "—"),
        (None, "ratio", "—", "—"),
        ("王小明", "masked", "王○明", "王○明"),
    ],
)
def test_values_in_both_languages(value, with_filter, chinese, english):
    assert shown(value, with_filter, "zh-hant") == chinese
    assert shown(value, with_filter, "en") == english


@pytest.mark.parametrize("with_filter", ["rocdate", "shortdate", "clock", "rocdatetime", "duration", "hours", "masked"])
def test_nothing_shows_nothing(with_filter):
    assert shown(None, with_filter, "zh-hant") == ""
    assert shown("", with_filter, "en") == ""
