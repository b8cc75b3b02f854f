"""Frozen facts in templates: their dates, and what they have in both languages."""

from datetime import date
from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def isodate(value: str) -> date:
    """Return the date that the facts hold as text."""
    return date.fromisoformat(value)


@register.simple_tag
def in_language(facts: dict[str, Any], key: str) -> str:
    """Return a fact in the reader's language: `key`, or `key`_en where that is English and there."""
    english = str(facts.get(f"{key}_en", ""))
    return english if get_language() == "en" and english else str(facts[key])
