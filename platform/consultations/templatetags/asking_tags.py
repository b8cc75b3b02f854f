"""What the pages of those who ask need: in which language somebody's words are."""

import re

from django import template

register = template.Library()

_HAN = re.compile(r"[\u3400-\u9fff]")


@register.filter
def words_language(text: str) -> str:
    """The language to read `text` aloud in: Chinese as soon as a Han character stands in it."""
    return "zh-Hant" if _HAN.search(text) else "en"
