"""Kinds of texts, amounts, procurement and documents in the library."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextSource(models.TextChoices):
    """Where the words of an article come from."""

    OFFICIAL = "official", _("official text")
    SUMMARY = "summary", _("summary in our own words")


class LawVerdict(models.TextChoices):
    """What a law's file is to what is known of the law already."""

    NEW = "new", _("new law")
    NEWER = "newer", _("newer version")
    OLDER = "older", _("older version")
    CORRECTED = "corrected", _("other words of a known version")
    SAME = "same", _("no change")


class ProcurementKind(models.TextChoices):
    """What is bought (採購法第 7 條)."""

    WORKS = "works", _("works")
    GOODS = "goods", _("goods")
    SERVICES = "services", _("services")


class ThresholdKind(models.TextChoices):
    """The named amounts."""

    SMALL = "small", _("small purchase, at most")
    PUBLICATION = "publication", _("publication threshold (公告金額)")
    INSPECTION = "inspection", _("inspection threshold (查核金額)")
    LARGE = "large", _("large procurement (巨額)")


class Band(models.TextChoices):
    """The band of a purchase (採購級距), the lowest first."""

    SMALL = "small", _("small purchase (小額採購)")
    BELOW_PUBLICATION = "below_publication", _("over a tenth of the publication threshold, below it")
    PUBLICATION = "publication", _("publication threshold or more (公告金額以上)")
    INSPECTION = "inspection", _("inspection threshold or more (查核金額以上)")
    LARGE = "large", _("large procurement (巨額採購)")


class DocumentKind(models.TextChoices):
    """What a document of the library is."""

    MANUAL = "manual", _("manual")
    TEMPLATE = "template", _("model tender document")
    DIRECTIONS = "directions", _("the city's directions")
    PROCEDURE = "procedure", _("procedure with control points")
    FORM = "form", _("form")


class FileFormat(models.TextChoices):
    """The formats that documents are offered in: ODF to edit, PDF to read; others beside them."""

    ODT = "odt", "ODT"
    ODS = "ods", "ODS"
    ODP = "odp", "ODP"
    PDF = "pdf", "PDF"
    DOCX = "docx", "DOCX"
    XLSX = "xlsx", "XLSX"


EDITABLE_FORMATS = (FileFormat.ODT, FileFormat.ODS, FileFormat.ODP)
