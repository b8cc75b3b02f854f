"""What case studies do when something happens elsewhere."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published

from .models import CaseStudyIndexPage
from .services.places import ensure_study_review


@receiver(page_published, sender=CaseStudyIndexPage)
def open_new_list(sender: type[CaseStudyIndexPage], **kwargs: Any) -> None:
    """A list of case studies that an editor just made gets its review."""
    ensure_study_review()
