"""What a certificate says. It speaks both languages at once, whatever the interface does, so its words
stand here as they are printed and are no translations of each other's message ids.

The result of `compose_facts` is frozen with the certificate: everything printed, and nothing else, is in it.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import get_language, override

from common.rocdates import format_roc
from common.templatetags.common_tags import hours
from courses.catalogue.enums import CourseKind
from courses.learning.completion import CompletionVerdict

DESIGN = "pdf/certificate.html"
"""The design of new certificates. A changed design gets a new file; this one stays for those it printed."""

ISSUER = "臺中市政府秘書處"
ISSUER_EN = "Secretariat, Taichung City Government"
TITLE = "結訓證明書"
TITLE_EN = "Certificate of Completion"
# the national certificate is another thing, and only the central authority issues it (資格辦法 §16)
REMARK = ["本證明為臺中市政府之結訓證明，", "並非採購專業人員考試及格證書。"]

DEFAULT_WORDS = {
    CourseKind.BASIC: "基礎",
    CourseKind.ADVANCED: "進階",
    CourseKind.LECTURE: "講座",
    CourseKind.SEED: "種子",
    CourseKind.WORKSHOP: "實作",
}
"""The word in the serial number where the course has no `SerialSeries` of its own."""


def verify_url(public_id: str) -> str:
    """Return the address at which anybody can check the certificate, in the site's first language.

    Without a number it is the page that asks for one.
    """
    with override(settings.LANGUAGE_CODE):
        path = reverse("certificates:verify_one", args=[public_id]) if public_id else reverse("certificates:verify")
    return settings.SITE_URL.rstrip("/") + path


def in_language(facts: dict[str, Any], key: str) -> str:
    """Return a fact in the reader's language: `key`, or `key`_en where that is English and there."""
    english = str(facts.get(f"{key}_en", ""))
    return english if get_language() == "en" and english else str(facts[key])


def compose_facts(verdict: CompletionVerdict, *, serial: str, public_id: str, issued_at: datetime) -> dict[str, Any]:
    """Return every word and figure of a certificate, as JSON. Hours are those of the curriculum."""
    enrolment = verdict.enrolment
    run, course = enrolment.run, enrolment.run.course
    curriculum = run.curriculum
    issued_on = timezone.localdate(issued_at)
    whole = hours(verdict.ledger.required_minutes, curriculum.minutes_per_hour)
    attended = hours(Fraction(verdict.ledger.attended_minutes), curriculum.minutes_per_hour)
    examined = curriculum.has_bar
    passed, passed_en = ("經考試及格，", ", examination passed") if examined else ("", "")
    course_name = run.title or course.name
    course_name_en = run.title_en or course.name_en or course_name
    return {
        "design": DESIGN,
        "public_id": public_id,
        "serial": serial,
        "name": enrolment.person.name,
        "agency": enrolment.agency.name if enrolment.agency else "",
        "course": course_name,
        "course_en": course_name_en,
        "run": run.code,
        "roc_year": run.roc_year,
        "term": run.term,
        "starts_on": run.starts_on.isoformat(),
        "ends_on": run.ends_on.isoformat(),
        "hours": whole,
        "hours_attended": attended,
        "examined": examined,
        "issued_on": issued_on.isoformat(),
        "issuer": ISSUER,
        "issuer_en": ISSUER_EN,
        "verify_url": verify_url(public_id),
        "words": {
            "title": TITLE,
            "title_en": TITLE_EN,
            "serial": f"證號 {serial}",
            "course": f"{course_name}　{run.roc_year} 年第 {run.term} 期",
            "statement": [
                f"於民國 {_roc_span(run.starts_on, run.ends_on)}參加本府辦理之上列課程，",
                f"課程 {whole} 小時，出席 {attended} 小時，{passed}符合結訓規定，特發此證。",
            ],
            "course_en": f"{course_name_en} ({run.code})",
            "statement_en": (
                f"{_span(run.starts_on, run.ends_on)}; course of {whole} hours, {attended} attended{passed_en}"
            ),
            "issued_on": f"中華民國 {format_roc(issued_on)}",
            "issued_on_en": _date(issued_on),
            "verify": "掃描或輸入號碼查驗",
            "verify_en": "Scan or enter the number to verify",
            "verify_at": verify_url("").removeprefix("https://").removeprefix("http://"),
            "remark": REMARK,
        },
    }


def _date(day: date) -> str:
    with override("en"):
        return dateformat.format(day, "j F Y")


def _span(first: date, last: date) -> str:
    return _date(first) if first == last else f"{_date(first)} to {_date(last)}"


def _roc_span(first: date, last: date) -> str:
    return format_roc(first) if first == last else f"{format_roc(first)}至 {format_roc(last)}"
