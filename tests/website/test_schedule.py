"""What is put on a schedule goes live and away by itself."""

import datetime

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone

from common.errors import DomainError
from common.models import AuditEntry
from website.models import ContentPage

pytestmark = pytest.mark.django_db

NAME = "website.publish_scheduled"


def _run() -> None:
    current_app.loader.import_default_modules()
    current_app.tasks[NAME].apply(throw=True)


def _put_on_schedule(home, title: str, **times: datetime.datetime) -> ContentPage:
    page = home.add_child(instance=ContentPage(title=title, slug=title, live="expire_at" in times, **times))
    page.save_revision().publish()
    return page


def _let_pass(page: ContentPage) -> None:
    """Let the hour of going live come."""
    revision = page.revisions.get()
    revision.approved_go_live_at = timezone.now() - datetime.timedelta(seconds=5)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()


def test_a_page_goes_live_and_away_within_a_minute_of_its_hour(home, client):
    soon = timezone.now() + datetime.timedelta(hours=1)
    coming = _put_on_schedule(home, "coming", go_live_at=soon)
    ending = _put_on_schedule(home, "ending", expire_at=soon)
    assert [client.get(page.url or f"/{page.slug}/").status_code for page in (coming, ending)] == [404, 200]
    _let_pass(coming)
    ContentPage.objects.filter(pk=ending.pk).update(expire_at=timezone.now() - datetime.timedelta(seconds=5))
    _run()
    coming.refresh_from_db()
    assert [client.get(f"/{page.slug}/").status_code for page in (coming, ending)] == [200, 404]
    assert settings.CELERY_BEAT_SCHEDULE[NAME]["schedule"] < 60


@pytest.mark.parametrize("error", [DomainError("no", code="not_ready"), ValueError("broken")])
def test_one_page_that_fails_keeps_no_other_waiting(home, monkeypatch, error):
    soon = timezone.now() + datetime.timedelta(hours=1)
    failing, other = (_put_on_schedule(home, title, go_live_at=soon) for title in ("failing", "other"))
    for page in (failing, other):
        _let_pass(page)
    publish = ContentPage.publish

    def refuse(self, *arguments, **named):
        if self.slug == "failing":
            raise error
        return publish(self, *arguments, **named)

    monkeypatch.setattr(ContentPage, "publish", refuse)
    _run()
    failing.refresh_from_db()
    other.refresh_from_db()
    assert (failing.live, other.live) == (False, True)
    refused = AuditEntry.objects.filter(action="page.schedule_refused").count()
    assert (refused, failing.revisions.filter(approved_go_live_at=None).exists()) == (
        (1, True) if isinstance(error, DomainError) else (0, False)
    )
