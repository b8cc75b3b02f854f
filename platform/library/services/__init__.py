"""Every write of the library, by noun."""

from .citations import drop_citations, sync_citations
from .documents import (
    Point,
    publish_version,
    refresh_document,
    restore_document,
    save_document,
    withdraw_document,
)
from .law_import import apply_law_import, discard_law_import, prepare_law_import
from .laws import (
    STATUTORY_SUBJECTS,
    USUAL_ALIASES,
    ImportedLaw,
    ensure_subjects,
    import_law_texts,
    import_laws,
    record_summary,
    reindex_law,
)
from .places import ensure_zone
from .reviews import close_review, drop_reviews, open_reviews
from .subscriptions import announce_version, subscribe, unsubscribe
from .thresholds import add_threshold, change_threshold, ensure_thresholds, link_thresholds, remove_threshold

__all__ = [
    "STATUTORY_SUBJECTS",
    "USUAL_ALIASES",
    "ImportedLaw",
    "Point",
    "add_threshold",
    "announce_version",
    "apply_law_import",
    "change_threshold",
    "close_review",
    "discard_law_import",
    "drop_citations",
    "drop_reviews",
    "ensure_subjects",
    "ensure_thresholds",
    "ensure_zone",
    "import_law_texts",
    "import_laws",
    "link_thresholds",
    "open_reviews",
    "prepare_law_import",
    "publish_version",
    "record_summary",
    "refresh_document",
    "reindex_law",
    "remove_threshold",
    "restore_document",
    "save_document",
    "subscribe",
    "sync_citations",
    "unsubscribe",
    "withdraw_document",
]
