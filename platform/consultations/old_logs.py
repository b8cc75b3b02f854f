"""How old logs of the hotline were kept: the headings of their columns, and how each cell is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.rocdates import moment_of_serial, parse_moment, parse_time
from common.spreadsheets import guess_columns
from common.spreadsheets.table import normalise
from common.templatetags.common_tags import rocdate

from .enums import Channel


@dataclass(frozen=True)
class OldField:
    """A field of ours that a column of an old log may hold; any of `headings` may stand above it.

    `is_required` fields must have a column. A blank cell of a `may_fill` field may mean the value above it. Of an
    `is_name` field, which names something of ours, a cell that its program has made a day or a number of is refused.
    """

    key: str
    label: str | Promise
    headings: tuple[str, ...]
    is_required: bool = False
    may_fill: bool = True
    longest: int | None = None
    is_name: bool = False


FIELDS = (
    OldField("date", gettext_lazy("date of the question"),
             ("日期", "諮詢日期", "受理日期", "來電日期", "登記日期", "date"), is_required=True),
    OldField("time", gettext_lazy("time of the question"), ("時間", "諮詢時間", "來電時間", "受理時間", "time")),
    OldField("question", gettext_lazy("question"),
             ("問題", "諮詢內容", "諮詢問題", "問題內容", "諮詢事項", "提問", "問題描述", "案情", "question"),
             is_required=True, may_fill=False, longest=4000),
    OldField("answer", pgettext_lazy("of a case", "answer"),
             ("答覆", "處理情形", "答覆內容", "回覆", "回覆內容", "處理結果", "辦理情形", "answer"), longest=8000),
    OldField("agency", gettext_lazy("agency"),
             ("機關", "機關名稱", "諮詢機關", "來電機關", "服務機關", "機關學校", "單位", "agency"),
             is_name=True),
    OldField("caller", gettext_lazy("caller"),
             ("來電者", "諮詢人", "諮詢者", "來電人", "姓名", "聯絡人", "caller"), longest=80, is_name=True),
    OldField("officer", gettext_lazy("officer"),
             ("承辦人", "值班人員", "值班人", "受理人", "答覆人", "答覆人員", "輪值人員", "承辦人員", "officer"),
             is_name=True),
    OldField("channel", gettext_lazy("channel"), ("方式", "諮詢方式", "管道", "來源", "受理方式", "channel"),
             is_name=True),
    OldField("minutes", gettext_lazy("minutes"),
             ("分鐘", "通話分鐘", "通話時間", "時數(分)", "所需時間", "耗時", "分鐘數", "minutes")),
    OldField("subject", pgettext_lazy("of a case", "subject"),
             ("類別", "科目", "諮詢類別", "問題類別", "類型", "分類", "subject"),
             is_name=True),
    OldField("pattern", gettext_lazy("error pattern"), ("態樣", "錯誤態樣", "錯誤樣態", "error pattern"),
             is_name=True),
    OldField("articles", gettext_lazy("articles of law"),
             ("條文", "法條", "相關條文", "法令依據", "依據", "適用條文", "法規", "articles"), longest=250,
             is_name=True),
    OldField("follow_up", gettext_lazy("follow-up"),
             ("後續", "後續處理", "追蹤", "備註", "follow-up"), longest=250),
)  # fmt: skip

KNOWN_HEADINGS = tuple(heading for field in FIELDS for heading in field.headings)

THE_ACT_APPLIES_FROM = date(1999, 5, 27)
"""The Act has been in force since then (政府採購法第 114 條): an earlier day is a slip of the keyboard."""

LONGEST_CALL = 600

_CHANNELS = (
    (Channel.EMAIL, ("電郵", "電子郵件", "信箱", "email", "e-mail", "mail")),
    (Channel.FORM, ("線上", "網路", "網站", "表單", "系統")),
    (Channel.VISIT, ("親洽", "臨櫃", "親自", "來訪", "面談", "當面", "現場")),
    (Channel.LETTER, ("公文", "來函", "書面", "函詢")),
    (Channel.PHONE, ("電話", "來電", "電洽", "專線", "phone", "tel")),
)
_MINUTES = re.compile(
    r"(?:(?P<hours>\d+)\s*(?:小時|時|h))?\s*(?:(?P<minutes>\d+)(?:\.0+)?\s*(?:分鐘|分|min(?:utes|s)?)?)?"
)
_CLOCK = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>\d{2})")


def guess_mapping(headings: Sequence[str]) -> dict[str, int]:
    """Return by our field the column, from 0, whose heading we know; each column once."""
    return guess_columns(headings, {field.key: field.headings for field in FIELDS})


@dataclass(frozen=True)
class Moment:
    """A day, the time where it was given, and what was not written as a date but taken for one."""

    day: date
    clock: time | None
    remark: str = ""


def read_moment(text: str, clock_text: str, *, today: date) -> Moment:
    """Read the day of a question, and its time from the same cell or from its own.

    Raises ValueError, in words: not a date, not a day of the calendar, before the Act, or yet to come.
    """
    moment = _moment(text)
    if not THE_ACT_APPLIES_FROM <= moment.day <= today:
        message = _("“%(value)s” would be %(day)s. Expected a day between %(first)s and today.")
        raise ValueError(message % {"value": text, "day": rocdate(moment.day), "first": rocdate(THE_ACT_APPLIES_FROM)})
    if clock_text:
        return Moment(moment.day, read_clock(clock_text), moment.remark)
    return moment


def _moment(text: str) -> Moment:
    plain = normalise(text)
    try:
        if not plain.startswith("-"):
            return Moment(*parse_moment(text))
    except ValueError:
        if not plain[:5].isdecimal():
            raise
    try:
        day, clock = moment_of_serial(plain)
    except ValueError:
        return Moment(*parse_moment(text))  # its message about dates says more
    remark = _("“%(value)s” is how spreadsheets count days: %(day)s.") % {"value": text, "day": rocdate(day)}
    return Moment(day, clock, remark)


def read_clock(text: str) -> time:
    """Read a time of day; spreadsheets also keep one as a part of a day (0.604). Raises ValueError, in words."""
    plain = normalise(text)
    if re.fullmatch(r"0\.\d+", plain):
        return _clock_of_part(plain)
    return parse_time(plain.rpartition(" ")[2] if re.match(r"\d{4}-\d{2}-\d{2} ", plain) else plain)


def _clock_of_part(part: str) -> time:
    """The time of day that is so much of a day, to the minute."""
    minutes = min(round(float(part) * 24 * 60), 24 * 60 - 1)
    return time(minutes // 60, minutes % 60)


def read_minutes(text: str) -> int:
    """Read 10, 10分, 10 分鐘, 1小時5分, 0:10. Raises ValueError, in words."""
    plain = normalise(text).lower()
    found = _CLOCK.fullmatch(plain) or _MINUTES.fullmatch(plain)
    if plain and found is not None:
        minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
        if minutes <= LONGEST_CALL:
            return minutes
    message = _("“%(value)s” is no number of minutes; expected a whole number up to %(most)d.")
    raise ValueError(message % {"value": text, "most": LONGEST_CALL})


def read_channel(text: str) -> Channel | None:
    """Return the channel that the words name, or None where they name none of ours."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return next((channel for channel, words in _CHANNELS if any(word in plain for word in words)), None)
