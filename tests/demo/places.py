"""Every address of the platform with a real row behind it, and how a visitor is answered there.

Rows are such as belong to none of the seven sign-ins of the demonstration wherever rows belong to somebody: another's
certificate, another's checklist, a class of another instructor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.messages import get_messages
from django.db import transaction
from django.http.cookie import SimpleCookie
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from django.utils.translation import gettext
from wagtail.contrib.redirects.models import Redirect

from accounts.models import User
from casestudies.services.checklists import begin_checklist
from certificates.models import SerialSeries
from tests.factories.accounts import UserFactory
from tests.factories.consultations import ConsultationFactory
from tests.factories.learning import MaterialFactory
from tests.factories.website import document, image
from website.models import SiteRendition

TABLE = Path(__file__).with_name("access.txt")
STRANGER = "stranger@example.test"
# in the order of the table's columns
IDENTITIES = ("anonymous", "trainee", "contact", "instructor", "officer", "member", "viewer", "admin")


@dataclass(frozen=True)
class Place:
    """One pattern of an address, as it stands in the code."""

    route: str
    view: Callable[..., Any]

    @property
    def label(self) -> str:
        """What the table calls it."""
        return self.route or "(home)"

    @property
    def model(self) -> Any:
        """The model that a view of the back office says it is about, if it does."""
        named = getattr(self.view, "view_initkwargs", {}).get("model")
        named = named or getattr(getattr(self.view, "view_class", None), "model", None)
        if isinstance(named, str):
            return apps.get_model(named)
        return named if isinstance(named, type) else None

    def path(self) -> str:
        """Return the address with real rows in it."""
        if self.route in WHOLE:
            return "/" + WHOLE[self.route]()
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(self.value(found[1])), self.route.replace("^", ""))

    def value(self, name: str) -> Any:
        """Return what stands for a part of the address."""
        for route, part, value in PARTS:
            if re.fullmatch(part, name) and re.match(route, self.route):
                return value() if callable(value) else value
        if self.model is None:
            raise AssertionError(f"{self.route}: say in {__file__} which row stands for <{name}>")
        row = first(self.model._meta.label)
        return row.pk if row else 1


class Answers(NamedTuple):
    """A line of the table: one letter for each identity, by method."""

    get: str
    post: str


def written() -> dict[str, Answers]:
    """Return the table: what an address is called → how everybody is answered there."""
    lines = (line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#")
    return {route: Answers(get, post) for get, post, route in (line.split(maxsplit=2) for line in lines)}


def places() -> Iterator[Place]:
    """Yield every pattern once; of two with one route the first, which is the one that answers."""
    seen = set()
    for place in _walk(get_resolver(), ""):
        if place.route not in seen:
            seen.add(place.route)
            yield place


def _walk(resolver: URLResolver, before: str) -> Iterator[Place]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        elif isinstance(entry, URLPattern):
            yield Place(route, entry.callback)


# --- rows --------------------------------------------------------------------------------------


@cache
def first(label: str, **filters: Any) -> Any:
    """Return the first row of a model that fits, or None."""
    return apps.get_model(label)._default_manager.filter(**filters).order_by("pk").first()


def key(label: str, attribute: str = "pk", **filters: Any) -> Callable[[], Any]:
    """Return what gives an attribute of the first row that fits; 1 where there is none, answered “not here”."""

    def found() -> Any:
        row: Any = first(label, **filters)
        for name in attribute.split("__"):
            row = getattr(row, name) if row is not None else 1
        return row

    return found


def lay_what_is_missing() -> None:
    """Add the kinds of rows that the demonstration has none of; those that belong to somebody belong to a stranger."""
    stranger = UserFactory(email=STRANGER)
    run = first("catalogue.CourseRun")
    document()
    picture = image()
    SiteRendition.objects.create(image=picture, filter_spec="width-100", file=picture.file.name, width=1, height=1)
    MaterialFactory(run=run, posted_by=stranger)
    begin_checklist(owner=stranger, kind="works")
    ConsultationFactory(asked_by=stranger)
    SerialSeries.objects.create(course=run.course, word="示範")
    Redirect.objects.create(old_path="/old", redirect_link="https://example.test/")
    first.cache_clear()


PAGE = key("library.AnnouncementPage")
RUN = key("catalogue.CourseRun", "code")
MEETING = key("casestudies.ReviewMeeting", state="convened")
PAGE_REVISION = key("wagtailcore.Revision")
CASE_OF_A_NOTICE = key("casestudies.TenderNotice", "case_id")

# (route as a regular expression, name of the part, what stands for it); the first that fits counts
PARTS: list[tuple[str, str, Any]] = [
    ("files/documents/|cms/(api/main/.)?documents/|cms/api/main/.documents", "pk", key("website.SiteDocument")),
    ("files/documents/", "filename", key("website.SiteDocument", "filename")),
    ("files/images/", "pk", key("website.SiteRendition")),
    ("cms/documents/", "document_id", key("website.SiteDocument")),
    ("cms/documents/", "doc_id", key("website.SiteDocument")),
    ("cms/images/", "image_id", key("website.SiteImage")),
    ("cms/(images|documents)/", "uploaded_file_id", key("wagtailcore.UploadedFile")),
    ("cms/images/", "filter_spec", "width-100"),
    ("accounts/2fa/webauthn/", "pk", 1),
    ("my-agency/people/", "pk", key("accounts.Person", user=None)),
    ("my-agency/names/", "pk", key("accounts.NameChange")),
    ("cms/people-merge/", "kept", key("accounts.Person", user=None)),
    ("cms/people-merge/", "gone", key("casestudies.CommitteeMember", "person_id")),
    ("reports/<slug:key>/people", "key", "consultations"),
    ("reports/", "key", "pass-rate"),
    ("", "document_format", "ods"),
    ("documents/.*check-form", "file_format", "odt"),
    ("documents/", "file_format", "pdf"),
    ("documents/|cms/tenders/meetings/|review-meetings/", "file_format", "odt"),
    ("", "file_format", "ods"),
    ("laws/", "pcode", key("library.Article", "law__pcode")),
    ("laws/", "number", key("library.Article", "number")),
    ("tasks/", "slug", key("library.ProcurementTask", "slug")),
    ("documents/", "slug", key("library.ControlPoint", "version__document__slug")),
    ("documents/", "label", key("library.ControlPoint", "version__label")),
    ("cms/tenders/meetings/|review-meetings/", "pk", key("casestudies.AgendaItem", "meeting_id")),
    ("cms/tenders/meetings/|review-meetings/", "item_pk", key("casestudies.AgendaItem")),
    ("my-agency/decisions/|cms/tenders/decisions/", "pk", key("casestudies.Decision")),
    ("case-studies/", "pk", key("casestudies.CaseStudyPage")),
    ("my-checklists/", "pk", key("casestudies.Checklist", owner__email=STRANGER)),
    ("(cms/tenders/cases|tender-cases|cms/tenders/diagnosing|cms/tenders/studies/draft)/", "pk", CASE_OF_A_NOTICE),
    ("", "notice_pk", key("casestudies.TenderNotice")),
    ("questions/", "pk", key("consultations.QuestionPage")),
    ("my-questions/", "pk", key("consultations.Consultation", asked_by__email=STRANGER)),
    ("", "code", RUN),
    ("today/sessions/|cms/roll-calls/", "pk", key("catalogue.Session")),
    ("materials/", "pk", key("learning.Material")),
    ("materials/", "name", "a.pdf"),
    ("", "public_id", key("certificates.Certificate", "public_id", enrolment__person__user=None)),
    ("certificates/batches/", "pk", key("certificates.IssueBatch")),
    # Wagtail's own
    ("cms/api/main/.pages/", "pk", PAGE),
    ("cms/api/main/.images/", "pk", key("website.SiteImage")),
    ("", "action_name", "copy"),
    ("cms/pages/add/", "parent_page_id", key("library.AnnouncementIndexPage")),
    ("", "(parent_)?page_id", PAGE),
    ("", "page_to_move_id", PAGE),
    ("", "page_pk", PAGE),
    ("", "destination_id", key("website.HomePage")),
    ("", "content_type_app_name", "library"),
    ("", "content_type_model_name", "announcementpage"),
    ("cms/bulk/", "app_label", "wagtailcore"),
    ("cms/bulk/", "model_name", "page"),
    ("cms/bulk/", "action", "delete"),
    ("cms/pages/create/|cms/translation/", "app_label", "library"),
    ("cms/pages/create/", "model_name", "announcementpage"),
    ("cms/translation/", "model_name", "subject"),
    ("cms/translation/", "pk", key("library.Subject")),
    ("cms/tag-autocomplete/|cms/settings/", "app_name", "website"),
    ("cms/tag-autocomplete/|cms/settings/", "model_name", "siteimage"),
    ("cms/settings/", "pk", 1),
    ("cms/workflows/tasks/add/", "app_label", "wagtailcore"),
    ("cms/workflows/tasks/add/", "model_name", "groupapprovaltask"),
    ("cms/editing-sessions/", "app_label", "library"),
    ("cms/editing-sessions/", "model_name", "announcementpage"),
    ("cms/editing-sessions/", "object_id", PAGE),
    ("", "session_id", 1),
    ("", "(task_state|workflow_state)_id", 1),
    ("", "task_id", key("wagtailcore.Task")),
    ("cms/workflows/tasks/", "pk", key("wagtailcore.Task")),
    ("cms/workflows/", "(workflow_)?pk", key("wagtailcore.Workflow")),
    ("", "revision_id", PAGE_REVISION),
    ("", "collection_id", key("wagtailcore.Collection")),
    ("cms/collections/", "pk", key("wagtailcore.Collection")),
    ("", "redirect_id", key("wagtailredirects.Redirect")),
    # screens of ours in the back office
    ("cms/qualification_records/", "pk", key("qualifications.QualificationRecord")),
    ("cms/materials/", "pk", key("learning.Material")),
    ("cms/issued_certificates/", "pk", key("certificates.Certificate")),
    ("cms/course_runs/", "pk", key("catalogue.CourseRun")),
    ("cms/curricula/", "pk", key("catalogue.Curriculum")),
    ("cms/library-documents/", "pk", key("library.LibraryDocument")),
    ("cms/law-import/", "pk", key("library.LawImport")),
    ("cms/law-reviews/", "pk", key("library.CitationReview")),
    ("cms/agency-import/", "pk", key("accounts.AgencyImport")),
    ("cms/office-calendar/", "day", "2027-01-01"),
    ("cms/outbox/", "pk", key("notifications.Message")),
    ("cms/clearing/page/", "pk", key("website.PassageFlag", "page_id")),
    ("cms/(clearing|hotline/publish)/passage/", "pk", key("website.PassageFlag")),
    ("cms/tenders/import/", "pk", key("casestudies.NoticeImport")),
    ("cms/tenders/committee/", "pk", key("casestudies.CommitteeMember")),
    ("cms/tenders/listing/", "pk", key("casestudies.Listing")),
    ("cms/tenders/taxonomy/", "pk", key("casestudies.TaxonomyEdition")),
    ("cms/tenders/taxonomy/", "entry_pk", key("casestudies.TaxonomyEntry")),
    ("cms/tenders/taxonomy/", "dimension", "cause"),
    ("cms/tenders/quarterly/", "year", 115),
    ("cms/tenders/quarterly/", "quarter", 3),
    ("cms/hotline/roster/shifts/", "pk", key("consultations.DutyShift")),
    ("cms/hotline/roster/swaps/", "pk", key("consultations.ShiftSwap")),
    ("cms/hotline/roster/hand-over/", "pk", key("consultations.DutyShift")),
    ("cms/hotline/officers/", "pk", key("consultations.HotlineOfficer")),
    ("cms/hotline/import/", "pk", key("consultations.ConsultationImport")),
    ("cms/hotline/publish/page/", "pk", key("consultations.QuestionPage")),
    ("cms/hotline/", "pk", key("consultations.Consultation")),
    ("", "revision_id_[ab]", 1),
    ("cms/rosters/<int:pk>/queue/", "pk", key("enrolment.WaitingListEntry", "run_id")),
    ("cms/rosters/", "pk", key("enrolment.Enrolment", "run_id")),
    ("", "enrolment_id", key("enrolment.Enrolment")),
    ("", "entry_id", key("enrolment.WaitingListEntry")),
    ("cms/password_reset/", "uidb64", "MQ"),
    ("cms/password_reset/", "token", "a-b"),
    ("cms/sittings/", "pk", key("assessment.Sitting")),
    ("cms/score-import/", "pk", key("assessment.ScoreImport")),
]

# addresses that the code writes as regular expressions
WHOLE: dict[str, Callable[[], str]] = {
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": lambda: "accounts/confirm-email/unknown/",
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": lambda: "accounts/password/reset/key/1-a/",
    r"accounts/oidc/^(?P<provider_id>[^/]+)/login/": lambda: "accounts/oidc/city/login/",
    r"accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": lambda: "accounts/oidc/city/login/callback/",
    r"cms/pages/^(\d+)/revisions/compare/(live|earliest|\d+)\.\.\.(live|latest|\d+)/$": lambda: (
        f"cms/pages/{PAGE()}/revisions/compare/earliest...latest/"
    ),
    "cms/^.*/$": lambda: "cms/nonsense/",
    "cms/^groups/": lambda: "cms/groups/",
    "cms/^workflows/task_chooser/": lambda: "cms/workflows/task_chooser/",
    "cms/^bulk/accounts/user/": lambda: "cms/bulk/accounts/user/assign_role/",
    # a lesson for the enrolled
    r"^((?:[\w\-]+/)*)$": lambda: first("learning.LessonPage", live=True).url_path.partition("/")[2].partition("/")[2],
}


# --- visitors ----------------------------------------------------------------------------------


class _BareClient(Client):
    """Answers as Django's client does, but keeps no copy of each template's context: thousands of requests go by."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


class Visitor:
    """Somebody who opens addresses, each time with the same cookies and without leaving a trace in the database."""

    def __init__(self, identity: str, **options: Any) -> None:
        self.client = _BareClient(raise_request_exception=False, **options)
        if identity != "anonymous":
            self.client.force_login(User.objects.get(email=f"{identity}@demo.test"))
        self.client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        self.cookies = self.client.cookies.output()

    def ask(self, path: str, *, post: bool = False, data: dict[str, Any] | None = None) -> Any:
        """Open `path`, or send it a form; what that changed is taken back."""
        self.client.cookies = SimpleCookie(self.cookies.replace("Set-Cookie: ", "").replace("\r\n", "; "))
        with transaction.atomic():
            response: Any = self.client.post(path, data or {}) if post else self.client.get(path, data)
            if response.streaming:
                b"".join(response.streaming_content)  # a file is closed when it has been read
            transaction.set_rollback(True)
        return response


def letter(response: Any) -> str:
    """Return the answer in one letter; the table says which is which."""
    if response.status_code in {301, 302, 303, 307}:
        goes = response["Location"]
        if "/accounts/login/" in goes:
            return "s"
        # Wagtail's own way of refusing leads to its start page and says so there
        with translation.override("zh-hant"):
            words = gettext("Sorry, you do not have permission to access this area.")
        said = [str(one).strip() for one in get_messages(response.wsgi_request)._queued_messages]
        return "-" if goes == "/cms/" and words in said else "r"
    return {403: "-", 404: "n", 405: "m", 400: "b", 409: "b", 422: "b", 401: "b", 503: "b"}.get(
        response.status_code, "o" if response.status_code < 300 else "!"
    )
