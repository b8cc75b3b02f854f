"""Every write of the library, by noun."""

from .citations import drop_citations, sync_citations
from .documents import (
    Point,
    announce_version,
    publish_version,
    refresh_document,
    restore_document,
    subscribe,
    unsubscribe,
    withdraw_document,
)
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
from .reviews import close_review, drop_reviews, open_reviews

__all__ = [
    "STATUTORY_SUBJECTS",
    "USUAL_ALIASES",
    "ImportedLaw",
    "Point",
    "announce_version",
    "close_review",
    "drop_citations",
    "drop_reviews",
    "ensure_subjects",
    "import_law_texts",
    "import_laws",
    "open_reviews",
    "publish_version",
    "record_summary",
    "refresh_document",
    "reindex_law",
    "restore_document",
    "subscribe",
    "sync_citations",
    "unsubscribe",
    "withdraw_document",
]
