"""The library's pages, by noun."""

from .laws import article, law, law_list

__all__ = ["article", "law", "law_list"]
