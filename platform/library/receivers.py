"""When pages are published or withdrawn, their citations follow; when names change, links and the index do."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from .citing_pages import page_text, quoted_articles
from .models import Article, Law, LawAlias
from .names import forget_names
from .services import drop_citations, drop_reviews, reindex_law, sync_citations


@receiver(page_published)
def record_citations(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Let the citations of a published page be what its live words say."""
    page = instance.specific
    sync_citations(page, page_text(page), quoted=quoted_articles(page))


@receiver(page_unpublished)
def forget_citations(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """A page that is not live cites nothing, and waits for no review."""
    drop_citations(instance.specific)
    drop_reviews(instance.specific)


@receiver(post_delete)
def forget_citations_of_deleted(sender: type[Any], instance: Any, **kwargs: Any) -> None:
    """A page that is gone cites nothing, and waits for no review."""
    if isinstance(instance, Page):
        drop_citations(instance)
        drop_reviews(instance)


@receiver([post_save, post_delete], sender=Law)
@receiver([post_save, post_delete], sender=LawAlias)
@receiver([post_save, post_delete], sender=Article)
def forget_cached_names(sender: type[Any], **kwargs: Any) -> None:
    """The next text shown asks for the names anew."""
    forget_names()


@receiver([post_save, post_delete], sender=LawAlias)
def reindex_renamed_law(sender: type[LawAlias], instance: LawAlias, **kwargs: Any) -> None:
    """Articles are found by the short names of their law."""
    if Law.objects.filter(pk=instance.law_id).exists():
        reindex_law(instance.law)
