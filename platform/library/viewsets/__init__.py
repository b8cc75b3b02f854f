"""The library in the back office, by noun."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .documents import LibraryDocumentViewSet
from .law_import import LawImportViewSet
from .laws import ArticleViewSet, LawAliasViewSet, LawViewSet, SubjectViewSet
from .reviews import CitationReviewViewSet
from .tasks import ProcurementTaskViewSet
from .thresholds import ThresholdViewSet


class LibraryGroup(SnippetViewSetGroup):
    """The menu entry."""

    menu_label = _("Library")
    menu_icon = "folder-inverse"
    menu_order = 130
    items = (
        SubjectViewSet,
        LibraryDocumentViewSet,
        ProcurementTaskViewSet,
        ThresholdViewSet,
        LawViewSet,
        LawAliasViewSet,
        ArticleViewSet,
        LawImportViewSet,
        CitationReviewViewSet,
    )
