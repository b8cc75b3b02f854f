"""Charts: the geometry tells the truth, and the SVG is accessible under the site's policy."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from common.charts import bar_chart

TERMS = [(f"第 {term} 期", rate) for term, rate in enumerate([91.43, 90, 85.71, Decimal("81.43"), 88.57, 85], 1)]


def pass_rates(**options):
    return bar_chart(TERMS, key="pass", title="各期及格率", unit="%", target=83, maximum=100, **options)


def test_heights_are_proportional_and_bars_below_the_target_are_marked():
    chart = pass_rates().wide
    full = chart.axes[0].y1 - chart.axes[-1].y1
    assert [tick.text for tick in chart.ticks] == ["0%", "20%", "40%", "60%", "80%", "100%"]
    assert [bar.height for bar in chart.bars] == pytest.approx([full * float(rate) / 100 for _, rate in TERMS], abs=0.1)
    assert [bar.is_under for bar in chart.bars] == [False, False, False, True, False, False]
    assert chart.target.y1 == pytest.approx(chart.axes[0].y1 - full * 0.83, abs=0.1)
    assert [bar.value.text for bar in chart.bars] == ["91.4%", "90.0%", "85.7%", "81.4%", "88.6%", "85.0%"]


def test_where_lower_is_better_the_bars_above_the_target_are_marked():
    chart = bar_chart([("107", 9.3), ("108", 12.2)], key="f", title="流廢標", target=11.5, lower_is_better=True)
    assert [bar.is_under for bar in chart.narrow.bars] == [False, True]


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([3, 7], ["0", "2", "4", "6", "8"]),
        ([410], ["0", "100", "200", "300", "400", "500"]),
        ([0.07], ["0", "0.02", "0.04", "0.06", "0.08"]),
        ([1586], ["0", "500", "1,000", "1,500", "2,000"]),
        ([1], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ([0, None], ["0", "1"]),
        ([], ["0", "1"]),
    ],
)
def test_the_axis_ends_at_a_round_number_and_has_few_steps(values, ticks):
    chart = bar_chart([("x", value) for value in values], key="x", title="x").wide
    assert [tick.text for tick in chart.ticks] == ticks


def test_a_missing_value_is_not_a_zero():
    chart = bar_chart([("a", None), ("b", 0)], key="x", title="x", unit="%", target=50).wide
    assert [(bar.value.text, bar.height, bar.is_under) for bar in chart.bars] == [("—", 0, False), ("0.0%", 0, True)]


def test_a_bar_below_zero_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        bar_chart([("a", -1)], key="x", title="x")


def test_many_bars_and_long_labels_lie_down():
    upright, lying = pass_rates().wide, bar_chart([("a", 1)] * 11, key="x", title="x").wide
    assert upright.ticks
    assert not lying.ticks
    assert [bar.x for bar in lying.bars] == [0] * 11
    assert not bar_chart([("臺中市政府建設局新建工程處", 1)], key="x", title="x").wide.ticks


def test_everything_stands_inside_the_picture():
    for layout in (pass_rates().wide, pass_rates().narrow):
        for bar in layout.bars:
            assert 0 <= bar.x <= bar.x + bar.width <= layout.width
            assert 0 <= bar.y <= bar.y + bar.height <= layout.height
            assert 10 <= bar.value.y <= layout.height


def test_the_svg_names_and_describes_itself_and_has_no_inline_style():
    with override("en"):
        drawn = render_to_string("components/bar_chart.html", {"chart": pass_rates()})
    figure = ElementTree.fromstring(drawn)
    svgs = figure.findall("svg")
    assert [svg.get("class") for svg in svgs] == ["chart wide", "chart narrow"]
    for svg in svgs:
        by_id = {element.get("id"): element for element in svg.iter() if element.get("id")}
        title, description = (by_id[name] for name in svg.get("aria-labelledby").split())
        assert (svg.get("role"), title.tag, title.text, description.tag) == ("img", "title", "各期及格率", "desc")
        assert description.text == (
            "第 1 期 91.4%; 第 2 期 90.0%; 第 3 期 85.7%; 第 4 期 81.4%; 第 5 期 88.6%; 第 6 期 85.0%. Target 83%"
        )
        under = [rect for rect in svg.iter("rect") if rect.get("class") == "bar under"]
        assert [rect.get("fill").removeprefix("url(#").removesuffix(")") in by_id for rect in under] == [True]
    assert "style=" not in drawn
    ids = re.findall(r'\bid="([^"]+)"', drawn)
    assert len(ids) == len(set(ids))


def test_without_a_target_nothing_is_hatched():
    drawn = render_to_string("components/bar_chart.html", {"chart": bar_chart(TERMS, key="x", title="x")})
    assert "<pattern" not in drawn
    assert 'class="target' not in drawn
