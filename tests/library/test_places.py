"""What a new installation begins with: the zone, its announcements and the list of questions, in both languages."""

import io

import pytest
from django.core.management import call_command

from consultations.models import QuestionIndexPage
from library.models import AnnouncementIndexPage, ZonePage

pytestmark = pytest.mark.django_db


def _pages():
    return [
        (page.locale.language_code, page.title, page.get_parent().specific_class.__name__, page.live, page.alias_of_id)
        for model in (ZonePage, AnnouncementIndexPage, QuestionIndexPage)
        for page in model.objects.order_by("-locale__language_code")
    ]


def test_the_zone_stands_in_both_languages_and_editors_words_stay(client):
    for command in ("ensure_library", "ensure_hotline"):
        call_command(command, stdout=io.StringIO())
    expected = [
        ("zh-hant", "採購專區", "HomePage", True, None),
        ("en", "Procurement zone", "HomePage", True, None),
        ("zh-hant", "公告", "ZonePage", True, None),
        ("en", "Announcements", "ZonePage", True, None),
        ("zh-hant", "採購問答", "ZonePage", True, None),
        ("en", "Questions and answers", "ZonePage", True, None),
    ]
    assert _pages() == expected
    assert client.get("/zone/questions/").status_code == 200
    assert client.get("/en/zone/announcements/").status_code == 200

    ZonePage.objects.filter(locale__language_code="zh-hant").update(title="編輯改過")
    for command in ("ensure_library", "ensure_hotline"):
        call_command(command, stdout=io.StringIO())
    assert _pages() == [("zh-hant", "編輯改過", *expected[0][2:]), *expected[1:]]
