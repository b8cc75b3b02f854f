"""Frozen facts in templates: their dates, and what they have in both languages."""

from datetime import date

from django import template

from certificates.wording import in_language

register = template.Library()


@register.filter
def isodate(value: str) -> date:
    """Return the date that the facts hold as text."""
    return date.fromisoformat(value)


register.simple_tag(in_language)
