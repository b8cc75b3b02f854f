"""The office calendar of two years, and the rotation of the hotline's officers from today on."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from common.models import OfficeDay
from consultations.models import HotlineOfficer
from consultations.roster import coming_shifts
from consultations.services.roster import plan_rotation
from consultations.services.swaps import propose_swap

CONTENT = Path(__file__).parent / "content" / "office_days.json"


def lay_office_days() -> None:
    """Write the days of 2026 and 2027 that differ from Monday to Friday or bear a name; known days stay as they are.

    Their source is the official one, so that importing the government's file takes their place.
    """
    content = json.loads(CONTENT.read_text(encoding="utf-8"))
    OfficeDay.objects.bulk_create(
        [
            OfficeDay(
                day=date.fromisoformat(entry["day"]),
                is_working=entry["is_working"],
                name=entry["name"],
                source=f"{content['source']}（示範資料，{content['read_on']} 摘錄）",
            )
            for entry in content["days"]
        ],
        ignore_conflicts=True,
    )


def lay() -> None:
    """Plan this month and the next two in rotation, and let a colleague ask officer@demo.test to swap."""
    lay_office_days()
    today = timezone.localdate()
    last = (today.replace(day=1) + timedelta(days=95)).replace(day=1) - timedelta(days=1)
    plan_rotation(first=today, last=last, by=None, announce=False)
    _propose_swap()


def _propose_swap() -> None:
    """Let somebody ask officer@demo.test to take over a shift of the second week, for one of theirs."""
    asked = HotlineOfficer.objects.get(person__email="officer@demo.test")
    colleague = HotlineOfficer.objects.filter(is_active=True).exclude(pk=asked.pk).first()
    if colleague is None:
        return
    # colleagues of the demonstration have no account: one that is never saved speaks for them
    user = User.objects.filter(person=colleague.person).first() or User(person=colleague.person)
    later = timezone.now() + timedelta(days=7)
    shift, exchange = coming_shifts(colleague, at=later).first(), coming_shifts(asked, at=later).first()
    if shift is not None and exchange is not None:
        propose_swap(shift=shift, asked_of=asked, in_exchange=exchange, note="當天奉派出差，可否對調？", by=user)
