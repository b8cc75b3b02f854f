"""The import of notices, the cases, what waits, and the rules for printed reasons, in Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from ..viewsets.cases import TenderCaseViewSet
from ..viewsets.failure_rules import FailureRuleViewSet
from ..viewsets.imports import NoticeImportViewSet
from ..viewsets.waiting import WaitingViewSet


@hooks.register("register_admin_viewset")
def register_cases() -> list[ViewSet]:
    """Register the screens of cases, imports, what waits, and rules."""
    return [TenderCaseViewSet(), NoticeImportViewSet(), WaitingViewSet(), FailureRuleViewSet()]
