"""Invented people, and the accounts that a first look signs in with."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Agency, Person, User
from accounts.privacy import PRIVACY_VERSION
from consultations.models import HotlineOfficer
from faculty.models import Instructor
from library.models import Subject
from library.services import ensure_subjects
from qualifications.enums import Level
from qualifications.models import QualificationRecord

# Plainly invented: a common surname and a name of the sixty-year cycle (甲子, 乙丑 …).
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
JOB_TITLES = ["科員", "辦事員", "書記", "技士", "組員", "幹事", "助理員", "約僱人員"]


@dataclass(frozen=True)
class SignIn:
    """One demonstration account."""

    email: str
    name: str
    agency: str
    job_title: str
    role: Role
    purpose: str


SIGN_INS = [
    SignIn("admin@demo.test", "管範例", "臺中市政府秘書處", "科長", Role.ADMINISTRATOR, "administrator 管理者"),
    SignIn(
        "contact@demo.test", "聯範例", "臺中市政府環境保護局", "股長", Role.AGENCY_CONTACT, "agency contact 機關承辦人"
    ),
    SignIn("instructor@demo.test", "講範例", "臺中市政府法制局", "專員", Role.INSTRUCTOR, "instructor 講師"),
    SignIn(
        "viewer@demo.test", "閱範例", "臺中市政府研究發展考核委員會", "專員", Role.REPORT_VIEWER,
        "report viewer 報表檢視者",
    ),
    SignIn("trainee@demo.test", "學範例", "臺中市政府環境保護局", "科員", Role.TRAINEE, "trainee 學員"),
]  # fmt: skip
OFFICER = SignIn(
    "officer@demo.test", "詢範例", "臺中市政府秘書處", "專員", Role.HOTLINE_OFFICER, "hotline officer 諮詢專線人員"
)
MEMBER = SignIn(
    "member@demo.test", "審範例", "臺中市政府都市發展局", "專門委員", Role.COMMITTEE_MEMBER,
    "committee member 督導小組委員",
)  # fmt: skip
ALL_SIGN_INS = [*SIGN_INS, OFFICER, MEMBER]


def invented_names() -> Iterator[str]:
    """Yield 1,200 different names that nobody takes for a real person's."""
    for surname in SURNAMES:
        for turn in range(60):
            yield surname + STEMS[turn % 10] + BRANCHES[turn % 12]


def invent_people(count: int, *, skip: int, agencies: list[Agency]) -> list[Person]:
    """Create `count` people spread over `agencies`; `skip` keeps layers from repeating names."""
    names = list(islice(invented_names(), skip, skip + count))
    now = timezone.now()
    people = [
        Person(
            name=name,
            job_title=JOB_TITLES[index % len(JOB_TITLES)],
            agency=agencies[(index * 7 + skip) % len(agencies)],
            agency_confirmed_at=now,
        )
        for index, name in enumerate(names)
    ]
    return Person.objects.bulk_create(people)


def demonstration_password() -> str:
    """Return DEMO_PASSWORD, or the password made at random for this installation."""
    given = os.environ.get("DEMO_PASSWORD", "")
    if given:
        return given
    path = Path(settings.VAR_DIR) / "demo-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.token_hex(2) for _ in range(4)))
    return path.read_text().strip()


def keep_passwords() -> None:
    """Give the demonstration accounts the password of today (DEMO_PASSWORD may have changed)."""
    password = demonstration_password()
    for user in User.objects.filter(email__in=[sign_in.email for sign_in in ALL_SIGN_INS]):
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])


def lay() -> None:
    """Create the sign-ins but the officer's, and instructors with and without an account."""
    for sign_in in SIGN_INS:
        _create(sign_in)
    ensure_subjects()
    _lay_instructors()


def lay_officer() -> None:
    """Create the hotline officer: with a certificate, as the roster demands."""
    person = _create(OFFICER)
    QualificationRecord.objects.create(
        person=person,
        level=Level.BASIC,
        number="示範（112）字第 00001 號",
        issued_on=date(2023, 6, 1),
        source="示範資料",
    )
    HotlineOfficer.objects.create(person=person, order=1)


def lay_member() -> Person:
    """Create the account of a member of the review group on failed tenders."""
    return _create(MEMBER)


def _create(sign_in: SignIn) -> Person:
    now = timezone.now()
    person = Person.objects.create(
        name=sign_in.name,
        email=sign_in.email,
        job_title=sign_in.job_title,
        agency=Agency.objects.get(name=sign_in.agency),
        agency_confirmed_at=now,
    )
    user = User.objects.create_user(
        sign_in.email,
        demonstration_password(),
        person=person,
        privacy_accepted_at=now,
        privacy_version=PRIVACY_VERSION,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.groups.add(Group.objects.get(name=sign_in.role.value))
    return person


def _lay_instructors() -> None:
    subjects = list(Subject.objects.order_by("code"))
    main = Instructor.objects.create(
        person=Person.objects.get(email="instructor@demo.test"),
        is_seed_teacher=True,
        introduction="示範講師：教了十二年招標與決標，最常說的一句話是「先數三家，再看資格」。",
    )
    main.subjects.set(subjects[:3])
    agencies = list(Agency.objects.filter(name__startswith="臺中市政府").order_by("name")[:6])
    for index, name in enumerate(["師甲範", "師乙範", "師丙範", "師丁範"]):
        person = Person.objects.create(
            name=name, job_title="專員", agency=agencies[index % len(agencies)], agency_confirmed_at=timezone.now()
        )
        instructor = Instructor.objects.create(person=person, is_seed_teacher=index % 2 == 0)
        instructor.subjects.set(subjects[3 + index * 2 : 6 + index * 2])
