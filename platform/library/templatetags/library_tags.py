"""Links to articles of law in text that does not pass through `enriched`."""

from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from library.references import link_references

register = template.Library()


@register.filter
def cited(value: Any) -> SafeString:
    """Return `value` (plain text, or safe HTML) with the articles that it names as links."""
    return mark_safe(link_references(conditional_escape(value)))  # noqa: S308  escaped, or safe before
