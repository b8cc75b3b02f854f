"""Pages, documents and images of the site."""

import io
import json
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image
from wagtail.models import Page

from website.models import ContentPage, SiteDocument, SiteImage


def publish(parent: Page, page: Page) -> Any:
    """Add `page` below `parent` and publish it as an editor would; return it as it is in the database."""
    type(parent).objects.get(pk=parent.pk).add_child(instance=page)  # fresh: it may have got children since
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def stream(*blocks: tuple[str, Any]) -> str:
    """Return the JSON of a stream of (type, value) blocks."""
    return json.dumps([{"type": kind, "value": value} for kind, value in blocks])


def content_page(parent: Page, title: str, *blocks: tuple[str, Any], **fields: Any) -> ContentPage:
    """Publish a plain page."""
    return publish(parent, ContentPage(title=title, body=stream(*blocks), **fields))


def document(name: str = "form.pdf", content: bytes = b"%PDF-1.7 content", **fields: Any) -> SiteDocument:
    """Store a document."""
    return SiteDocument.objects.create(title=name, file=ContentFile(content, name), **fields)


def image(name: str = "photo.png", **fields: Any) -> SiteImage:
    """Store a small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(buffer, "PNG")
    return SiteImage.objects.create(title=name, file=ContentFile(buffer.getvalue(), name), **fields)
