"""What is said wherever many are told something: who of them gets no e-mail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _


def without_mail(those: Iterable[Any]) -> str:
    """Return the sentence that names those (people, agencies) whom no e-mail reaches, in their order; "" for none."""
    names = [str(one) for one in those]
    if not names:
        return ""
    told = _("No e-mail reaches %(count)d of them; please tell them in another way: %(names)s.")
    return told % {"count": len(names), "names": _(", ").join(names)}
