"""The announcements as an Atom feed, for readers that tell of what is new by themselves."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from .models import AnnouncementPage
from .zone import announcements, interface_language

_MOST = 30


class AnnouncementFeed(Feed):
    """The newest announcements in the language of the address."""

    feed_type = Atom1Feed

    def title(self) -> str:
        """What the feed is called."""
        return _("Announcements of the procurement zone")

    def subtitle(self) -> str:
        """Whose it is."""
        return str(settings.ORGANISATION)

    def link(self) -> str:
        """The page that shows the same."""
        return reverse("library:zone")

    def feed_url(self) -> str:
        """Its own address."""
        return reverse("library:announcement_feed")

    def items(self) -> list[AnnouncementPage]:
        """The newest announcements, those gone by as well."""
        return list(announcements(interface_language())[:_MOST])

    def item_title(self, item: Any) -> str:
        """The title; an important one says so."""
        return f"{_('[Important]')} {item.title}" if item.is_important else item.title

    def item_description(self, item: AnnouncementPage) -> str:
        """What it says in short."""
        return item.summary

    def item_link(self, item: AnnouncementPage) -> str:
        """Its page."""
        return item.url or ""

    def item_pubdate(self, item: AnnouncementPage) -> datetime.datetime:
        """The beginning of its day."""
        return timezone.make_aware(datetime.datetime.combine(item.announced_on, datetime.time.min))

    def item_updateddate(self, item: AnnouncementPage) -> datetime.datetime:
        """When its words were published last, not before its day."""
        return max(item.last_published_at or self.item_pubdate(item), self.item_pubdate(item))
