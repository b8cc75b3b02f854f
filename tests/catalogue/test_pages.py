"""Course pages show the facts of the curriculum in force; the search finds runs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from wagtail.models import Page

from courses.catalogue.enums import CourseKind
from courses.catalogue.models import CourseIndexPage, CoursePage
from courses.catalogue.search import find_runs, run_hits
from courses.catalogue.services import ensure_standard_courses
from courses.catalogue.templatetags.catalogue_tags import course_cards, course_facts
from tests.factories.catalogue import CourseFactory, CourseRunFactory

pytestmark = pytest.mark.django_db


def test_the_facts_of_a_course_come_from_its_curriculum():
    facts = course_facts(ensure_standard_courses()[CourseKind.BASIC])
    assert (facts.hours, len(facts.subjects), facts.full_marks, facts.pass_mark) == ("66", 14, 330, 231)
    assert (facts.subjects[0].hours, facts.subjects[0].paper) == ("2", "法規")


def test_a_course_without_rules_has_no_facts():
    assert course_facts(CourseFactory()).curriculum is None


def test_the_index_lists_live_course_pages_with_kind_and_hours():
    course = ensure_standard_courses()[CourseKind.BASIC]
    index = Page.get_first_root_node().add_child(instance=CourseIndexPage(title="課程", slug="courses-test"))
    page = index.add_child(instance=CoursePage(title="基礎班", slug="basic", course=course, introduction="x"))
    index.add_child(instance=CoursePage(title="草稿", slug="draft", course=course, introduction="x", live=False))
    [card] = course_cards(index)
    assert (card.page.pk, card.facts) == (page.pk, "基礎班 · 66 小時")


@pytest.mark.parametrize("query", ["底價", "標", "台中", "臺中", "115"])
def test_the_search_finds_runs_by_chinese_terms_of_one_and_two_characters(query):
    run = CourseRunFactory(title="底標與底價", place="臺中市政府")
    CourseRunFactory(title="驗收", place="豐原", roc_year=112)
    found = list(find_runs(query, AnonymousUser()))
    assert run in found
    assert len(found) == 1
    assert run_hits(found)[0].url == f"/runs/{run.code}/"
