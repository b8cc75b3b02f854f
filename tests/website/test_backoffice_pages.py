"""What all screens of the back office share: pages of lists keep their filters, refusals are said in words."""

import json
import re
from pathlib import Path

import polib
import wagtail.admin
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import engines
from django.urls import reverse

from accounts.enums import Role
from library.models import Subject
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import CurriculumSubjectFactory
from tests.factories.questions import question_page
from tests.factories.website import document

INCLUDE = '{% include "components/backoffice_pages.html" with page_obj=page_obj only %}'


def _drawn(rf, rows: int) -> str:
    request = rf.get("/cms/score-import/1/?verdict=refused&p=2")
    request.user = AnonymousUser()
    page = Paginator(range(rows), 10).get_page(2)
    return engines["django"].from_string(INCLUDE).render({"page_obj": page}, request=request)


def test_both_neighbours_keep_the_filter(rf):
    drawn = _drawn(rf, 30)
    assert 'href="?verdict=refused&amp;p=1"' in drawn
    assert 'href="?verdict=refused&amp;p=3"' in drawn


def test_a_list_of_one_page_draws_nothing(rf):
    assert _drawn(rf, 10).strip() == ""


def test_what_is_in_use_is_not_deleted_and_what_uses_it_is_said(client, home):
    subject = CurriculumSubjectFactory().subject
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    deleting = reverse("wagtailsnippets_library_subject:delete", args=[subject.pk])
    page = client.post(deleting, headers={"referer": f"http://testserver{deleting}"}, follow=True)
    assert "還有資料用到它，不能刪除：課程表科目 1。" in page.content.decode()
    assert Subject.objects.filter(pk=subject.pk).exists()


def test_the_dialogue_for_pages_names_no_draft_of_somebody_else(client, home):
    live, draft = question_page("看得到的問題"), question_page("還沒清過的問題")
    draft.unpublish()
    among = reverse("wagtailadmin_choose_page_child", args=[draft.get_parent().pk])
    several = reverse("wagtailadmin_choose_page_chosen_multiple", query={"id": [live.pk, draft.pk]})
    for role, names in ((Role.INSTRUCTOR, [live.title]), (Role.ADMINISTRATOR, [live.title, draft.title])):
        client.force_login(UserFactory(roles=[role]))
        shown = client.get(among).json()["html"]
        assert [title for title in (live.title, draft.title) if title in shown] == names
        assert client.get(several).status_code == (302 if role == Role.INSTRUCTOR else 200)


def test_documents_can_be_searched_and_narrowed_by_their_use_at_once(client, home):
    paper = document("form.pdf")
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    for least, titles in (("0", [paper.title]), ("1", [])):
        found = client.get(reverse("wagtaildocs:index"), {"q": "form", "usage_count_min": least})
        assert [row.title for row in found.context["page_obj"]] == titles


def test_the_words_of_wagtails_scripts_are_all_in_chinese(client, home):
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    served = client.get("/cms/jsi18n/").content.decode()
    catalogue = json.loads(re.search(r"const newcatalog = (\{.*?\});\n", served, re.DOTALL).group(1))
    folder = Path(wagtail.admin.__file__).parent / "locale" / "en" / "LC_MESSAGES"
    wanted = {entry.msgid for entry in polib.pofile(str(folder / "djangojs.po"))}
    assert wanted - catalogue.keys() == set()
    assert catalogue["Collapse all"] == "全部收合"
