"""Filters of course and run pages."""

from __future__ import annotations

from django import template

from courses.catalogue.models import Curriculum
from courses.catalogue.rules import Rule, rules_of

register = template.Library()


@register.filter
def rules(curriculum: Curriculum) -> list[Rule]:
    """Return the rules of a curriculum in words: `{% for rule in run.curriculum|rules %}`."""
    return rules_of(curriculum)
