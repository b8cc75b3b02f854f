"""People and meetings of the review group, as several tests need them."""

from __future__ import annotations

import datetime

from django.utils import timezone

from accounts.enums import Role
from accounts.models import Agency, User
from casestudies.models import AgendaItem, MeetingMember, ReviewMeeting
from tests.factories.accounts import PersonFactory, UserFactory
from tests.factories.casestudies import (
    AgendaItemFactory,
    CommitteeMemberFactory,
    FailedNoticeFactory,
    ListingFactory,
    MeetingMemberFactory,
    ReviewMeetingFactory,
    TenderNoticeFactory,
)


def member_user(**member: object) -> User:
    """The account of a member of the group, with the role."""
    person = PersonFactory(**member.pop("person", {}))
    CommitteeMemberFactory(person=person, **member)
    return UserFactory(person=person, roles=[Role.COMMITTEE_MEMBER])


def contact_user(agency: Agency) -> User:
    """The contact of `agency`, whose own agency is confirmed."""
    return UserFactory(person=PersonFactory(agency=agency), roles=[Role.AGENCY_CONTACT])


def hours_ago(count: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(hours=count)


def begun_today() -> datetime.datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def meeting_with(user: User | None = None, **values: object) -> tuple[ReviewMeeting, AgendaItem, MeetingMember]:
    """A meeting that began today, with one case that failed twice, and `user` invited."""
    meeting = ReviewMeetingFactory(**{"starts_at": begun_today(), **values})
    case = ListingFactory().case
    TenderNoticeFactory(case=case)
    FailedNoticeFactory(case=case)
    FailedNoticeFactory(case=case, published_on=datetime.date(2026, 4, 20), reason="廢標：標價逾底價")
    item = AgendaItemFactory(meeting=meeting, case=case, summary="本案二次無法決標。")
    member = user.person.committee_member if user is not None else CommitteeMemberFactory()
    return meeting, item, MeetingMemberFactory(meeting=meeting, member=member)
