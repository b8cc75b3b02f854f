"""Case studies as readers and teachers meet them, and as they are drafted from a diagnosed case."""

import datetime
import io
import json

import pypdf
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Site

from accounts.enums import Role
from casestudies.models import CaseStudyIndexPage, CaseStudyPage, TenderCase
from casestudies.permissions import can_see_answers_of
from casestudies.services.places import ensure_case_studies
from casestudies.services.studies import draft_study
from casestudies.study_panels import news_of_studies, studies_for_subject, studies_for_task, studies_for_zone
from casestudies.study_sheet import study_sheet
from casestudies.viewsets.studies import DraftView
from common.errors import DomainError
from library.models import ProcurementTask
from library.services import ensure_zone, import_laws
from tests.factories.accounts import UserFactory
from tests.factories.casestudies import TenderCaseFactory
from tests.factories.catalogue import CourseFactory
from tests.factories.learning import course_pages
from tests.factories.learning import lesson as lesson_below
from tests.factories.library import ArticleFactory, LawFactory, SubjectFactory
from tests.factories.studies import case_study, diagnosed_case, study_index
from tests.factories.website import content_page, publish, stream
from website.search import find_pages, page_hits
from website.services import ensure_site

pytestmark = pytest.mark.django_db

ANSWER = "這是參考答案"


@pytest.fixture(autouse=True)
def _default_language():
    """Begin in Chinese: a request to /en/ leaves its language behind in this thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def english(page):
    return CaseStudyPage.objects.get(alias_of=page)


def titles(response):
    return [row.page.title for row in response.context["rows"]]


def teacher():
    return UserFactory(roles=[Role.INSTRUCTOR])


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_is_searched_and_narrowed_and_says_when_nothing_is_found(client):
    subject, other = SubjectFactory(), SubjectFactory()
    works = case_study("橋梁工程流標", subjects=[subject])
    goods = case_study("設備採購廢標", subjects=[subject, other], kind="goods", summary="標價超過底價。")
    url = study_index().url
    assert titles(client.get(url)) == [goods.title, works.title]
    assert titles(client.get(url, {"kind": "works"})) == [works.title]
    assert titles(client.get(url, {"subject": subject.code})) == [goods.title, works.title]
    assert titles(client.get(url, {"subject": other.code})) == [goods.title]
    assert titles(client.get(url, {"q": "底"})) == [goods.title]  # one character
    assert titles(client.get(url, {"q": "橋梁", "kind": "goods"})) == []
    assert titles(client.get(url, {"kind": "x'", "subject": "9", "page": "x"})) == [
        goods.title, works.title
    ]  # fmt: skip
    nothing = client.get(url, {"q": "捷運"}).content.decode()
    assert "沒有符合的案例" in nothing


def test_an_empty_list_says_what_will_be_here(client):
    shown = client.get(study_index().url).content.decode()
    assert "這裡將刊登教學案例" in shown
    assert reverse("casestudies:checklist") in shown


def test_the_english_list_shows_the_aliases(client):
    page = case_study(subjects=[SubjectFactory(name_en="Contracts")])
    response = client.get(study_index().get_translations().get().url)
    [row] = response.context["rows"]
    assert (row.page.pk, row.page.content_language) == (english(page).pk, "zh-hant")
    assert [str(subject) for subject in row.subjects] == ["Contracts"]


def test_lists_panels_and_pages_need_no_more_queries_for_three_than_for_one(client, django_assert_max_num_queries):
    subject = SubjectFactory()
    task = ProcurementTask.objects.create(slug="open", name="公開招標")
    task.subjects.add(subject)
    lessons = stream(("lesson", content_page(ensure_site(), "單元").pk))
    counted = {}
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    client.force_login(administrator)

    def look():
        Site.clear_site_root_paths_cache()
        cache.clear()
        request = RequestFactory().get("/")
        request.user = administrator
        client.get(study_index().url)
        client.get(reverse("casestudies_studies:index"))
        client.get(reverse("casestudies_studies:index") + "?list=cases")
        studies_for_zone(request, None)
        studies_for_task(request, task)
        studies_for_subject(request, subject)
        list(news_of_studies("zh-hant", timezone.localdate(), 5))

    for count in (1, 3):
        while CaseStudyPage.objects.filter(alias_of=None).count() < count:
            case_study(f"案例{CaseStudyPage.objects.count()}", subjects=[subject], lessons=lessons)
            diagnosed_case()
        look()
        with django_assert_max_num_queries(300) as queries:
            look()
        counted[count] = len(queries)
    assert counted[3] == counted[1]


# --- one case study ---------------------------------------------------------------------------------


def test_a_case_study_tells_facts_timeline_causes_articles_lessons_and_sources_in_this_order(client):
    law = LawFactory(pcode="A0030057", name="政府採購法")
    article = ArticleFactory(law=law, number="48")
    lesson = content_page(ensure_site(), "公開招標怎麼辦")
    other = case_study("另一則")
    page = case_study(
        law_as_of=datetime.date(2026, 3, 7),
        went_wrong="<p>依政府採購法第 48 條，未滿三家。</p>",
        timeline=[
            ("event", {"on": datetime.date(2025, 8, 1), "precision": "month", "kind": "award", "label": "決標給得標者",
                       "amount": 5_300_000}),
            ("event", {"on": datetime.date(2024, 12, 31), "precision": "before", "kind": "failed", "label": "流標兩次",
                       "amount": None}),
        ],
        basis=stream(("article", article.pk)),
        lessons=stream(("lesson", lesson.pk)),
        sources=[("source", {"title": "頻流標", "publisher": "聯合報", "on": datetime.date(2025, 10, 5),
                             "url": "https://udn.com/news/story/7314/9051685"})],
    )  # fmt: skip
    response = client.get(page.url)
    shown = response.content.decode()
    parts = [
        "預算偏低，三次無人投標。", "某校辦理校舍修繕。", "至遲 113 年", "5,300,000", "問題出在哪裡",
        "哪些作法有效", "底價何時訂定？", article.get_absolute_url(), lesson.title, "頻流標",
        reverse("casestudies:checklist"),
    ]  # fmt: skip
    places = [shown.rfind(part) for part in parts]
    assert -1 not in places, dict(zip(parts, places, strict=True))
    assert places == sorted(places)
    assert "決標金額 530 萬元" in shown
    assert "115 年 3 月 7 日" in shown
    assert "114 年 10 月 5 日" in shown
    assert f'<a href="{lesson.url}"' in shown
    assert response.context["related"] == [other]
    assert "style=" not in shown.split("<main", 1)[1]
    in_english = client.get(english(page).url).content.decode()
    assert "Questions for the class" in in_english
    assert "by 2024" in in_english
    assert "5 October 2025" in in_english


def test_only_lessons_that_the_reader_may_open_are_links(client):
    _index, course_page = course_pages(CourseFactory())
    lesson = lesson_below(course_page)
    page = case_study(lessons=stream(("lesson", lesson.pk)))
    shown = client.get(page.url).content.decode()
    assert lesson.title in shown
    assert f'href="{lesson.url}"' not in shown
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert f'href="{lesson.url}"' in client.get(page.url).content.decode()


def test_a_change_of_a_cited_article_is_told_to_readers(client, tmp_path):
    def law_file(name, text, amended_on):
        content = {
            "法規性質": "法律", "法規名稱": "政府採購法", "法規類別": "行政", "沿革內容": "制定",
            "法規網址": "https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode=A0030057", "最新異動日期": amended_on,
            "法規內容": [{"條號": "第 48 條", "條文內容": text}, {"條號": "第 49 條", "條文內容": "公開取得。"}],
        }  # fmt: skip
        path = tmp_path / name
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    import_laws([law_file("old.json", "三家以上。", "20190522")])
    named = case_study("條文在文字裡", went_wrong="<p>依政府採購法第 48 條。</p>")
    other = case_study("別條", went_wrong="<p>依政府採購法第 49 條。</p>")
    assert "待複核" not in client.get(named.url).content.decode()
    import_laws([law_file("new.json", "二家以上。", "20260307")])
    assert "115 年 3 月 7 日" in client.get(named.url).content.decode()
    assert "7 March 2026" in client.get(english(named).url).content.decode()
    assert "115 年 3 月 7 日" not in client.get(other.url).content.decode()


# --- who sees the answers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.INSTRUCTOR, True), (Role.ADMINISTRATOR, True), (Role.REPORT_VIEWER, False), (Role.HOTLINE_OFFICER, False),
     (Role.COMMITTEE_MEMBER, False), (None, False)],
)  # fmt: skip
def test_model_answers_are_for_those_who_teach(client, role, sees):
    page = case_study()
    user = UserFactory(roles=[role] if role else [])
    assert can_see_answers_of(user, page) is sees
    client.force_login(user)
    for shown in (client.get(page.url), client.get(english(page).url)):
        assert (ANSWER in shown.content.decode()) is sees
    sheet = client.get(reverse("casestudies:study-sheet", args=[page.pk]), {"answers": "1"})
    assert sheet.status_code == (200 if sees else 403)


def test_model_answers_leak_nowhere(client):
    page = case_study(title="底價未核實")
    shown = client.get(page.url).content.decode()
    assert "底價何時訂定？" in shown
    assert ANSWER not in shown
    assert "參考答案" not in shown
    anonymous = UserFactory()
    assert find_pages("底價未核實", anonymous) == [page]
    assert find_pages("這是參考答案", anonymous) == []
    assert ANSWER not in page_hits([page])[0].text
    assert ANSWER not in client.get(reverse("website:search"), {"q": "底價"}).content.decode()
    assert ANSWER not in client.get(study_index().url).content.decode()
    assert ANSWER not in client.get(reverse("library:zone"), follow=True).content.decode()
    assert ANSWER not in client.get(reverse("library:announcement_feed")).content.decode()


def test_an_editor_may_show_the_answers_to_everybody(client):
    page = case_study(shows_answers=True)
    assert ANSWER in client.get(page.url).content.decode()


# --- the teaching sheet -----------------------------------------------------------------------------


def _text(pdf):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_sheet_has_lines_for_the_class_and_answers_for_the_teacher(client):
    page = case_study(
        facts='<p>某校<a href="https://example.com/">辦理</a>校舍修繕。</p>',
        timeline=[("event", {"on": datetime.date(2025, 8, 1), "precision": "month", "kind": "failed",
                             "label": "第三次流標", "amount": None})],
    )  # fmt: skip
    client.force_login(teacher())
    address = reverse("casestudies:study-sheet", args=[page.pk])
    response = client.get(address)
    assert response["Content-Type"] == "application/pdf"
    for_class, for_teacher = _text(response.content), _text(client.get(address, {"answers": "1"}).content)
    for words in ("某校辦理校舍修繕。", "114 年 8 月", "第三次流標", "底價何時訂定？"):
        assert words in for_class.replace("\n", ""), words
        assert words in for_teacher.replace("\n", ""), words
    for words in (ANSWER, "預算編列偏低。", "重新訪價。"):  # a class finds out by itself what went wrong
        assert words not in for_class.replace("\n", "")
        assert words in for_teacher.replace("\n", "")


def test_no_sheet_for_strangers_nor_of_drafts(client):
    page = case_study()
    address = reverse("casestudies:study-sheet", args=[page.pk])
    assert "/login/" in client.get(address)["Location"]
    client.force_login(teacher())
    page.unpublish()
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 405


def test_a_sheet_without_timeline_and_questions_is_a_sheet():
    page = case_study(questions=[], timeline=[], facts="", went_wrong="", helped="")
    assert study_sheet(page, with_answers=True, url="https://example.com/").startswith(b"%PDF")


# --- drafting ---------------------------------------------------------------------------------------


def test_a_diagnosed_case_becomes_a_draft_that_names_nobody(client):
    index = study_index()
    for code in ("01", "08"):
        SubjectFactory(code=code)
    article = ArticleFactory(law=LawFactory(pcode="A0030057", name="政府採購法"), number="48")
    agency = "臺中市某某示範局"
    old = TenderCaseFactory(number="114A001", agency_name=agency, agency__name=agency, title="示範大樓新建工程")
    case = diagnosed_case(
        agency=old.agency, agency_name="台中市某某示範局", title="示範大樓新建工程（第二次）", number="115A002",
        follows=old,
        change_before_award="示範大樓新建工程（第二次）改採統包。", awarded_on=datetime.date(2026, 6, 1),
        award_amount=5_300_000,
    )  # fmt: skip
    by = UserFactory(roles=[Role.ADMINISTRATOR])
    page = draft_study(case=case, by=by)
    assert (page.live, page.case, page.owner, page.kind, page.get_parent().pk) == (False, case, by, "works", index.pk)
    page = CaseStudyPage.objects.get(pk=page.pk)
    events = [(block.value["kind"], block.value["label"]) for block in page.timeline]
    assert events == [
        ("tender", "首次招標"), ("failed", "第 1 次：流標"), ("failed", "第 2 次：流標"),
        ("change", "本案改採統包。"),
    ]  # fmt: skip
    words = "\n".join(
        [
            page.title,
            page.slug,
            page.summary,
            page.facts,
            page.went_wrong,
            page.helped,
            str(page.questions),
            str(events),
        ]
    )
    for name in (agency, "台中市某某示範局", "示範大樓", "114A001", "115A002"):
        assert name not in words, name
    assert page.title == "校舍修繕工程 2 次無法決標：預算偏低"
    assert "某機關的預算依前年單價編列。" in page.went_wrong
    assert "<li>訪查市場行情核實編列預算</li>" in page.helped
    assert len(page.questions) == 3
    assert all(str(block.value["answer"]) for block in page.questions)
    assert [block.value for block in page.basis] == [article]
    assert sorted(page.subjects.values_list("code", flat=True)) == ["01", "08"]
    assert client.get(index.url + page.slug + "/").status_code == 404


def test_drafting_needs_a_diagnosis_and_a_second_click_gives_the_same_page(client):
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    case = TenderCaseFactory(failures=2)
    study_index()
    with pytest.raises(DomainError) as refusal:
        draft_study(case=case, by=administrator)
    assert refusal.value.code == "not_diagnosed"
    case = diagnosed_case()
    client.force_login(administrator)
    address = reverse("casestudies_studies:draft", args=[case.pk])
    first, second = client.post(address), client.post(address)
    page = CaseStudyPage.objects.get(case=case, alias_of=None)
    assert first["Location"] == second["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.get(address).status_code == 405
    assert client.get(first["Location"]).status_code == 200


def test_drafting_needs_the_list(client):
    with pytest.raises(DomainError) as refusal:
        draft_study(case=diagnosed_case(), by=UserFactory())
    assert refusal.value.code == "no_index"


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.REPORT_VIEWER, Role.HOTLINE_OFFICER, Role.COMMITTEE_MEMBER])
def test_only_who_manages_cases_drafts(client, role):
    case = diagnosed_case()
    study_index()
    client.force_login(UserFactory(roles=[role]))
    client.post(reverse("casestudies_studies:draft", args=[case.pk]))
    client.get(reverse("casestudies_studies:index"))
    assert not CaseStudyPage.objects.exists()


def test_the_back_office_lists_drafts_and_what_could_be_written_about(client):
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    study_index()
    written, waiting = diagnosed_case(number="115A001"), diagnosed_case(number="115A002")
    TenderCaseFactory(number="115A003", failures=2)  # not diagnosed
    draft_study(case=written, by=administrator)
    client.force_login(administrator)
    drafts = client.get(reverse("casestudies_studies:index"))
    cases = client.get(reverse("casestudies_studies:index") + "?list=cases")
    assert [page.case for page in drafts.context["rows"]] == [written]
    assert "草稿" in drafts.content.decode()
    assert cases.context["rows"] == [TenderCase.objects.get(pk=waiting.pk)]


# --- places -----------------------------------------------------------------------------------------


def test_the_list_stands_in_both_languages_once(client):
    first, again = ensure_case_studies(), ensure_case_studies()
    assert first == again
    assert first.slug == "case-studies"
    assert first.get_workflow().name == "案例審核"
    assert [page.title for page in first.get_translations()] == ["Case studies of failed tenders"]


def test_a_list_that_an_editor_makes_gets_its_review(client):
    made = publish(ensure_zone(), CaseStudyIndexPage(title="案例", slug="cases"))
    assert made.get_workflow().name == "案例審核"


def test_panels_tell_of_the_studies_of_a_subject_but_not_on_a_study_itself(rf):
    subject = SubjectFactory()
    page = case_study(subjects=[subject])
    case_study("別的科目", subjects=[SubjectFactory()])
    request = rf.get("/")
    assert studies_for_subject(request, subject) == {"studies": [page]}
    request = rf.get("/")
    request.lists_related_studies = True
    assert studies_for_subject(request, subject) is None
    assert [thing.title for thing in news_of_studies("zh-hant", timezone.localdate(), 1)] == ["別的科目"]


def test_the_view_refuses_who_may_not(rf):
    request = rf.post("/")
    request.user = teacher()
    with pytest.raises(PermissionDenied):
        DraftView.as_view()(request, pk=1)
