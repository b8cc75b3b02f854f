"""Reading the national law database's JSON files, one law per file. Every defect is named with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

from .numerals import article_order, parse_article_number

if TYPE_CHECKING:
    from django.core.files.base import File

LARGEST_FILE = 20 * 1024 * 1024  # bytes; the longest statute of the country has less than 2 MB

_PCODE = re.compile(r"[?&]pcode=([A-Z]\d{7})(?:&|$)", re.IGNORECASE)
_LEVELS = "編章節款目"
_HEADING = re.compile(rf"^第\s*(\S+?)\s*([{_LEVELS}])\s*(.*)$")
_LONGEST_CHAPTER = 120  # characters
_LONGEST = {"法規名稱": 120, "英文法規名稱": 200, "法規類別": 120}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file: `place` is a key, a line or an entry; `message` says what was expected."""

    file: str
    place: str
    message: str | Promise

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.message}" if self.place else f"{self.file}: {self.message}"


class LawFilesError(DomainError):
    """Files cannot be imported; `problems` names every defect. Nothing was imported."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems), code="law-files")
        self.problems = problems


@dataclass(frozen=True)
class ArticleText:
    """One article as a file has it."""

    number: str
    chapter: str
    text: str


@dataclass(frozen=True)
class LawText:
    """One law as a file has it. `amended_on` is the day of its last change (最新異動日期).

    `is_repealed`: that change took it out of force (廢止註記). `effect` says when it comes into force where that is
    another day (生效內容).
    """

    file: str
    pcode: str
    name: str
    name_en: str
    category: str
    amended_on: date
    history: str
    source: str
    articles: tuple[ArticleText, ...]
    is_repealed: bool = False
    effect: str = ""

    @property
    def key(self) -> tuple[str, date]:
        """Which version of which law this is."""
        return self.pcode, self.amended_on

    @property
    def words(self) -> dict[str, str]:
        """The words of each article by its number."""
        return {article.number: article.text for article in self.articles}

    def as_json(self) -> dict[str, Any]:
        """Return this law as JSON holds it, for `from_json`."""
        return {**asdict(self), "amended_on": self.amended_on.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LawText:
        """Return the law that `as_json` wrote."""
        articles = tuple(ArticleText(**article) for article in data["articles"])
        return cls(**{**data, "amended_on": date.fromisoformat(data["amended_on"]), "articles": articles})


class _DefectError(Exception):
    """One defect inside a file."""

    def __init__(self, place: str, message: str | Promise) -> None:
        super().__init__(place)
        self.place = place
        self.message = message


def read_laws(paths: Iterable[str | Path]) -> list[LawText]:
    """Return the laws in `paths`: files, or folders whose *.json files are read. One law may come in versions.

    Raises LawFilesError with every defect of every file.
    """
    problems: list[Problem] = []
    sources = [(path.name, path.stat().st_size, path.read_bytes) for path in _files(paths, problems)]
    return _read_all(sources, problems)


def read_uploaded_laws(uploads: Iterable[File]) -> list[LawText]:
    """Return the laws in uploaded files, as `read_laws` does. Raises LawFilesError."""
    return _read_all([(upload.name or "", upload.size, upload.read) for upload in uploads], [])


def _read_all(sources: Iterable[tuple[str, int, Callable[[], bytes]]], problems: list[Problem]) -> list[LawText]:
    """Return the laws in sources of (name, bytes, how to read); `problems` are those found before."""
    laws: list[LawText] = []
    for name, size, read in sources:
        try:
            laws.append(_read_law(name, size, read))
        except _DefectError as defect:
            problems.append(Problem(name, defect.place, defect.message))
    first: dict[tuple[str, date], LawText] = {}
    problems += [
        Problem(law.file, "法規網址", format_lazy(_("the same law is in {file} too"), file=first[law.key].file))
        for law in laws
        if first.setdefault(law.key, law) is not law
    ]
    if problems:
        raise LawFilesError(problems)
    return laws


def _files(paths: Iterable[str | Path], problems: list[Problem]) -> list[Path]:
    files: dict[Path, Path] = {}
    for path in map(Path, paths):
        found = sorted(path.glob("*.json")) if path.is_dir() else [path] if path.is_file() else []
        if not found:
            reason = _("no *.json file in this folder") if path.is_dir() else _("there is no such file or folder")
            problems.append(Problem(str(path), "", reason))
        files |= {file.resolve(): file for file in found}
    return list(files.values())


def _read_law(name: str, size: int, read: Callable[[], bytes]) -> LawText:
    if size > LARGEST_FILE:
        raise _DefectError("", _("larger than 20 MB: that is no law"))
    data = _load(read())
    url = _string(data, "法規網址")
    pcode = _PCODE.search(url)
    if pcode is None:
        raise _DefectError("法規網址", _("expected an address with pcode=, a letter and seven digits"))
    return LawText(
        file=name,
        pcode=pcode[1].upper(),
        name=_string(data, "法規名稱"),
        name_en=_string(data, "英文法規名稱", required=False),
        category=_string(data, "法規類別", required=False),
        amended_on=_date(data, "最新異動日期"),
        history=_string(data, "沿革內容", required=False),
        source=url[:200],
        articles=_articles(data),
        is_repealed=bool(_string(data, "廢止註記", required=False)),
        effect=_string(data, "生效內容", required=False),
    )


def _load(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _DefectError(f"byte {error.start}", _("expected UTF-8 text")) from error
    if not text.strip():
        raise _DefectError("", _("the file is empty"))
    if "\x00" in text or "\\u0000" in text:
        raise _DefectError("", _("the file holds NUL characters"))
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _DefectError(place, _("expected JSON as the national law database gives it")) from error
    if not isinstance(data, dict):
        raise _DefectError("", _("expected one law, a JSON object"))
    return data


def _string(data: dict[str, Any], key: str, *, required: bool = True) -> str:
    value = data.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise _DefectError(key, _("expected a text"))
    try:
        value.encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair: no database takes it
        raise _DefectError(key, _("expected a text")) from error
    value = value.replace("\r\n", "\n").strip()
    if len(value) > _LONGEST.get(key, len(value)):
        raise _DefectError(key, format_lazy(_("longer than {count} characters"), count=_LONGEST[key]))
    return value


def _date(data: dict[str, Any], key: str) -> date:
    text = _string(data, key)
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        raise _DefectError(key, format_lazy(_("expected a day such as 20190522, found “{text}”"), text=text)) from error


def _articles(data: dict[str, Any]) -> tuple[ArticleText, ...]:
    entries = data.get("法規內容")
    if not isinstance(entries, list) or not entries:
        raise _DefectError("法規內容", _("expected a list of chapters and articles"))
    articles: list[ArticleText] = []
    headings: dict[str, str] = {}
    for count, entry in enumerate(entries, start=1):
        place = f"法規內容[{count}]"
        if not isinstance(entry, dict) or not ({"編章節"} <= entry.keys() or {"條號", "條文內容"} <= entry.keys()):
            raise _DefectError(place, _("expected a chapter (編章節) or an article (條號, 條文內容)"))
        try:
            if "條號" in entry:
                articles.append(_article(entry, _chapter(headings)))
            else:
                headings = _headings(entry, headings)
        except _DefectError as defect:
            raise _DefectError(f"{place}.{defect.place}", defect.message) from defect
        if "條號" in entry and len(articles) > 1:
            _refuse_disorder(place, articles[-2].number, articles[-1].number)
    if not articles:
        raise _DefectError("法規內容", _("there is no article in it"))
    return tuple(articles)


def _article(entry: dict[str, Any], chapter: str) -> ArticleText:
    label = _string(entry, "條號")
    try:
        number = parse_article_number(label)
    except ValueError as error:
        raise _DefectError(
            "條號", format_lazy(_("expected a number such as 第 11-1 條, found “{text}”"), text=label)
        ) from error
    return ArticleText(number=number, chapter=chapter, text=_string(entry, "條文內容"))


def _headings(entry: dict[str, Any], above: dict[str, str]) -> dict[str, str]:
    """Return the headings that stand over the next article: a new one ends those of its own and lower levels."""
    text = _string(entry, "編章節")
    match = _HEADING.match(text)
    level, heading = (match[2], f"第{match[1]}{match[2]}　{match[3]}".strip()) if match else (_LEVELS[0], text)
    kept = {key: value for key, value in above.items() if _LEVELS.index(key) < _LEVELS.index(level)}
    headings = kept | {level: heading}
    if len(_chapter(headings)) > _LONGEST_CHAPTER:
        raise _DefectError("編章節", format_lazy(_("longer than {count} characters"), count=_LONGEST_CHAPTER))
    return headings


def _chapter(headings: dict[str, str]) -> str:
    return "　".join(headings.values())


def _refuse_disorder(place: str, previous: str, number: str) -> None:
    if number == previous:
        raise _DefectError(place, format_lazy(_("article {number} appears twice"), number=number))
    if article_order(number) < article_order(previous):
        raise _DefectError(
            place, format_lazy(_("article {number} stands after article {previous}"), number=number, previous=previous)
        )
