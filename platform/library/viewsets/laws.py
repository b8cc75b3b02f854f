"""The library in the back office: subjects and short names are edited, laws and articles are imported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet

from ..models import Article, Law, LawAlias, Subject


class LimitedPolicy(ModelPermissionPolicy):
    """The permissions of the roles, but never more than some actions: what is imported is not typed."""

    def __init__(self, model: type, actions: Iterable[str]) -> None:
        super().__init__(model)
        self.actions = frozenset(actions)

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether the action is offered at all, and `user` has it."""
        return action in self.actions and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Whether `user` has one of the actions that are offered."""
        return any(self.user_has_permission(user, action) for action in actions)


class SubjectViewSet(SnippetViewSet):
    """The statutory subjects."""

    model = Subject
    icon = "list-ul"
    menu_label = _("Subjects")
    list_display = ["code", "name", "name_en"]
    panels = [FieldPanel("code"), FieldPanel("name"), FieldPanel("name_en")]


class LawViewSet(SnippetViewSet):
    """Laws come from `import_laws`; only the English name may need a human."""

    model = Law
    icon = "doc-full"
    menu_label = _("Laws")
    list_display = ["pcode", "name", "name_en"]
    search_fields = ["pcode", "name", "name_en"]
    search_backend_name = None
    permission_policy = LimitedPolicy(Law, {"view", "change"})
    panels = [FieldPanel("pcode", read_only=True), FieldPanel("name", read_only=True), FieldPanel("name_en")]


class LawAliasViewSet(SnippetViewSet):
    """The names by which texts cite laws: a new one makes links of what was plain text."""

    model = LawAlias
    icon = "tag"
    menu_label = _("Short names")
    list_display = ["name", "law"]
    list_filter = ["law"]
    search_fields = ["name"]
    search_backend_name = None
    panels = [FieldPanel("name"), FieldPanel("law")]


class ArticleViewSet(SnippetViewSet):
    """Articles to look up, and to choose in a quotation; the search takes 採購法 48."""

    model = Article
    icon = "openquote"
    menu_label = _("Articles")
    list_display = ["__str__", "chapter"]
    list_filter = ["law"]
    list_per_page = 50
    permission_policy = LimitedPolicy(Article, {"view"})
    inspect_view_enabled = True
    inspect_view_fields = ["law", "number", "chapter", "current_text"]
