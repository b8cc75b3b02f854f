"""The library in the back office, by noun."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .law_import import LawImportViewSet
from .laws import ArticleViewSet, LawAliasViewSet, LawViewSet, SubjectViewSet
from .reviews import CitationReviewViewSet
from .tasks import ProcurementTaskViewSet


class LibraryGroup(SnippetViewSetGroup):
    """The menu entry."""

    menu_label = _("Library")
    menu_icon = "folder-inverse"
    menu_order = 130
    items = (
        SubjectViewSet,
        ProcurementTaskViewSet,
        LawViewSet,
        LawAliasViewSet,
        ArticleViewSet,
        LawImportViewSet,
        CitationReviewViewSet,
    )
