"""The back office's screens of people, accounts and agencies, and of the audit trail."""

from .accounts import AccountViewSet
from .agencies import AgencyNameRuleViewSet, AgencyViewSet, agency_chooser
from .agency_import import AgencyImportViewSet
from .audit import AuditViewSet
from .merging import MergePeopleViewSet
from .office_calendar import OfficeCalendarViewSet
from .people import PersonViewSet, person_chooser

__all__ = [
    "AccountViewSet",
    "AgencyImportViewSet",
    "AgencyNameRuleViewSet",
    "AgencyViewSet",
    "AuditViewSet",
    "MergePeopleViewSet",
    "OfficeCalendarViewSet",
    "PersonViewSet",
    "agency_chooser",
    "person_chooser",
]
