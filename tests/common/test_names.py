"""Names as strangers see them."""

import pytest

from common.names import mask_name


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
