"""Choices of people and agencies."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    """What an agency is; reports group by it."""

    BUREAU = "bureau", _("first-level bureau")
    SUBORDINATE = "subordinate", _("second-level agency")
    DISTRICT_OFFICE = "district_office", _("district office")
    SCHOOL = "school", _("school")
    ENTERPRISE = "enterprise", _("enterprise")
    OTHER = "other", _("other public body")


class Role(models.TextChoices):
    """What a person does here; each is a Django group of the same name, synced by `roles.py`."""

    TRAINEE = "trainee", _("trainee")
    AGENCY_CONTACT = "agency_contact", _("agency contact")
    INSTRUCTOR = "instructor", _("instructor")
    HOTLINE_OFFICER = "hotline_officer", _("hotline officer")
    COMMITTEE_MEMBER = "committee_member", _("committee member")
    ADMINISTRATOR = "administrator", _("administrator")
    REPORT_VIEWER = "report_viewer", _("report viewer")


STAFF_ROLES = (
    Role.INSTRUCTOR,
    Role.HOTLINE_OFFICER,
    Role.COMMITTEE_MEMBER,
    Role.ADMINISTRATOR,
    Role.REPORT_VIEWER,
    Role.AGENCY_CONTACT,
)


class AgencyVerdict(models.TextChoices):
    """What the import of agencies says of one row of the file."""

    NEW = "new", _("new")
    KNOWN = "known", _("known")
    FORMER_NAME = "former_name", _("known by a former name")
    RENAMED = "renamed", _("renamed")
    DOUBLED = "doubled", _("twice in the file")
    UNCLEAR = "unclear", _("no rule matches")
