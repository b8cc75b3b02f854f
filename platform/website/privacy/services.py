"""Writes about what may give somebody away: flags, the decisions about them, and the refusals while one waits."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, Revision, WorkflowState

from accounts.models import User
from common.audit import audit
from common.errors import DomainError

from .clearing import count_open, decided_together, open_passages, passages_in, public_words
from .deidentify import find_marks
from .enums import FlagState
from .models import PassageFlag
from .registry import CheckedPages, check_of
from .richwords import replace_words
from .streamwords import replace_in_stream

STILL_FLAGGED = "still_flagged"


def refresh_flags(*, page: Page, revision: Revision | None = None) -> None:
    """Let the flags of `page` be what its newest words hold, those of `revision` where one is just being saved.

    New passages are flagged; open flags of passages that are gone disappear; what was found harmless stays so. A
    passage that was replaced and stands there again waits for a decision again.
    """
    newest = revision.as_object() if revision is not None else page.get_latest_revision_as_object()
    wanted = {(passage.kind.value, passage.text): passage for passage in passages_in(newest)}
    with transaction.atomic():
        flags = list(PassageFlag.objects.select_for_update().filter(page_id=page.pk))
        known = {(flag.kind, flag.text): flag for flag in flags}
        gone = [flag.pk for key, flag in known.items() if flag.state == FlagState.OPEN and key not in wanted]
        back = [flag.pk for key, flag in known.items() if flag.state == FlagState.REPLACED and key in wanted]
        PassageFlag.objects.filter(pk__in=gone).delete()
        PassageFlag.objects.filter(pk__in=back).update(state=FlagState.OPEN, decided_by=None, decided_at=None)
        PassageFlag.objects.bulk_create(
            [PassageFlag(page_id=page.pk, kind=kind, text=text) for kind, text in wanted if (kind, text) not in known],
            ignore_conflicts=True,  # two saves at once
        )


def replace_passage(*, flag: PassageFlag, replacement: str, by: User) -> PassageFlag:
    """Replace the passage of `flag` everywhere in the page's newest words, as a new revision.

    Raises DomainError: `no_replacement`, `still_names` where the replacement gives somebody away itself, `too_long`
    where a field cannot hold it, `locked` while others review the page.
    """
    replacement = replacement.strip()
    if not replacement:
        raise DomainError(_("Say what stands there instead."), code="no_replacement")
    if flag.text in replacement or find_marks(replacement):
        raise DomainError(_("What stands there instead would give somebody away as well."), code="still_names")
    with transaction.atomic():
        flag = _flag_to_decide(flag, by)
        page = flag.page.get_latest_revision_as_object()
        check = _check_of(page)
        _replace_words_of(page, check, flag.text, replacement)
        _decide(flag, FlagState.REPLACED, by)
        if not page.live:
            page.save()  # no older words in the row either
        page.save_revision(user=by, log_action=True, clean=page.live)  # a draft may lack what a live page must have
        audit(check.actions.replaced, obj=flag, by=by, page=page.pk, kind=flag.kind)
    return flag


def clear_flag(*, flag: PassageFlag, by: User) -> PassageFlag:
    """Decide that the passage of `flag` is harmless. Raises DomainError `locked` while others review the page."""
    with transaction.atomic():
        flag = _flag_to_decide(flag, by)
        _find_harmless(flag, by)
    return flag


def clear_flags(*, page: Page, numbers: Iterable[int], by: User) -> int:
    """Decide that the flags of `page` numbered `numbers` are harmless; return how many of them waited.

    They must be of one kind that the page's type lets be decided together: what reaches or identifies a person is
    decided one by one. Raises DomainError: `one_by_one`, `locked` while others review the page.
    """
    with transaction.atomic():
        _refuse_if_locked(page, by)
        waiting = PassageFlag.objects.select_for_update(of=("self",)).select_related("page")
        flags = list(waiting.filter(page_id=page.pk, pk__in=list(numbers), state=FlagState.OPEN).order_by("pk"))
        kinds = {flag.kind for flag in flags}
        if len(kinds) > 1 or not kinds <= decided_together(page):
            raise DomainError(
                _("Only passages of one kind can be decided together; what reaches a person is decided one by one."),
                code="one_by_one",
            )
        for flag in flags:
            _find_harmless(flag, by)
    return len(flags)


def reopen_flag(*, flag: PassageFlag, by: User) -> PassageFlag:
    """Take back that the passage of `flag` is harmless. Raises DomainError `locked` while others review the page."""
    with transaction.atomic():
        flag = _flag_to_decide(flag, by)
        if flag.state == FlagState.HARMLESS:
            flag.state, flag.decided_by, flag.decided_at = FlagState.OPEN, None, None
            flag.save(update_fields=["state", "decided_by", "decided_at"])
            audit(_check_of(flag.page).actions.reopened, obj=flag, by=by, page=flag.page_id, kind=flag.kind)
    return flag


def submit_for_review(*, page: Page, by: User) -> WorkflowState:
    """Send the newest words of `page` to the administrators; a page that is being reviewed stays with them.

    Raises DomainError: `still_flagged`, `no_workflow`.
    """
    with transaction.atomic():
        page = page.specific_class.objects.select_for_update().get(pk=page.pk)
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
                raise DomainError(_("Nobody has been named to review this page yet."), code="no_workflow")
            state = workflow.start(page, by)
        audit(_check_of(page).actions.submitted, by=by, page=page.pk)
    return state


def refuse_while_flagged(*, page: Page) -> None:
    """Raise DomainError `still_flagged` while a passage of the newest words of `page` waits for a decision."""
    refuse(count_open(page))


def refuse_words_of(*, page: Page) -> None:
    """Raise DomainError `still_flagged` if the words of the specific `page`, as in memory, may give somebody away.

    The last defence: everything that goes live is saved, and asked this. A page that is live with these very words
    may be saved again, moved for instance.
    """
    before = type(page).objects.filter(pk=page.pk, live=True).first() if page.pk else None
    if before is None or public_words(before) != public_words(page):
        refuse(len(open_passages(page)))


def hold_back(*, revision: Revision) -> bool:
    """Take back that `revision` goes live at a set time, if its words may give somebody away; return whether they may.

    The schedule of all pages runs in one go, which an error would stop for the others.
    """
    page = revision.as_object()
    check = check_of(page)
    waiting = len(open_passages(page)) if check is not None else 0
    if check is not None and waiting:
        with transaction.atomic():
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            refresh_flags(page=page)
            audit(check.actions.held_back, page=page.pk, passages=waiting)
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


def _check_of(page: Page) -> CheckedPages:
    """Return what is known of the type of `page`. Raises LookupError for one that is not checked."""
    check = check_of(page)
    if check is None:
        raise LookupError(f"pages of {page.specific_class} are not checked")
    return check


def _replace_words_of(page: Page, check: CheckedPages, passage: str, replacement: str) -> None:
    """Replace `passage` in all words of `page`, in memory. Raises DomainError `too_long`."""
    touched = {name for name in check.plain_fields if passage in (getattr(page, name) or "")}
    for name in touched:
        setattr(page, name, getattr(page, name).replace(passage, replacement))
    for name in check.rich:
        setattr(page, name, replace_words(getattr(page, name) or "", passage, replacement))
    for name, blocks in check.stream.items():
        replace_in_stream(getattr(page, name), blocks, passage, replacement)
    if passage in page.slug:
        page.slug = f"{check.slug_prefix}{page.pk}-1"
    try:
        page.clean_fields(exclude={field.name for field in page._meta.get_fields()} - touched)
    except ValidationError as refused:
        raise DomainError(" ".join(refused.messages), code="too_long") from refused


def _flag_to_decide(flag: PassageFlag, by: User) -> PassageFlag:
    """Return the flag, locked for a decision. Raises DomainError `locked`."""
    flag = PassageFlag.objects.select_for_update(of=("self",)).select_related("page").get(pk=flag.pk)
    _refuse_if_locked(flag.page, by)
    return flag


def _refuse_if_locked(page: Page, by: User) -> None:
    lock = page.get_lock()
    if lock is not None and lock.for_user(by):
        raise DomainError(_("The page is with its reviewers: they decide about its words now."), code="locked")


def _find_harmless(flag: PassageFlag, by: User) -> None:
    if flag.state == FlagState.OPEN:
        _decide(flag, FlagState.HARMLESS, by)
        audit(_check_of(flag.page).actions.cleared, obj=flag, by=by, page=flag.page_id, kind=flag.kind)


def _decide(flag: PassageFlag, state: FlagState, by: User) -> None:
    flag.state, flag.decided_by, flag.decided_at = state, by, timezone.now()
    flag.save(update_fields=["state", "decided_by", "decided_at"])
