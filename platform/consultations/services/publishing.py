"""Writes of questions and answers for everybody: drafted from cases, cleared passage by passage, sent to review."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, Revision, WorkflowState

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from website.services import ensure_translations

from ..clearing import PLAIN_FIELDS, RICH_FIELDS, count_open, open_passages, page_of, passages_in
from ..deidentify import find_marks
from ..enums import ConsultationState, FlagState
from ..models import Consultation, PrivacyFlag, QuestionIndexPage, QuestionPage
from ..richwords import paragraphs_of, replace_words

STILL_FLAGGED = "still_flagged"
_END_OF_SENTENCE = re.compile(r"(?<=[。？！?!])|\n")
_LONGEST_TITLE = 80


def draft_page(*, consultation: Consultation, by: User) -> QuestionPage:
    """Copy an answered case into a draft under the list of questions; a case that has a page keeps it.

    The copy holds nothing of who asked, and its passages that may give somebody away are flagged. Raises
    DomainError: `not_answered`, `no_index` where the list of questions has not been made.
    """
    with transaction.atomic():
        case = Consultation.objects.select_for_update().get(pk=consultation.pk)
        existing = page_of(case)
        if existing is not None:
            return existing
        if case.state != ConsultationState.ANSWERED:
            raise DomainError(_("Only a case that is answered can be published."), code="not_answered")
        index = QuestionIndexPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE, alias_of=None).first()
        if index is None:
            raise DomainError(
                _("The list of questions has not been made yet: an administrator adds it."), code="no_index"
            )
        page = QuestionPage(
            title=title_of(case.question),
            slug=_free_slug(index, case),
            question=Truncator(case.question).chars(2000),
            answer=paragraphs_of(case.answer),
            basis=[("article", article) for article in case.articles.select_related("law").order_by("law", "order")],
            subject=case.subject,
            error_pattern=case.error_pattern,
            effective_from=timezone.localdate(),
            consultation=case,
            owner=by,
            live=False,
        )
        index.add_child(instance=page)
        page.save_revision(user=by, log_action="wagtail.create")
        ensure_translations(page=page)
        # not the page itself: its title may still name somebody
        audit("question.drafted", by=by, page=page.pk, case=case.number)
    return page


def title_of(question: str) -> str:
    """Return the first sentence of `question`, cut where it is too long for a title."""
    sentences = (sentence.strip() for sentence in _END_OF_SENTENCE.split(question))
    first = next((sentence for sentence in sentences if sentence), "")
    return Truncator(first).chars(_LONGEST_TITLE).rstrip("。") or "…"


def refresh_flags(*, page: QuestionPage, revision: Revision | None = None) -> None:
    """Let the flags of `page` be what its newest words hold, those of `revision` where one is just being saved.

    New passages are flagged; open flags of passages that are gone disappear; what was found harmless stays so. A
    passage that was replaced and stands there again waits for a decision again.
    """
    newest = revision.as_object() if revision is not None else page.get_latest_revision_as_object()
    wanted = {(passage.kind.value, passage.text): passage for passage in passages_in(newest)}
    with transaction.atomic():
        flags = list(PrivacyFlag.objects.select_for_update().filter(page_id=page.pk))
        known = {(flag.kind, flag.text): flag for flag in flags}
        gone = [flag.pk for key, flag in known.items() if flag.state == FlagState.OPEN and key not in wanted]
        back = [flag.pk for key, flag in known.items() if flag.state == FlagState.REPLACED and key in wanted]
        PrivacyFlag.objects.filter(pk__in=gone).delete()
        PrivacyFlag.objects.filter(pk__in=back).update(state=FlagState.OPEN, decided_by=None, decided_at=None)
        PrivacyFlag.objects.bulk_create(
            [PrivacyFlag(page_id=page.pk, kind=kind, text=text) for kind, text in wanted if (kind, text) not in known],
            ignore_conflicts=True,  # two saves at once
        )


def replace_passage(*, flag: PrivacyFlag, replacement: str, by: User) -> PrivacyFlag:
    """Replace the passage of `flag` everywhere in the page's newest words, as a new revision.

    Raises DomainError: `no_replacement`, `still_names` where the replacement gives somebody away itself, `locked`
    while others review the page.
    """
    replacement = replacement.strip()
    if not replacement:
        raise DomainError(_("Say what stands there instead."), code="no_replacement")
    if flag.text in replacement or find_marks(replacement):
        raise DomainError(_("What stands there instead would give somebody away as well."), code="still_names")
    with transaction.atomic():
        flag = _flag_to_decide(flag, by)
        page = flag.page.get_latest_revision_as_object()
        if flag.text in page.slug:
            page.slug = f"q{page.pk}-1"
        for name in PLAIN_FIELDS:
            setattr(page, name, (getattr(page, name) or "").replace(flag.text, replacement))
        for name in RICH_FIELDS:
            setattr(page, name, replace_words(getattr(page, name) or "", flag.text, replacement))
        _decide(flag, FlagState.REPLACED, by)
        if not page.live:
            page.save()  # no older words in the row either
        page.save_revision(user=by, log_action=True)
        audit("question_flag.replaced", obj=flag, by=by, page=page.pk, kind=flag.kind)
    return flag


def clear_flag(*, flag: PrivacyFlag, by: User) -> PrivacyFlag:
    """Decide that the passage of `flag` is harmless. Raises DomainError `locked` while others review the page."""
    with transaction.atomic():
        flag = _flag_to_decide(flag, by)
        if flag.state == FlagState.OPEN:
            _decide(flag, FlagState.HARMLESS, by)
            audit("question_flag.cleared", obj=flag, by=by, page=flag.page_id, kind=flag.kind)
    return flag


def reopen_flag(*, flag: PrivacyFlag, by: User) -> PrivacyFlag:
    """Take back that the passage of `flag` is harmless. Raises DomainError `locked` while others review the page."""
    with transaction.atomic():
        flag = _flag_to_decide(flag, by)
        if flag.state == FlagState.HARMLESS:
            flag.state, flag.decided_by, flag.decided_at = FlagState.OPEN, None, None
            flag.save(update_fields=["state", "decided_by", "decided_at"])
            audit("question_flag.reopened", obj=flag, by=by, page=flag.page_id, kind=flag.kind)
    return flag


def submit_for_review(*, page: QuestionPage, by: User) -> WorkflowState:
    """Send the newest words of `page` to the administrators; a page that is being reviewed stays with them.

    Raises DomainError: `still_flagged`, `no_workflow`.
    """
    with transaction.atomic():
        page = QuestionPage.objects.select_for_update().get(pk=page.pk)
        refresh_flags(page=page)
        refuse_while_flagged(page=page)
        state: WorkflowState | None = page.current_workflow_state
        if state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS:
            return state
        if state is not None:
            state.resume(by)
        else:
            workflow = page.get_workflow()
            if workflow is None:
                raise DomainError(_("Nobody has been named to review questions yet."), code="no_workflow")
            state = workflow.start(page, by)
        audit("question.submitted", by=by, page=page.pk)
    return state


def refuse_while_flagged(*, page: Page) -> None:
    """Raise DomainError `still_flagged` while a passage of the newest words of `page` waits for a decision."""
    refuse(count_open(page))


def refuse_words_of(*, page: QuestionPage) -> None:
    """Raise DomainError `still_flagged` if the words of `page`, as it is in memory, may give somebody away.

    The last defence: everything that goes live is saved, and asked this. A page that is live with these very words
    may be saved again, moved for instance.
    """
    before = QuestionPage.objects.filter(pk=page.pk, live=True).first() if page.pk else None
    words = (*PLAIN_FIELDS, *RICH_FIELDS, "slug")
    if before is None or any(getattr(before, name) != getattr(page, name) for name in words):
        refuse(len(open_passages(page)))


def hold_back(*, revision: Revision) -> bool:
    """Take back that `revision` goes live at a set time, if its words may give somebody away; return whether they may.

    The schedule of all pages runs in one go, which an error would stop for the others.
    """
    page = revision.as_object()
    waiting = len(open_passages(page))
    if waiting:
        with transaction.atomic():
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            refresh_flags(page=page)
            audit("question.held_back", page=page.pk, passages=waiting)
    return bool(waiting)


def refuse(count: int) -> None:
    """Raise DomainError `still_flagged` when `count` passages wait."""
    if count:
        raise DomainError(
            ngettext(
                "Not published: %(count)d passage may still give somebody away. Decide about it first.",
                "Not published: %(count)d passages may still give somebody away. Decide about each first.",
                count,
            )
            % {"count": count},
            code=STILL_FLAGGED,
        )


def _free_slug(index: QuestionIndexPage, case: Consultation) -> str:
    taken = set(index.get_children().filter(slug__startswith=f"q{case.pk}").values_list("slug", flat=True))
    candidates = (f"q{case.pk}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 99))))
    return next(slug for slug in candidates if slug not in taken)


def _flag_to_decide(flag: PrivacyFlag, by: User) -> PrivacyFlag:
    """Return the flag, locked for a decision. Raises DomainError `locked`."""
    flag = PrivacyFlag.objects.select_for_update(of=("self",)).select_related("page").get(pk=flag.pk)
    lock = flag.page.get_lock()
    if lock is not None and lock.for_user(by):
        raise DomainError(_("The page is with its reviewers: they decide about its words now."), code="locked")
    return flag


def _decide(flag: PrivacyFlag, state: FlagState, by: User) -> None:
    flag.state, flag.decided_by, flag.decided_at = state, by, timezone.now()
    flag.save(update_fields=["state", "decided_by", "decided_at"])
