"""Writes of reviews: what cites a changed article waits until a person says what was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.audit import audit
from common.commits import after_commit
from common.errors import DomainError

from ..models import Article, ArticleVersion, CitationReview
from ..reviews import citing_keys, key_of
from ..signals import article_changed

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def open_reviews(*, versions: Sequence[ArticleVersion]) -> int:
    """Open a review of everything that cites an article of `versions`, its new words; return how many are new.

    What cites an article twice is listed once; a page that shows the words of another (an alias) is not listed
    beside it. Where the same version's words were corrected after a review, that review is open again, with its
    note. Twice changes nothing. Sends `article_changed` for each version after the commit.
    """
    by_article = {version.article_id: version for version in versions}
    keys = citing_keys(by_article)
    known = {
        (review.article_id, review.content_type_id, review.object_id): review
        for review in CitationReview.objects.filter(version__in=by_article.values())
    }
    again = [review for key, review in known.items() if key in keys and review.closed_at]
    for review in again:
        review.closed_at = review.closed_by = None
        audit("review.reopened", obj=review)
    CitationReview.objects.bulk_update(again, ["closed_at", "closed_by"])
    fresh = [
        CitationReview(article_id=article, version=by_article[article], content_type_id=kind, object_id=number)
        for article, kind, number in sorted(keys - known.keys())
    ]
    CitationReview.objects.bulk_create(fresh)
    for version in versions:
        after_commit(article_changed.send, sender=Article, article=version.article, version=version)
    return len(fresh) + len(again)


@transaction.atomic
def close_review(*, review: CitationReview, note: str, by: User) -> CitationReview:
    """Close `review`: `by` has read what cites, and says in `note` what was done.

    A review that is closed already stays as it is. Raises DomainError (`no-note`) without a note, and
    (`note-length`) for one that is too long.
    """
    note = note.strip()
    longest = CitationReview._meta.get_field("note").max_length or 0
    if not note:
        raise DomainError(_("Please say what was done: the next reader wants to know."), code="no-note")
    if len(note) > longest:
        raise DomainError(_("Please say it in fewer words."), code="note-length")
    review = CitationReview.objects.select_for_update(of=("self",)).select_related("article__law").get(pk=review.pk)
    if review.closed_at is None:
        review.closed_at, review.closed_by, review.note = timezone.now(), by, note
        review.save(update_fields=["closed_at", "closed_by", "note"])
        audit("review.closed", obj=review, by=by, article=str(review.article), note=note)
    return review


@transaction.atomic
def drop_reviews(obj: Model) -> None:
    """Take the open reviews of `obj` off the list: nobody reads it any more. Those that were closed stay."""
    kind, number = key_of(obj)
    dropped = CitationReview.objects.filter(content_type_id=kind, object_id=number, closed_at=None)
    count, _by_model = dropped.delete()
    if count:
        audit("review.dropped", obj=obj, reviews=count)
