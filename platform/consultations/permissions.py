"""Who may do what at the hotline."""

from __future__ import annotations

from typing import Any

from accounts.permissions import is_administrator, is_hotline_officer, is_instructor, is_report_viewer

from .models import Consultation, DutyShift, HotlineOfficer


def can_log_consultations(user: Any) -> bool:
    """Whether `user` may write cases: hotline officers, and administrators."""
    return is_hotline_officer(user) or is_administrator(user)


def can_view_consultation(user: Any, consultation: Consultation) -> bool:
    """Whether `user` may read this case: those who write cases, and the one who asked it from their account."""
    if can_log_consultations(user):
        return True
    return bool(user.is_authenticated) and consultation.asked_by_id is not None and consultation.asked_by_id == user.pk


def can_ask(user: Any) -> bool:
    """Whether `user` may ask by form: everybody with an account that belongs to a person."""
    return bool(user.is_authenticated) and getattr(user, "person_id", None) is not None


def can_ask_on(user: Any, consultation: Consultation) -> bool:
    """Whether `user` may ask on after this answer, and say whether it helped: only the one who asked."""
    return bool(user.is_authenticated) and consultation.asked_by_id == user.pk


def can_plan_roster(user: Any) -> bool:
    """Whether `user` plans who is on duty."""
    return is_administrator(user)


def can_import_consultations(user: Any) -> bool:
    """Whether `user` may import old spreadsheets."""
    return is_administrator(user)


def can_draft_questions(user: Any) -> bool:
    """Whether `user` may make a page of a case and decide about its flagged passages; review is another's."""
    return can_log_consultations(user)


def can_view_statistics(user: Any) -> bool:
    """Whether `user` sees the hotline's figures: they hold no names."""
    return can_log_consultations(user) or is_report_viewer(user)


def can_view_trends(user: Any) -> bool:
    """Whether `user` sees which subjects and error patterns rise: also who teaches them."""
    return can_view_statistics(user) or is_instructor(user)


def officer_of(user: Any) -> HotlineOfficer | None:
    """Return the hotline officer that `user` is, or None (administrators may write cases without being one)."""
    person = getattr(user, "person", None)
    return getattr(person, "hotline_officer", None) if person is not None else None


def can_change_shift(user: Any, shift: DutyShift) -> bool:
    """Whether `user` may do something about this shift: who plans, and the officer whose it is."""
    own = officer_of(user)
    return can_plan_roster(user) or (can_log_consultations(user) and own is not None and own.pk == shift.officer_id)


def can_hand_over(user: Any, officer: HotlineOfficer) -> bool:
    """Whether `user` may hand over the open cases of `officer`: their own, and everybody's for who plans."""
    own = officer_of(user)
    return can_plan_roster(user) or (can_log_consultations(user) and own is not None and own.pk == officer.pk)
