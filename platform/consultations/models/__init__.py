"""The log, the roster, imports, and the published questions."""

from .imports import ConsultationImport
from .log import Consultation, ConsultationCounter, ErrorPattern, HandOver, QuestionTerm
from .pages import HelpfulVote, QuestionIndexPage, QuestionPage, QuestionReads
from .roster import DutyShift, HotlineOfficer, ShiftSwap

__all__ = [
    "Consultation",
    "ConsultationCounter",
    "ConsultationImport",
    "DutyShift",
    "ErrorPattern",
    "HandOver",
    "HelpfulVote",
    "HotlineOfficer",
    "QuestionIndexPage",
    "QuestionPage",
    "QuestionReads",
    "QuestionTerm",
    "ShiftSwap",
]
