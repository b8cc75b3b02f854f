"""Where lines of Chinese end: numbers and words stay whole, marks stay where they belong."""

import itertools

import pytest

from common.linebreaking import line_starts


def lines(text, width):
    """The lines of `text`, a Latin letter one unit wide and a Chinese character two."""
    widths = [1 if ord(character) < 0x2E80 else 2 for character in text]
    starts = [0, *line_starts(text, widths, [width]), len(text)]
    return [text[begin:end] for begin, end in itertools.pairwise(starts)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("採購專業人員", 8, ["採購專業", "人員"]),
        ("統計至107年", 8, ["統計至", "107年"]),
        ("統計至 107 年", 8, ["統計至 ", "107 年"]),
        ("plain English words", 9, ["plain ", "English ", "words"]),
        ("上課，下課。", 4, ["上", "課，", "下", "課。"]),
        ("他說「好」了", 6, ["他說", "「好」", "了"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("第\u00a01\u00a0期班", 7, ["第\u00a01\u00a0期", "班"]),
        ("陳𠮷祥", 4, ["陳𠮷", "祥"]),
        ("字", 1, ["字"]),
        ("", 4, [""]),
    ],
)
def test_lines_turn_where_they_may(text, width, expected):
    assert lines(text, width) == expected


def test_the_first_line_may_be_shorter_than_the_others():
    assert line_starts("採購專業人員", [2] * 6, [4, 8]) == [2]


def test_a_space_at_the_end_of_a_full_line_does_not_push_its_word_down():
    assert lines("abcd efgh", 4) == ["abcd ", "efgh"]
