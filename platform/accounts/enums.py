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


class Role(models.TextChoices):
    """Roles as code; each is a Django group of the same name, synced after every migrate."""

    TRAINEE = "trainee", _("trainee")
    AGENCY_CONTACT = "agency_contact", _("agency contact")
    INSTRUCTOR = "instructor", _("instructor")
    ADMINISTRATOR = "administrator", _("administrator")
    REPORT_VIEWER = "report_viewer", _("report viewer")


STAFF_ROLES = (Role.INSTRUCTOR, Role.ADMINISTRATOR, Role.REPORT_VIEWER, Role.AGENCY_CONTACT)
