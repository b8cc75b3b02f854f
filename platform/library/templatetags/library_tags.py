"""Links to articles of law in text that does not pass through `enriched`, and the notice of what waits for review."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.db.models import Model
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from library.enums import FileFormat
from library.models import CitationReview, DocumentFile
from library.paragraphs import is_deleted
from library.references import link_references
from library.reviews import open_reviews_of

register = template.Library()


@register.filter
def cited(value: Any) -> SafeString:
    """Return `value` (plain text, or safe HTML) with the articles that it names as links."""
    return mark_safe(link_references(conditional_escape(value)))  # noqa: S308  escaped, or safe before


@register.filter
def odf_first(files: Iterable[DocumentFile]) -> list[DocumentFile]:
    """Return the files of a version in the order of `FileFormat`: what is edited in ODF, then PDF, then the others."""
    return sorted(files, key=lambda file: FileFormat.values.index(file.format))


@register.inclusion_tag("library/review_notice.html")
def review_notice(obj: Model) -> dict[str, list[tuple[CitationReview, bool]]]:
    """Tell readers of `obj` (a page, a document) which articles it cites were changed: `{% review_notice page %}`.

    Prints nothing when no review is open. Each review comes with whether the article was deleted.
    """
    return {"reviews": [(review, is_deleted(review.version.text)) for review in open_reviews_of(obj)]}
