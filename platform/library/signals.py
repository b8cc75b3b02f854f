"""What happens in the library, said after the commit."""

from django.dispatch import Signal

article_changed = Signal()
"""The official words of an article changed. Arguments: `article`, `version` (the new ArticleVersion)."""

document_published = Signal()
"""A document got a new version. Arguments: `version` (DocumentVersion)."""
