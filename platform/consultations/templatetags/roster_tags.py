"""What officers are told about their duty on screens that are not the roster's."""

from typing import Any

from django import template
from django.utils import timezone

from ..permissions import officer_of
from ..roster import proposals_for, shift_now

register = template.Library()


@register.inclusion_tag("consultations/backoffice/duty_line.html", takes_context=True)
def duty_line(context: dict[str, Any]) -> dict[str, Any]:
    """Say in one line that the reader is on duty now, and that colleagues ask them to swap; nothing for others."""
    mine = officer_of(context["request"].user)
    if mine is None:
        return {}
    now = timezone.now()
    return {"now_on_duty": shift_now(mine, at=now), "asked": proposals_for(mine, at=now)}
