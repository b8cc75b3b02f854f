"""The log, the roster, imports, and the published questions."""

from .imports import ConsultationImport
from .log import Consultation, ConsultationCounter, ErrorPattern, HandOver, QuestionTerm
from .pages import HelpfulVote, PrivacyFlag, QuestionIndexPage, QuestionPage, QuestionReads, QuestionReviewTask
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
    "PrivacyFlag",
    "QuestionIndexPage",
    "QuestionPage",
    "QuestionReads",
    "QuestionReviewTask",
    "QuestionTerm",
    "ShiftSwap",
]
