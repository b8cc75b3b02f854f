"""Names: when two agree, how they are found, and as strangers see them."""

import pytest

from common.names import Likeness, compare_names, mask_name, name_key


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王○明"),
        ("王明", "王○"),
        ("王", "○"),
        ("歐陽小明", "歐○○明"),
        ("陳𠮷祥", "陳○祥"),
        ("𠮷田", "𠮷○"),
        ("葛\U000e0100小明", "葛\U000e0100○明"),
        ("谷辣斯·尤達卡", "谷○○○○○卡"),
        ("John Smith", "J**n S***h"),
        ("Li Wei X", "L* W*i *"),
        ("Joe\u0301 Lee", "J*e\u0301 L*e"),
        ("", ""),
    ],
)
def test_the_middle_is_hidden(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize("dot", ["", ".", *"\u2027\u00b7\u30fb\u2022\u2219\uff65\uff0e\u22c5\u0387"])
def test_every_middle_dot_and_none_at_all_are_the_same(dot):
    assert compare_names(f"巴奈{dot}測試", "巴奈‧測試") is Likeness.SAME


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("O’Brien", "O'Brien"),
        ("O´Brien", "O\u02bcBrien"),
        ("Jean‐Luc", "Jean-Luc"),
        ("Jean—Luc", "Jean Luc"),
        ("ＡＮＮ　Lee", "ann lee"),
        ("Jose\u0301", "José"),
        ("王\u3000小\u00a0明\u200b", "王小明"),
        ("\uf9c4明", "龍明"),
        ("葛\U000e0100城", "葛城"),
        ("葛\ufe00城", "葛城"),
        ("台生", "臺生"),
    ],
)
def test_writing_differs_and_the_name_is_the_same(given, known):
    assert compare_names(given, known) is Likeness.SAME


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("温如", "溫如"),
        ("林峯", "林峰"),
        ("黄強", "黃强"),
        ("蔡?安", "蔡𥕢安"),
        ("蔡??安", "蔡𥕢安"),
        ("李文？", "李文喆"),
        ("王\ue000明", "王𠕇明"),
        ("王\ue000明", "王\ue001明"),
        ("王\ufffd明", "王小明"),
        ("王□明", "王小明"),
        ("王○明", "王小明"),
        ("蔡𥕢安", "蔡?安"),
    ],
)
def test_another_form_of_a_character_or_a_lost_one_is_alike(given, known):
    assert compare_names(given, known) is Likeness.ALIKE


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("王大明", "王小明"),
        ("林昇", "林升"),
        ("范明", "範明"),
        ("李文?", "王文喆"),
        ("???", "王小明"),
        ("王??", "王小明"),
        ("蔡?安", "蔡安"),
        ("李", "李文喆"),
        ("?", "?"),
        ("", ""),
    ],
)
def test_another_name_stays_another(given, known):
    assert compare_names(given, known) is Likeness.DIFFERENT


def test_forms_of_one_character_are_found_by_one_key():
    assert name_key("温 如‧峯") == name_key("溫如峰")
