"""The library's pages, by noun."""

from .laws import article, law, law_list
from .zone import task, task_list, zone

__all__ = ["article", "law", "law_list", "task", "task_list", "zone"]
