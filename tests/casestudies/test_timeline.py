"""What happened to a case, in its order, and drawn so that everybody can read it."""

import datetime

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from casestudies.enums import Failure, NoticeKind
from casestudies.timeline import CHANGE, TimelineEvent, draw, events_of, in_words, short_amount
from tests.factories.casestudies import FailedNoticeFactory, TenderCaseFactory, TenderNoticeFactory

D = datetime.date


def _failed_twice(**words):
    old = TenderCaseFactory(number="114A001", budget=6_500_000)
    TenderNoticeFactory(case=old, published_on=D(2025, 3, 3))
    FailedNoticeFactory(case=old, published_on=D(2025, 3, 20))
    new = TenderCaseFactory(number="114A002", budget=9_900_000, follows=old, **words)
    TenderNoticeFactory(case=new, published_on=D(2025, 6, 2))
    FailedNoticeFactory(case=new, published_on=D(2025, 6, 30), failure=Failure.SCRAPPED)
    return new


def _award(case, on, amount=9_800_000):
    TenderNoticeFactory(
        case=case, kind=NoticeKind.AWARD, printed_type="決標公告", published_on=on + datetime.timedelta(days=9),
        awarded_on=on, award_amount=amount,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_notices_of_a_case_and_of_the_case_it_follows_are_told_in_order():
    case = _failed_twice(change_before_award="工期由 200 日曆天\n延長為 300 日曆天")
    TenderNoticeFactory(case=case, published_on=D(2025, 8, 1), budget=12_000_000)
    _award(case, D(2025, 8, 25))
    with override("zh-hant"):
        told = [(event.on, event.kind, event.label, event.amount) for event in events_of(case)]
    assert told == [
        (D(2025, 3, 3), "tender", "首次招標", 6_500_000),
        (D(2025, 3, 20), "failed", "第 1 次：流標", None),
        (D(2025, 6, 2), "tender", "以新案號再次招標", 9_900_000),
        (D(2025, 6, 30), "failed", "第 2 次：廢標", None),
        # the change came with the notice that was answered
        (D(2025, 8, 1), CHANGE, "工期由 200 日曆天 延長為 300 日曆天", None),
        (D(2025, 8, 1), "tender", "再次招標", 12_000_000),
        (D(2025, 8, 25), "award", "決標", 9_800_000),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("awarded", "precision"), [(D(2025, 6, 30), "month"), (D(2025, 9, 4), "year"), (D(2026, 1, 8), "before")]
)
def test_a_change_without_a_notice_is_dated_no_more_exactly_than_it_is_known(awarded, precision):
    case = _failed_twice(change_before_award="調高預算")
    _award(case, awarded)
    changes = [event.precision for event in events_of(case) if event.kind == CHANGE]
    assert changes == [precision]


@pytest.mark.django_db
def test_one_query_tells_a_case_and_one_more_each_that_it_follows(django_assert_num_queries):
    case = _failed_twice()
    case.refresh_from_db()
    with django_assert_num_queries(2):
        events_of(case)
    for day in range(1, 20):
        FailedNoticeFactory(case=case, published_on=D(2025, 7, day))
    case.refresh_from_db()
    with django_assert_num_queries(2):
        events_of(case)


def test_a_date_is_shown_as_exactly_as_it_is_known():
    event = TimelineEvent(D(2023, 5, 2), "month", "award", "決標", 9_900_000_000)
    with override("zh-hant"):
        assert (event.when, event.stamp, event.money) == ("112 年 5 月", "2023-05", "決標金額 99 億元")
        assert in_words(event) == "112 年 5 月, 決標: 決標 (決標金額 99 億元)"
        assert short_amount(25_775_360) == "2,577.54 萬元"
    undated = TimelineEvent(D(2023, 12, 31), "before", "failed", "第 8 次流標")
    with override("zh-hant"):
        assert (undated.when, undated.stamp) == ("至遲 112 年", "")
    with override("en"):
        assert (event.when, event.money) == ("May 2023", "for NT$9.9 billion")


def _boxes(layout):
    """The ground that each flag's words cover, generously: (left, top, right, bottom)."""
    for flag in layout.flags:
        width = max(sum(15 if ord(c) >= 0x2E80 else 5 if c in " .,:" else 9 for c in line.text) for line in flag.words)
        tops = [line.y for line in flag.words]
        yield flag.x, min(tops) - 15, flag.words[0].x + width, max(tops) + 4


@pytest.mark.parametrize("number", [1, 2, 9, 10, 11, 24])
@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_no_words_overlap_however_many_events_fall_within_days(number, language):
    kinds = ["tender", "failed", "change", "award"]
    events = [
        TimelineEvent(D(2025, 12, 20 + n // 3), "day", kinds[n % 4], "預算調整" * (n % 9), 9_715_000_000)
        for n in range(number)
    ]
    with override(language):
        drawing = draw(events)
    for layout in (drawing.wide, drawing.narrow):
        boxes = list(_boxes(layout))
        assert len(boxes) == number
        for index, (left, top, right, bottom) in enumerate(boxes):
            assert min(left, top) >= 0
            assert right <= layout.width
            assert bottom <= layout.height
            for other in boxes[index + 1 :]:
                apart = other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top
                assert apart, (index, other)


def test_the_drawing_has_title_description_and_a_table_and_every_kind_a_shape_and_a_word():
    events = [
        TimelineEvent(D(2023, 1, 1), "year", "failed", "<b>第 8 次</b>"),
        TimelineEvent(D(2023, 5, 2), "day", "award", "決標", 1),
    ]
    with override("zh-hant"):
        shown = render_to_string("casestudies/timeline.html", {"drawing": draw(events, key="case7")})
    assert '<title id="case7-wide-title">112 年 – 112 年 5 月 2 日</title>' in shown
    assert "112 年, 無法決標: &lt;b&gt;第 8 次&lt;/b&gt;; 112 年 5 月 2 日, 決標" in shown
    assert shown.count('role="img"') == 2
    assert '<time datetime="2023">112 年</time>' in shown
    assert "<b>第" not in shown
    assert "style=" not in shown
    assert render_to_string("casestudies/timeline.html", {"drawing": draw([])}).strip() == ""
