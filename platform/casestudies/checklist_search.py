"""The source of the search that finds the checklist before publishing, by its name and by what it asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from website.search_sources import Hit, register
from website.segmentation import normalise, terms

from .enums import Dimension
from .models import TaxonomyEntry
from .taxonomies import current_edition

_NAMES = "招標公告前檢核表 流標 廢標 流廢標 before you publish your tender checklist failed tenders"


def find_checklist(query: str, user: Any) -> list[TaxonomyEntry]:
    """Return the points that are asked where each term of `query` stands in one, or in the checklist's name.

    They make one line of results together: see `checklist_hits`.
    """
    wanted = terms(query)
    edition = current_edition() if wanted else None
    if edition is None:
        return []
    asked = list(TaxonomyEntry.objects.filter(edition=edition, dimension=Dimension.CAUSE).exclude(question=""))
    words = normalise(" ".join([_NAMES, *(" ".join([one.name, one.question, one.question_en]) for one in asked)]))
    return asked[:1] if asked and all(term in words for term in wanted) else []


def checklist_hits(found: Sequence[TaxonomyEntry]) -> list[Hit]:
    """Return the one line to print: the checklist, with all that it asks as the text to cut from."""
    return [_hit(one) for one in found]


def _hit(one: TaxonomyEntry) -> Hit:
    asked = TaxonomyEntry.objects.filter(edition=one.edition_id, dimension=Dimension.CAUSE).exclude(question="")
    return Hit(
        title=_("Before you publish your tender"),
        url=reverse("casestudies:checklist"),
        text=" ".join(other.asks for other in asked),
        language="" if get_language() == "en" else "zh-hant",
    )


register(
    key="checklist", label=gettext_lazy("Tools for buyers"), order=27, find=find_checklist,
    hits=checklist_hits,
)  # fmt: skip
