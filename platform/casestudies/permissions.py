"""Who may do what with failed tenders."""

from __future__ import annotations

from typing import Any

from accounts.permissions import (
    agency_of_contact,
    is_administrator,
    is_committee_member,
    is_instructor,
    is_report_viewer,
)

from .enums import MeetingState
from .models import (
    AgendaItem,
    CaseStudyPage,
    Checklist,
    CommitteeMember,
    Decision,
    MeetingMember,
    Opinion,
    ReviewMeeting,
    TenderCase,
)


def can_manage_cases(user: Any) -> bool:
    """Whether `user` imports notices, matches agencies, lists and diagnoses cases, and plans meetings."""
    return is_administrator(user)


def can_view_cases(user: Any) -> bool:
    """Whether `user` may open any case: who manages them, and report viewers, whose figures lead down to them."""
    return can_manage_cases(user) or is_report_viewer(user)


def can_view_statistics(user: Any) -> bool:
    """Whether `user` sees the figures of failed tenders."""
    return can_view_cases(user)


def member_of(user: Any) -> CommitteeMember | None:
    """Return the member of the review group that `user` is, with the role to be it; None otherwise."""
    person = getattr(user, "person", None)
    if person is None or not is_committee_member(user):
        return None
    return CommitteeMember.objects.filter(person=person).first()


def place_at(user: Any, meeting: ReviewMeeting) -> MeetingMember | None:
    """Return the place of `user` at `meeting`; None for who was not invited, and before it is convened."""
    member = member_of(user)
    if member is None or meeting.state == MeetingState.PLANNED:
        return None
    return MeetingMember.objects.filter(meeting=meeting, member=member).first()


def can_view_meeting(user: Any, meeting: ReviewMeeting) -> bool:
    """Whether `user` may read this meeting and the cases of its agenda: who manages, and who was invited."""
    return can_manage_cases(user) or place_at(user, meeting) is not None


def can_write_opinion(user: Any, item: AgendaItem) -> bool:
    """Whether `user` may write an opinion on this item: who was invited, until the minutes are closed."""
    return item.meeting.state == MeetingState.CONVENED and place_at(user, item.meeting) is not None


def can_read_opinions(user: Any, item: AgendaItem) -> bool:
    """Whether `user` may read what the other members think of this item.

    Independent opinions first: a member reads the others' once they have written their own, or once the minutes are
    closed. Who manages reads them all.
    """
    if can_manage_cases(user):
        return True
    place = place_at(user, item.meeting)
    if place is None:
        return False
    if item.meeting.state == MeetingState.CLOSED:
        return True
    return Opinion.objects.filter(item=item, member=place).exclude(text="").exists()


def can_view_minutes(user: Any, meeting: ReviewMeeting) -> bool:
    """Whether `user` may have the minutes: who manages also the draft, who was invited once they are closed."""
    if can_manage_cases(user):
        return True
    return meeting.state == MeetingState.CLOSED and place_at(user, meeting) is not None


def can_view_decisions(user: Any) -> bool:
    """Whether `user` has decisions to carry out: the contact of an agency whose own agency is confirmed."""
    return agency_of_contact(user) is not None


def can_finish_decision(user: Any, decision: Decision) -> bool:
    """Whether `user` may say that this decision is done: its own agency's contact, and who manages.

    Before the minutes are closed nobody of an agency sees it.
    """
    if can_manage_cases(user):
        return True
    agency = agency_of_contact(user)
    return agency is not None and agency.pk == decision.owner_id and decision.meeting.state == MeetingState.CLOSED


def can_view_case(user: Any, case: TenderCase) -> bool:
    """Whether `user` may read this case; members only the cases of meetings they were invited to."""
    if can_view_cases(user):
        return True
    member = member_of(user)
    if member is None:
        return False
    return (
        AgendaItem.objects.filter(case=case, meeting__members__member=member)
        .exclude(meeting__state=MeetingState.PLANNED)
        .exists()
    )


def can_see_model_answers(user: Any) -> bool:
    """Whether `user` sees the model answers of every case study: who teaches, and administrators."""
    return is_instructor(user) or is_administrator(user)


def can_view_checklist(user: Any, checklist: Checklist) -> bool:
    """Whether `user` may read and fill this checklist: only its owner."""
    return bool(user.is_authenticated) and checklist.owner_id == user.pk


def can_see_answers_of(user: Any, page: CaseStudyPage) -> bool:
    """Whether `user` (perhaps anonymous) sees the model answers of this case study."""
    return page.shows_answers or can_see_model_answers(user)


def can_write_studies(user: Any) -> bool:
    """Whether `user` makes case studies of diagnosed cases."""
    return can_manage_cases(user)
