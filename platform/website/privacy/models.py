"""Passages of pages that may give somebody away, and the review that lets none of them through."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupApprovalTask, Page, TaskState, WorkflowState

from .enums import FlagKind, FlagState


class PassageFlag(models.Model):
    """A passage of a page that may give somebody away; each is decided by a person.

    Written by `privacy.services`. A passage that no longer stands in the page needs no decision.
    """

    page = models.ForeignKey(Page, verbose_name=_("page"), on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=FlagKind.choices)
    text = models.CharField(_("passage"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=FlagState.choices, default=FlagState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        app_label = "website"
        verbose_name = _("flagged passage")
        verbose_name_plural = _("flagged passages")
        ordering = ["page", "pk"]
        constraints = [models.UniqueConstraint(fields=["page", "kind", "text"], name="passage_flag_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class PassageReviewTask(GroupApprovalTask):
    """Review of pages of a checked type: nobody can approve one in which a passage is still flagged.

    Laid by `privacy.reviewing.ensure_review`.
    """

    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        """Take a page into review. Raises DomainError `still_flagged`."""
        from .services import refuse_while_flagged

        refuse_while_flagged(page=workflow_state.content_object)
        return super().start(workflow_state, user=user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """Offer no approval while a passage is flagged."""
        from .clearing import count_open

        actions = super().get_actions(obj, user)
        return [action for action in actions if action[0] != "approve"] if count_open(obj) else actions

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Approve or send back. Raises DomainError `still_flagged` where the reviewer's own words are flagged."""
        from .services import refuse_while_flagged

        if action_name == "approve":
            refuse_while_flagged(page=task_state.workflow_state.content_object)
        return super().on_action(task_state, user, action_name, **kwargs)

    class Meta:
        app_label = "website"
        verbose_name = _("review of words that may give somebody away")
        verbose_name_plural = _("reviews of words that may give somebody away")
