"""Every write of this app: materials of a run, and where in the page tree instructors may write."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.core.files.base import File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import GroupPagePermission

from accounts.enums import Role
from accounts.models import User
from common.audit import audit
from common.errors import DomainError
from common.file_types import check_file
from courses.catalogue.models import CourseIndexPage, CourseRun
from library.models import Subject
from website.enums import Visibility

from .models import LectureIndexPage, Material


def post_material(
    *,
    run: CourseRun,
    title: str,
    file: File,
    by: User | None,
    subject: Subject | None = None,
    visibility: str = Visibility.ENROLLED,
) -> Material:
    """Post `file` as a material of `run`; it is streamed to the storage in chunks.

    The same file of the same name, posted again while it is not withdrawn (a double click), returns the
    material that is there. Raises DomainError for a type, size or content that is not accepted.
    """
    check_file(file)
    title = title.strip()
    if not title:
        raise DomainError(_("A material needs a title."), code="no_title")
    material = Material(run=run, title=title, subject=subject, size=file.size or 0, visibility=visibility, posted_by=by)
    material.file.save(file.name or "file", file, save=False)  # may take long: before the transaction, not in it
    stored, kept = str(material.file.name), None
    try:
        with transaction.atomic():
            CourseRun.objects.select_for_update().get(pk=run.pk)  # two clicks at once: one after the other
            kept = _same_material(material)
            if kept is None:
                material.save()
                audit("material.posted", obj=material, by=by, run=run.code, size=material.size, visibility=visibility)
                kept = material
    finally:
        if kept is not material:
            material.file.storage.delete(stored)  # no file without its row
    return kept


def _same_material(material: Material) -> Material | None:
    same = Material.objects.filter(run=material.run, title=material.title, size=material.size)
    for other in same.filter(withdrawn_at__isnull=True):
        if _same_content(other.file, material.file):
            return other
    return None


def _same_content(one: FieldFile, other: FieldFile) -> bool:
    with one.storage.open(str(one.name)) as left, other.storage.open(str(other.name)) as right:
        return all(a == b for a, b in zip(left.chunks(), right.chunks(), strict=False))


def withdraw_material(*, material: Material, by: User | None) -> Material:
    """Take a material back: nobody but those who teach the run can open it any more. The file is kept.

    Withdrawing again changes nothing.
    """
    with transaction.atomic():
        material = Material.objects.select_for_update().get(pk=material.pk)
        if material.withdrawn_at is None:
            material.withdrawn_at = timezone.now()
            material.save(update_fields=["withdrawn_at"])
            audit("material.withdrawn", obj=material, by=by, run=material.run.code)
    return material


@transaction.atomic
def ensure_page_permissions() -> None:
    """Let the instructors' group add pages where lessons and lectures stand, and nowhere else. Idempotent.

    Wagtail's "add" lets somebody write drafts and edit their own; publishing stays with the administrators, who
    review what is submitted. `wagtail_hooks` narrows it to the courses that a person teaches.
    """
    group, _created = Group.objects.get_or_create(name=Role.INSTRUCTOR.value)
    add = Permission.objects.filter(codename="add_page", content_type__app_label="wagtailcore").first()
    if add is None:  # before the first migration is through
        return
    places = [
        *CourseIndexPage.objects.values_list("pk", flat=True),
        *LectureIndexPage.objects.values_list("pk", flat=True),
    ]
    GroupPagePermission.objects.filter(group=group).exclude(page__in=places, permission=add).delete()
    for place in places:
        GroupPagePermission.objects.get_or_create(group=group, page_id=place, permission=add)
