"""The review group (採購流廢標督導小組): which cases come before it, its meetings, and what it decides."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agency, Person
from library.enums import Band, ProcurementKind

from ..enums import MeetingState
from .cases import TenderCase


class ListingRule(models.Model):
    """Which cases are listed for review (列管): kind, lowest band, number of failures, from a day until another.

    An empty `kind` holds for works, goods and services alike, an empty `at_least` for every band, also an unknown one.
    `effective_from` and `effective_to` (both included) speak of the day of the failure that fulfils the rule.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind of procurement"), max_length=10, choices=ProcurementKind.choices, blank=True)
    at_least = models.CharField(_("band, at least"), max_length=20, choices=Band.choices, blank=True)
    failures = models.PositiveSmallIntegerField(
        _("times failed, at least"), default=2, validators=[MinValueValidator(1)]
    )
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=250)

    class Meta:
        verbose_name = _("rule for listing")
        verbose_name_plural = _("rules for listing")
        ordering = ["-effective_from", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="listing_rule_ends_after_it_begins",
                violation_error_message=pgettext_lazy("of a rule", "The last day lies before the first."),
            ),
            models.CheckConstraint(condition=Q(failures__gte=1), name="listing_rule_of_failures"),
        ]

    def __str__(self) -> str:
        return self.name


class Listing(models.Model):
    """A case that the review group follows (列管), by a rule or by hand; closed once it is settled.

    Written by `services.listing`. A listing is not withdrawn because its rule changes. `listed_on` is the day of
    the failure that fulfilled the rule.
    """

    case = models.OneToOneField(TenderCase, verbose_name=_("case"), on_delete=models.CASCADE, related_name="listing")
    rule = models.ForeignKey(
        ListingRule, verbose_name=_("rule"), null=True, blank=True, on_delete=models.PROTECT, related_name="listings"
    )
    listed_on = models.DateField(_("listed on"))
    reason = models.CharField(_("why, where no rule says so"), max_length=250, blank=True)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("listed by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("listed case")
        verbose_name_plural = _("listed cases")
        ordering = ["-listed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__isnull=False) | ~Q(reason=""),
                name="listing_says_why",
                violation_error_message=_("Say why the case is listed."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | ~Q(outcome=""),
                name="listing_closes_with_outcome",
                violation_error_message=_("Say what came of it."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)


class CommitteeMember(models.Model):
    """A member of the review group, from inside or outside the city; the chair among them."""

    person = models.OneToOneField(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="committee_member"
    )
    is_external = models.BooleanField(_("from outside"), default=False)
    is_chair = models.BooleanField(_("chair"), default=False)
    organisation = models.CharField(_("where they come from"), max_length=120, blank=True)
    expertise = models.CharField(pgettext_lazy("of a member", "expertise"), max_length=120, blank=True)
    is_active = models.BooleanField(_("invited to new meetings"), default=True)

    class Meta:
        verbose_name = _("committee member")
        verbose_name_plural = _("committee members")
        ordering = ["-is_chair", "is_external", "person__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_chair"],
                condition=Q(is_chair=True, is_active=True),
                name="one_chair",
                violation_error_message=_("There is already a chair."),
            )
        ]

    def __str__(self) -> str:
        return self.person.name


class ReviewMeeting(models.Model):
    """A meeting of the review group. planned → convened → closed.

    Written by `services.meetings`. Members see it, and the cases of its agenda, once it is convened. After
    `closed` its agenda, opinions and minutes no longer change; only its decisions are followed up. `minutes` are
    the minutes as they were closed (`minutes.Minutes` as JSON): what a case, a name or a diagnosis becomes later
    does not change them.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    recorder = models.CharField(_("minutes taken by"), max_length=80, blank=True)
    opening = models.TextField(_("opening words of the chair"), max_length=4000, blank=True)
    closing = models.TextField(_("other business"), max_length=4000, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    minutes = models.JSONField(_("minutes as closed"), default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("planned by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("meeting of the review group")
        verbose_name_plural = _("meetings of the review group")
        ordering = ["-starts_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class MeetingMember(models.Model):
    """Somebody invited to a meeting, as they were that day; `was_present` is unknown until minutes are taken."""

    meeting = models.ForeignKey(
        ReviewMeeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="members"
    )
    member = models.ForeignKey(
        CommitteeMember, verbose_name=_("member"), on_delete=models.PROTECT, related_name="meetings"
    )
    is_chair = models.BooleanField(_("chair"), default=False)
    is_external = models.BooleanField(_("from outside"), default=False)
    was_present = models.BooleanField(_("present"), null=True, blank=True)

    class Meta:
        verbose_name = _("member at a meeting")
        verbose_name_plural = _("members at meetings")
        ordering = ["-is_chair", "is_external", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="meeting_member_once")]

    def __str__(self) -> str:
        return str(self.member)


class AgendaItem(models.Model):
    """A listed case before a meeting; `summary` is what the secretariat says of it beforehand."""

    meeting = models.ForeignKey(
        ReviewMeeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="items"
    )
    case = models.ForeignKey(TenderCase, verbose_name=_("case"), on_delete=models.PROTECT, related_name="agenda_items")
    order = models.PositiveSmallIntegerField(_("order"))
    summary = models.TextField(_("what is before the meeting"), max_length=2000, blank=True)
    conclusion = models.TextField(_("conclusion"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("item of an agenda")
        verbose_name_plural = _("items of agendas")
        ordering = ["meeting", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "case"],
                name="agenda_item_once",
                violation_error_message=_("This case already stands on the agenda."),
            )
        ]

    def __str__(self) -> str:
        return str(self.case)


class Opinion(models.Model):
    """What a member thinks of one case, saved as it is written; one per member and item, the last words count.

    `lock_version` rises with every save: words written on the phone are not lost to an older page on the PC.
    """

    item = models.ForeignKey(AgendaItem, verbose_name=_("item"), on_delete=models.CASCADE, related_name="opinions")
    member = models.ForeignKey(
        MeetingMember, verbose_name=_("member"), on_delete=models.CASCADE, related_name="opinions"
    )
    text = models.TextField(_("opinion"), max_length=4000, blank=True)
    lock_version = models.PositiveIntegerField(_("version"), default=0)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["item", "member"]
        constraints = [models.UniqueConstraint(fields=["item", "member"], name="opinion_once")]

    def __str__(self) -> str:
        return f"{self.member}: {self.item}"


class Decision(models.Model):
    """What was decided, who does it, and by when; followed up until it is done.

    `item` is None where a decision is about no single case. Written by `services.decisions`.
    """

    meeting = models.ForeignKey(
        ReviewMeeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="decisions"
    )
    item = models.ForeignKey(
        AgendaItem, verbose_name=_("item"), null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    text = models.TextField(_("decision"), max_length=2000)
    owner = models.ForeignKey(
        Agency, verbose_name=_("agency that does it"), on_delete=models.PROTECT, related_name="review_decisions"
    )
    owner_person = models.ForeignKey(
        Person, verbose_name=_("who does it"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="review_decisions",
    )  # fmt: skip
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_note = models.CharField(_("what was done"), max_length=500, blank=True)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | ~Q(done_note=""),
                name="decision_done_says_what",
                violation_error_message=_("Say what was done."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_overdue(self) -> bool:
        """Whether its day is past and nobody has said that it is done."""
        return self.done_on is None and self.due_on < timezone.localdate()
