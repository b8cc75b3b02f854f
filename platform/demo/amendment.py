"""A law that changes: invented rules in two versions, and an answer that waits for review since the second.

Laid so that a first look shows the comparison of versions and what a change of law does, without any file.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from wagtail.models import Locale

from accounts.models import User
from consultations.models import QuestionIndexPage
from library.lawfiles import ArticleText, LawText
from library.services import import_law_texts

from .pages import publish_both, read
from .questions import lay_readers, question_page


def lay() -> None:
    """Import the first version, publish an answer that cites it, and import the second."""
    content = read("amendment")
    first, second = [_text(content["law"], version) for version in content["versions"]]
    import_law_texts(texts=[first], by=None)
    index = QuestionIndexPage.objects.get(locale__language_code="zh-hant", alias_of=None)
    page = question_page(content["question"], User.objects.get(email="officer@demo.test"))
    publish_both(index, page, Locale.objects.get(language_code="en"), alias=True)
    lay_readers(page, content["question"])
    import_law_texts(texts=[second], by=None)


def _text(law: dict[str, str], version: dict[str, Any]) -> LawText:
    return LawText(
        file="amendment.json",
        pcode=law["pcode"],
        name=law["name"],
        name_en=law["name_en"],
        category=law["category"],
        amended_on=date.fromisoformat(version["amended_on"]),
        history=version["history"],
        source=law["source"],
        articles=tuple(
            ArticleText(number=number, chapter="", text=text) for number, text in version["articles"].items()
        ),
    )
