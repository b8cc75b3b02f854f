"""Where pages of checked types are reviewed before they are published: laid by code, as roles are."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Page, Workflow, WorkflowPage, WorkflowTask

from accounts.enums import Role

from .models import PassageReviewTask


@transaction.atomic
def ensure_review(*, index_model: type[Page], name: str) -> Workflow | None:
    """Let administrators review what is submitted below the pages of `index_model`, and nothing go past them.

    Idempotent: the review that stands at one of these lists, however it is called by now, serves them all; a list to
    which an administrator gave another workflow keeps that. Else one called `name` is used, or made. Returns the
    workflow; None while there is no such list.
    """
    lists = list(index_model.objects.order_by("pk").values_list("pk", flat=True))
    if not lists:
        return None
    reviews = Workflow.objects.filter(workflow_tasks__task__in=PassageReviewTask.objects.values("pk")).order_by("pk")
    workflow = reviews.filter(workflow_pages__page__in=lists).first() or reviews.filter(name=name).first()
    if workflow is None:
        workflow = Workflow.objects.create(name=name)
        WorkflowTask.objects.create(workflow=workflow, task=PassageReviewTask.objects.create(name=name))
    administrators = Group.objects.get_or_create(name=Role.ADMINISTRATOR.value)[0]
    for task in PassageReviewTask.objects.filter(workflow_tasks__workflow=workflow):
        task.groups.add(administrators)
    for page in lists:
        WorkflowPage.objects.get_or_create(page_id=page, defaults={"workflow": workflow})
    return workflow
