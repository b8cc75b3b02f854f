"""Writes of case studies: a diagnosed case becomes a draft in one go, then it is an editor's."""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from website.services import ensure_translations

from ..diagnoses import current_diagnosis
from ..models import CaseStudyIndexPage, CaseStudyPage, TenderCase
from ..study_words import articles_for, study_words, subjects_for


def draft_study(*, case: TenderCase, by: User) -> CaseStudyPage:
    """Make a draft under the list of case studies from a diagnosed case; a case that has one keeps it.

    The draft holds no name that the case tells; it is not live, and goes live only when nothing in it is flagged.
    Raises DomainError: `not_diagnosed`, `no_index` where the list of case studies has not been made.
    """
    with transaction.atomic():
        case = TenderCase.objects.select_for_update(of=("self",)).get(pk=case.pk)  # two clicks make one page
        existing = CaseStudyPage.objects.filter(case=case, alias_of=None).order_by("pk").first()
        if existing is not None:
            return existing
        diagnosis = current_diagnosis(case)
        if diagnosis is None:
            raise DomainError(_("Say first why the case failed: a case study is made from it."), code="not_diagnosed")
        index = CaseStudyIndexPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE, alias_of=None).first()
        if index is None:
            raise DomainError(
                _("The list of case studies has not been made yet: an administrator adds it."), code="no_index"
            )
        with override(settings.LANGUAGE_CODE):
            words = study_words(case, diagnosis)
            page = CaseStudyPage(
                title=words.title,
                slug=_free_slug(index, case),
                summary=words.summary,
                kind=case.kind,
                facts=words.facts,
                timeline=[("event", asdict(event)) for event in words.events],
                went_wrong=words.went_wrong,
                helped=words.helped,
                questions=[("question", asdict(item)) for item in words.questions],
                basis=[("article", article) for article in articles_for(diagnosis, words)],
                law_as_of=timezone.localdate(),
                case=case,
                owner=by,
                live=False,
            )
            page.subjects = subjects_for(case, diagnosis)
            index.add_child(instance=page)
            page.save_revision(user=by, log_action="wagtail.create")
        ensure_translations(page=page)
        # not the page itself: its title may still name somebody
        audit("case_study.drafted", by=by, page=page.pk, case=case.pk)
    return page


def _free_slug(index: CaseStudyIndexPage, case: TenderCase) -> str:
    """Return an address that tells nothing of the case but our own number for it."""
    taken = set(index.get_children().filter(slug__startswith=f"case-{case.pk}").values_list("slug", flat=True))
    candidates = (f"case-{case.pk}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 99))))
    return next(slug for slug in candidates if slug not in taken)
