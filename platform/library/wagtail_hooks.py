"""What this app adds to Wagtail's admin."""

from wagtail.snippets.models import register_snippet

from .viewsets import LibraryGroup

register_snippet(LibraryGroup)
