"""The city's own certificate (結訓證明) and the batches that issue it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from courses.catalogue.models import Course, CourseRun
from courses.enrolment.models import Enrolment

from .enums import OPEN_STATES, BatchState, DoubtOutcome

PUBLIC_ID_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PUBLIC_ID_LENGTH = 16  # 31^16 possibilities: about 79 bits


def new_public_id() -> str:
    """Return an unguessable id of a certificate, readable aloud: no 0/O, 1/I/L."""
    return get_random_string(PUBLIC_ID_LENGTH, PUBLIC_ID_ALPHABET)


class SerialSeries(models.Model):
    """The word that a course's serial numbers carry, as in 115-基礎-0001; without one its kind decides."""

    course = models.OneToOneField(
        Course, verbose_name=_("course"), on_delete=models.PROTECT, related_name="serial_series"
    )
    word = models.CharField(
        _("word in the serial number"), max_length=12, validators=[RegexValidator(r"^[^\s-]+$")],
        help_text=_("Without spaces and dashes. Certificates already issued keep their numbers."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("series of serial numbers")
        verbose_name_plural = _("series of serial numbers")
        ordering = ["course"]

    def __str__(self) -> str:
        return self.word


class SerialCounter(models.Model):
    """The last number given under a stem such as 115-基礎. Moved only by `services.issue_certificate`."""

    stem = models.CharField(_("stem"), max_length=30, unique=True)
    last = models.PositiveIntegerField(_("last number given"), default=0)

    class Meta:
        verbose_name = _("counter of serial numbers")
        verbose_name_plural = _("counters of serial numbers")
        ordering = ["stem"]

    def __str__(self) -> str:
        return f"{self.stem} {self.last}"


class IssueBatch(models.Model):
    """The intent to issue certificates for a run, and how far it has come.

    Created by `services.request_batch`, worked by the task `certificates.run_batch`, found again by
    `certificates.sweep_batches` when a worker died.
    """

    run = models.ForeignKey(
        CourseRun, verbose_name=_("course run"), on_delete=models.PROTECT, related_name="issue_batches"
    )
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.QUEUED)
    total = models.PositiveIntegerField(_("to issue"), default=0)
    done = models.PositiveIntegerField(_("issued"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("requested by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("issuing batch")
        verbose_name_plural = _("issuing batches")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=models.Q(state__in=OPEN_STATES),
                name="one_open_batch_per_run",
                violation_error_message=_("Certificates of this run are already being issued."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run.code} {self.done}/{self.total}"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in OPEN_STATES

    @property
    def remaining(self) -> int:
        """How many of those it began with have none yet."""
        return max(self.total - self.done, 0)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """What certificates can be asked."""

    def ready(self) -> CertificateQuerySet:
        """Those whose PDF is there: until then a certificate is not out."""
        return self.exclude(file="")

    def valid(self) -> CertificateQuerySet:
        """Those that were not revoked."""
        return self.filter(revoked_at__isnull=True)


class Certificate(models.Model):
    """A certificate as issued: it freezes what it says and is never changed, only revoked.

    Issued by `services.issue_certificate`, printed by `services.print_certificate`, revoked by
    `services.revoke_certificate`. `facts` holds every word that is printed; the PDF is rendered from it
    and from nothing else. `person` and `run` are those of `enrolment`, kept here so that the database can
    hold the rule of one valid certificate for both: somebody may have left and come back under a new enrolment.
    """

    public_id = models.CharField(_("public number"), max_length=32, unique=True, default=new_public_id, editable=False)
    serial = models.CharField(_("serial number"), max_length=40, unique=True)
    enrolment = models.ForeignKey(
        Enrolment, verbose_name=_("enrolment"), on_delete=models.PROTECT, related_name="certificates"
    )
    person = models.ForeignKey(Person, verbose_name=_("trainee"), on_delete=models.PROTECT, related_name="certificates")
    run = models.ForeignKey(
        CourseRun, verbose_name=_("course run"), on_delete=models.PROTECT, related_name="certificates"
    )
    batch = models.ForeignKey(
        IssueBatch, verbose_name=_("batch"), null=True, on_delete=models.PROTECT, related_name="certificates"
    )
    facts = models.JSONField(_("what it says"))
    evidence = models.JSONField(_("evidence of completion"), default=list)
    file = models.FileField(_("PDF"), upload_to="certificates/%Y/%m/", max_length=200, blank=True)
    sha256 = models.CharField(_("fingerprint of the PDF"), max_length=64, blank=True)
    characters = models.TextField(
        _("characters of its fonts"), blank=True,
        help_text=_("A batch shares one subset of the fonts; drawn with the same one, the page has the same bytes."),
    )  # fmt: skip
    issued_at = models.DateTimeField(_("issued at"))
    collected_at = models.DateTimeField(_("first downloaded by its holder"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_reason = models.CharField(_("reason of revocation"), max_length=200, blank=True)
    may_be_replaced = models.BooleanField(
        _("a corrected one may be issued"), default=False,
        help_text=_("Tick this where the certificate only had a mistake; otherwise none is issued again."),
    )  # fmt: skip

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "run"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_valid_certificate_of_a_run",
                violation_error_message=_("This person already has a valid certificate of this run."),
            )
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def is_revoked(self) -> bool:
        """Whether it was taken back."""
        return self.revoked_at is not None

    @property
    def grouped_id(self) -> str:
        """The public number in groups of four, easier to read aloud and to type."""
        return " ".join(self.public_id[i : i + 4] for i in range(0, len(self.public_id), 4))


class Doubt(models.Model):
    """A certificate is out, and what it rests on no longer holds: somebody must revoke or keep it.

    Opened and closed by `services.examine_certificates`, settled by `services.keep_certificate` and
    `services.revoke_certificate`. `ground` is what was not met when it was last looked at: a certificate that
    was kept in spite of it is not asked about again until that changes.
    """

    certificate = models.ForeignKey(
        Certificate, verbose_name=_("certificate"), on_delete=models.PROTECT, related_name="doubts"
    )
    ground = models.JSONField(_("what is not met"), default=list)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=DoubtOutcome.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("settled by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("doubt about a certificate")
        verbose_name_plural = _("doubts about certificates")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=models.Q(settled_at__isnull=True),
                name="one_open_doubt",
                violation_error_message=_("This certificate already waits for a decision."),
            )
        ]

    def __str__(self) -> str:
        return self.certificate.serial
