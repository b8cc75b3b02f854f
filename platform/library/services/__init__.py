"""Every write of the library, by noun."""

from .citations import drop_citations, sync_citations
from .laws import (
    STATUTORY_SUBJECTS,
    USUAL_ALIASES,
    ImportedLaw,
    ensure_subjects,
    import_laws,
    record_summary,
    reindex_law,
)

__all__ = [
    "STATUTORY_SUBJECTS",
    "USUAL_ALIASES",
    "ImportedLaw",
    "drop_citations",
    "ensure_subjects",
    "import_laws",
    "record_summary",
    "reindex_law",
    "sync_citations",
]
