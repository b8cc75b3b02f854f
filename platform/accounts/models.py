"""Who is taught and who signs in: people, accounts, agencies and the districts they lie in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from common.names import name_key

from .enums import AgencyKind


class District(models.Model):
    """One of the city's districts (行政區)."""

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=20, unique=True)
    name_en = models.CharField(_("English name"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Agency(ClusterableModel):
    """An agency, school or enterprise of the city (機關), in a tree.

    Written by `services.import_agencies` and in the back office. It is never deleted while anything
    refers to it: an agency that ceased gets `ceased_on`.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=AgencyKind.choices, db_index=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("superior agency"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="subordinates",
    )  # fmt: skip
    district = models.ForeignKey(
        District, verbose_name=_("district"), null=True, blank=True, on_delete=models.PROTECT, related_name="agencies"
    )
    founded_on = models.DateField(_("exists since"), null=True, blank=True)
    ceased_on = models.DateField(_("ceased on"), null=True, blank=True)
    is_confirmed = models.BooleanField(
        _("kind and superior confirmed"), default=False, help_text=_("Proposed by a name rule until somebody confirms.")
    )

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("pk")),
                name="agency_not_its_own_parent",
                violation_error_message=_("An agency cannot be its own superior."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgencyFormerName(models.Model):
    """A name that an agency bore before; imports and search find the agency by it."""

    agency = ParentalKey(Agency, verbose_name=_("agency"), on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(_("former name"), max_length=120, db_index=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        ordering = ["agency", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"],
                name="former_name_once",
                violation_error_message=_("This former name is already recorded."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgencyNameRule(models.Model):
    """A rule that proposes kind and superior from an agency's name; the first that matches wins.

    `pattern` is a regular expression over the name with 台 written 臺. `parent_name` is the superior's
    name and may use groups of the pattern, as in `\\1區公所`.
    """

    order = models.PositiveIntegerField(_("order"), unique=True)
    pattern = models.CharField(_("pattern"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=AgencyKind.choices)
    parent_name = models.CharField(_("superior agency"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("name rule")
        verbose_name_plural = _("name rules")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.pattern


class NameKeyField(models.CharField):
    """`common.names.name_key` of the row's name, renewed with every save: the key by which people are found."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 240, "editable": False, "db_index": True, "default": "", **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Return the key of the name as it is saved."""
        key = name_key(model_instance.name)[: self.max_length]  # type: ignore[attr-defined]  # of a model with a name
        setattr(model_instance, self.attname, key)
        return key


class Person(models.Model):
    """A human being as the records know them: taught, listed, certified, quoted. May have no account.

    `agency` is where they work now; an agency they declared themselves counts as confirmed only once
    its contact has confirmed it (`services.confirm_membership`). Enrolments keep the agency of their day.
    """

    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    name_key = NameKeyField()
    email = models.EmailField(_("e-mail"), blank=True, db_index=True)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    agency_confirmed_at = models.DateTimeField(_("agency confirmed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save, and with a new name the key by which it is found."""
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "name_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def has_confirmed_agency(self) -> bool:
        """Whether the agency is known and confirmed."""
        return self.agency_id is not None and self.agency_confirmed_at is not None


class NameChange(models.Model):
    """A name that a person bore before. Their own change waits for a word of the agency's contact or an administrator.

    Noted by `services.change_details` and `services.record_person_edit`, decided by `services.accept_name_change` and
    `services.refuse_name_change`. One waits at most per person: changing again moves it, changing back removes it.
    Another way of writing the same name (`common.names`) is no change. Until the word is given, nothing is certified
    under the new name to somebody who enrolled under the former one.
    """

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="name_changes")
    former_name = models.CharField(_("former name"), max_length=80)
    new_name = models.CharField(_("new name"), max_length=80)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)
    changed_by = models.ForeignKey(
        "User", verbose_name=_("changed by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "User", verbose_name=_("decided by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("change of name")
        verbose_name_plural = _("changes of name")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(decided_at__isnull=True),
                name="one_name_change_waits",
                violation_error_message=_("A change of this name already waits for a decision."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.former_name} → {self.new_name}"


class UserManager(BaseUserManager["User"]):
    """Accounts are found by their e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the account whose e-mail is `username`."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account; without a password nobody can sign in with one."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account that may do everything, for the first minute of an installation."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in. Belongs to at most one person."""

    email = models.EmailField(
        _("e-mail"), unique=True, error_messages={"unique": _("There is already an account with this e-mail.")}
    )
    person = models.OneToOneField(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.PROTECT, related_name="user"
    )
    is_active = models.BooleanField(pgettext_lazy("of an account", "active"), default=True)
    date_joined = models.DateTimeField(_("created at"), default=timezone.now)
    privacy_accepted_at = models.DateTimeField(_("privacy notice accepted at"), null=True, blank=True)
    privacy_version = models.CharField(_("version of the privacy notice"), max_length=20, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """Return the person's name, or the e-mail of an account without a person."""
        return self.person.name if self.person_id and self.person else self.email

    def get_short_name(self) -> str:
        """Return what a greeting says."""
        return self.get_full_name()

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The names of all groups the account is in; asked once per request, since the answer stays here."""
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def first_name(self) -> str:
        """What Wagtail's side bar shows."""
        return self.get_full_name()

    @property
    def is_staff(self) -> bool:
        """Whether the account may open the back office (Django's word; there is no other meaning here)."""
        return self.has_perm("wagtailadmin.access_admin")


class SignUp(models.Model):
    """What somebody said of themselves when they signed up, until their e-mail is verified.

    Laid by `services.record_sign_up`; `services.register_person` turns it into a person and deletes it,
    so that the records never hold anybody whose address was only claimed.
    """

    user = models.OneToOneField(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="sign_up")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class AgencyImport(models.Model):
    """A file of agencies that was read and is shown for a decision; applied all or nothing, and once.

    Written by `services.prepare_agency_import` and `services.apply_agency_import`. `rows` is what the file
    says, as `services.agencies.AgencyRow` holds it, `notes` what its reader remarked; the verdicts are computed when
    they are looked at.
    """

    file_name = models.CharField(_("file name"), max_length=200)
    rows = models.JSONField(_("rows"), default=list)
    notes = models.JSONField(_("notes on the file"), default=list)
    created_by = models.ForeignKey(User, verbose_name=_("uploaded by"), null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of agencies")
        verbose_name_plural = _("imports of agencies")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
