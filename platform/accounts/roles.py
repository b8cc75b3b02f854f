"""What each role may do, as code.

Every role is a Django group. `sync_roles` runs after each migrate, once all permissions exist, and gives each
group exactly what stands here: a grant by hand does not survive, a new model is granted by its line below.
The rules about whose data somebody sees are not here but in the apps' `permissions.py`.

Permissions of upper apps are named as strings, so that this app need not import them; `*` stands for any text.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from .enums import Role

PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.TRAINEE: (),
    Role.AGENCY_CONTACT: (),
    Role.REPORT_VIEWER: ("reports.view_*",),
    Role.INSTRUCTOR: (
        "wagtailadmin.access_admin",
        "catalogue.view_*",
        "faculty.view_*",
        "library.view_*",
        "learning.*",
    ),
    Role.HOTLINE_OFFICER: (
        "wagtailadmin.access_admin",
        "library.view_*",
        "consultations.view_*",
        "consultations.add_consultation",
        "consultations.change_consultation",
        "consultations.change_dutyshift",
        "consultations.add_shiftswap",
        "consultations.change_shiftswap",
    ),
    # nothing but the pages of their own meetings (`casestudies.permissions`)
    Role.COMMITTEE_MEMBER: (),
    Role.ADMINISTRATOR: (
        "wagtailadmin.access_admin",
        # people and agencies are kept, not deleted
        "accounts.view_*",
        "accounts.add_*",
        "accounts.change_*",
        "accounts.delete_agencynamerule",
        "accounts.delete_agencyformername",
        # what must not be written by hand is only read
        "common.view_*",
        "notifications.view_*",
        "reports.*",
        "website.*",
        "library.*",
        "qualifications.*",
        "faculty.*",
        "casestudies.*",
        "consultations.*",
        "catalogue.*",
        "enrolment.*",
        "attendance.*",
        "assessment.*",
        "learning.*",
        "certificates.*",
        "simple_translation.submit_translation",
        "wagtailredirects.*",
        "wagtailcore.*_collection",
    ),
}

PAGE_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    # nothing on the whole tree: `learning` lets instructors write drafts where lessons and lectures stand
    Role.INSTRUCTOR: (),
    # nor here: `consultations` lets hotline officers write drafts of questions and answers
    Role.HOTLINE_OFFICER: (),
    Role.ADMINISTRATOR: ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"),
}

# Wagtail asks for the permissions of its own models, even where ours take their place
COLLECTION_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.INSTRUCTOR: (
        "wagtailimages.add_image",
        "wagtailimages.choose_image",
        "wagtaildocs.add_document",
        "wagtaildocs.choose_document",
    ),
    Role.HOTLINE_OFFICER: ("wagtailimages.choose_image", "wagtaildocs.choose_document"),
    Role.ADMINISTRATOR: (
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtailimages.delete_image",
        "wagtaildocs.add_document",
        "wagtaildocs.change_document",
        "wagtaildocs.choose_document",
        "wagtaildocs.delete_document",
    ),
}

REVIEW_NAME = "發布前審核"
_WAGTAILS_OWN_GROUPS = ("Editors", "Moderators")


@transaction.atomic
def sync_roles() -> None:
    """Make the groups exactly what this file says; create what is missing. Safe to run at any time."""
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    groups = {role: Group.objects.get_or_create(name=role.value)[0] for role in Role}
    for role, group in groups.items():
        group.permissions.set(
            permission
            for name, permission in permissions.items()
            if any(fnmatchcase(name, pattern) for pattern in PERMISSIONS[role])
        )
    _sync_page_permissions(groups)
    _sync_collection_permissions(groups, permissions)
    _sync_review(groups[Role.ADMINISTRATOR])
    Group.objects.filter(name__in=_WAGTAILS_OWN_GROUPS, user__isnull=True).delete()


def _sync_page_permissions(groups: dict[Role, Group]) -> None:
    root = Page.get_first_root_node()
    if root is None:
        return
    for role, codenames in PAGE_PERMISSIONS.items():
        granted = GroupPagePermission.objects.filter(group=groups[role], page=root)
        granted.exclude(permission__codename__in=codenames).delete()
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore", content_type__model="page", codename__in=codenames
        ):
            GroupPagePermission.objects.get_or_create(group=groups[role], page=root, permission=permission)


def _sync_collection_permissions(groups: dict[Role, Group], permissions: dict[str, Permission]) -> None:
    root = Collection.get_first_root_node()
    if root is None:
        return
    for role, names in COLLECTION_PERMISSIONS.items():
        wanted = [permissions[name] for name in names if name in permissions]
        granted = GroupCollectionPermission.objects.filter(group=groups[role], collection=root)
        granted.exclude(permission__in=wanted).delete()
        for permission in wanted:
            GroupCollectionPermission.objects.get_or_create(group=groups[role], collection=root, permission=permission)


def _sync_review(administrators: Group) -> None:
    """Let administrators review what instructors submit, on the whole tree unless another workflow is laid."""
    root = Page.get_first_root_node()
    if root is None:
        return
    laid = WorkflowPage.objects.filter(page=root).select_related("workflow").first()
    workflow = laid.workflow if laid else Workflow.objects.create(name=REVIEW_NAME)
    if laid is None:
        WorkflowPage.objects.create(workflow=workflow, page=root)
    if workflow.name == "Moderators approval":  # Wagtail's own first workflow, under our name
        workflow.name = REVIEW_NAME
        workflow.save(update_fields=["name"])
        Task.objects.filter(workflow_tasks__workflow=workflow, name="Moderators approval").update(name=REVIEW_NAME)
    tasks = GroupApprovalTask.objects.filter(workflow_tasks__workflow=workflow)
    if not tasks.exists():
        task = GroupApprovalTask.objects.create(name=REVIEW_NAME)
        WorkflowTask.objects.create(workflow=workflow, task=task)
    for task in GroupApprovalTask.objects.filter(workflow_tasks__workflow=workflow):
        task.groups.add(administrators)
