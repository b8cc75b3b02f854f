"""Every write of results: single results, national certificates that came of them, and score files."""

from .certifications import certify, untie_certification
from .results import ResultEntry, Written, move_sitting, record_result, record_results
from .score_files import apply_scores, discard_scores, preview_scores

__all__ = [
    "ResultEntry",
    "Written",
    "apply_scores",
    "certify",
    "discard_scores",
    "move_sitting",
    "preview_scores",
    "record_result",
    "record_results",
    "untie_certification",
]
