"""The zone with its list of questions, and published questions."""

from typing import Any

from consultations.models import Consultation, QuestionIndexPage, QuestionPage
from consultations.services.places import ensure_question_permissions, ensure_question_workflow
from library.models import ZonePage
from tests.factories.website import publish
from website.services import ensure_site, ensure_translations


def question_index() -> QuestionIndexPage:
    """The list of questions below the zone, in both languages; officers may write there, administrators review."""
    found = QuestionIndexPage.objects.filter(alias_of=None).first()
    if found is not None:
        return found
    zone = ZonePage.objects.filter(alias_of=None).first() or publish(
        ensure_site(), ZonePage(title="採購專區", slug="zone")
    )
    index = publish(zone, QuestionIndexPage(title="採購問答", slug="questions"))
    ensure_translations(page=index)
    ensure_question_permissions()
    ensure_question_workflow()
    return index


def question_page(title: str = "兩家廠商投標可以開標嗎？", **fields: Any) -> QuestionPage:
    """A live question with an answer that gives nobody away, and its alias in English."""
    fields = {"question": title, "answer": "<p>第一次開標須有三家以上合格廠商投標。</p>", **fields}
    page = publish(question_index(), QuestionPage(title=title, **fields))
    ensure_translations(page=page)
    return page


def case_with(question: str, answer: str, **fields: Any) -> Consultation:
    """An answered case of these words."""
    from tests.factories.consultations import ConsultationFactory

    return ConsultationFactory(question=question, answer=answer, **fields)
