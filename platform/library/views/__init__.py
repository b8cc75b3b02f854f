"""The library's pages, by noun."""

from .documents import (
    document,
    document_check_form,
    document_current_file,
    document_file,
    document_list,
    document_version,
    subscribe,
    subscriptions,
    unsubscribe,
)
from .laws import article, compare, law, law_list
from .thresholds import thresholds
from .zone import task, task_list, zone

__all__ = [
    "article",
    "compare",
    "document",
    "document_check_form",
    "document_current_file",
    "document_file",
    "document_list",
    "document_version",
    "law",
    "law_list",
    "subscribe",
    "subscriptions",
    "task",
    "task_list",
    "thresholds",
    "unsubscribe",
    "zone",
]
