"""The checklist before publishing: which points in which order, kept for its owner alone, printed as it is filled."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pypdf import PdfReader

from accounts.enums import AgencyKind
from casestudies.checklist_paper import Paper, write_checklist
from casestudies.checklists import by_stage, items_for, progress_of
from casestudies.enums import CaseScope, Dimension
from casestudies.models import Checklist, Diagnosis, TaxonomyEdition
from casestudies.permissions import can_view_checklist
from casestudies.services import checklists as services
from common.errors import DomainError
from common.models import AuditEntry
from library.enums import ProcurementKind
from library.models import ProcurementTask
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.casestudies import TaxonomyEditionFactory, TaxonomyEntryFactory, TenderCaseFactory
from tests.factories.library import SubjectFactory

WORKS, GOODS = ProcurementKind.WORKS, ProcurementKind.GOODS


@pytest.fixture
def edition(db) -> TaxonomyEdition:
    """Two stages; budget asks B1 and B2, documents ask C1; B3 asks about goods alone, X9 asks nothing."""
    edition = TaxonomyEditionFactory(name="測試版")
    budget = entry(edition, "S1", dimension=Dimension.STAGE, name="預算編列", order=1)
    documents = entry(edition, "S2", dimension=Dimension.STAGE, name="招標文件", order=2)
    measure = entry(edition, "M1", dimension=Dimension.MEASURE, name="公告前再次訪價")
    for code, stage, kinds in (
        ("B1", budget, []),
        ("B2", budget, []),
        ("B3", budget, ["goods"]),
        ("C1", documents, []),
    ):
        cause = entry(edition, code, stage=stage, kinds=kinds, question=f"問題{code}？", order=int(code[1]))
        cause.measures.add(measure)
    entry(edition, "X9", stage=budget)
    return edition


@pytest.fixture
def buyer(db):
    return UserFactory()


def entry(edition, code, **fields):
    return TaxonomyEntryFactory(edition=edition, code=code, **fields)


def diagnosed(edition, code, *, times=1, kind=WORKS, agency_kind=AgencyKind.BUREAU, days_ago=100, **fields):
    """Cases that failed once and whose main cause is `code`."""
    others = {
        dimension: edition.entries.filter(dimension=dimension).first() or entry(edition, "D1", dimension=dimension)
        for dimension in (Dimension.CATEGORY, Dimension.STAGE, Dimension.PATTERN)
    }
    for _number in range(times):
        case = TenderCaseFactory(
            kind=kind, agency=AgencyFactory(kind=agency_kind), failures=1,
            last_failed_on=timezone.localdate() - timedelta(days=days_ago), **fields,
        )  # fmt: skip
        cause = edition.entries.get(dimension=Dimension.CAUSE, code=code)
        Diagnosis.objects.create(
            case=case, edition=edition, cause=cause, explanation="公告", category=others[Dimension.CATEGORY],
            stage=others[Dimension.STAGE], pattern=others[Dimension.PATTERN],
        )  # fmt: skip


def figures(kind=WORKS, *arguments, **options):
    return [(item.code, item.times) for item in items_for(kind, *arguments, **options)]


# --- which points, in which order ------------------------------------------------------------------


def test_the_commonest_cause_comes_first_within_its_stage_and_what_was_never_seen_last(edition):
    diagnosed(edition, "B2", times=2)
    diagnosed(edition, "C1", times=3)
    assert figures() == [("B2", 2), ("B1", 0), ("C1", 3)]
    stages = [(stage.name, [item.code for item in items]) for stage, items in by_stage(items_for(WORKS))]
    assert stages == [("預算編列", ["B2", "B1"]), ("招標文件", ["C1"])]
    with translation.override("en"):
        assert [item.frequency for item in items_for(WORKS)] == [
            "The main cause of 2 of the 5 failed tenders counted.",
            "Not the main cause of any of the 5 failed tenders counted.",
            "The main cause of 3 of the 5 failed tenders counted.",
        ]


def test_only_the_citys_diagnosed_failures_of_that_kind_in_the_last_years_count(edition):
    diagnosed(edition, "B1")
    diagnosed(edition, "B2", kind=GOODS)
    diagnosed(edition, "B2", scope=CaseScope.REFERENCE)
    diagnosed(edition, "B2", days_ago=3 * 366 + 1)
    Diagnosis.objects.filter(case__scope=CaseScope.REFERENCE).update(is_current=True)
    assert figures() == [("B1", 1), ("B2", 0), ("C1", 0)]
    assert figures(years=4) == [("B1", 1), ("B2", 1), ("C1", 0)]
    assert figures(GOODS) == [("B2", 1), ("B1", 0), ("B3", 0), ("C1", 0)]
    Diagnosis.objects.filter(cause__code="B1").update(is_current=False)
    assert figures() == [("B1", 0), ("B2", 0), ("C1", 0)]


def test_an_agencys_own_kind_counts_alone_from_five_cases_on(edition):
    diagnosed(edition, "B1", times=6)
    diagnosed(edition, "B2", times=4, agency_kind=AgencyKind.SCHOOL)
    few = items_for(WORKS, AgencyKind.SCHOOL)[0].ground
    assert (few.agency_kind, few.of_agency_kind, few.total) == ("", 4, 10)
    diagnosed(edition, "B2", agency_kind=AgencyKind.SCHOOL)
    assert figures(WORKS, AgencyKind.SCHOOL) == [("B2", 5), ("B1", 0), ("C1", 0)]
    enough = items_for(WORKS, AgencyKind.SCHOOL)[0].ground
    assert (enough.agency_kind, enough.of_agency_kind, enough.total) == (AgencyKind.SCHOOL, 5, 5)


def test_a_cause_keeps_its_figures_from_edition_to_edition(edition):
    diagnosed(edition, "B1")
    newer = TaxonomyEditionFactory(effective_from=timezone.localdate())
    entry(newer, "B1", question="新的問題？")
    assert [(item.asks, item.times) for item in items_for(WORKS)] == [("新的問題？", 1)]
    assert items_for(WORKS, edition=edition)[0].asks == "問題B1？"


def test_before_an_edition_is_published_nothing_is_asked(edition, client):
    TaxonomyEdition.objects.update(published_at=None)
    assert items_for(WORKS) == []
    page = client.get("/en/checklist/?kind=works")
    assert "The Secretariat has not published an edition of them yet." in page.text


def test_the_number_of_queries_does_not_grow(edition):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            items = items_for(WORKS, AgencyKind.BUREAU, user=AnonymousUser())
            assert [str(measure) for item in items for measure in item.measures]
        return len(queries)

    diagnosed(edition, "B1")
    items_for(WORKS)  # the names of laws are read once and kept
    one = asked()
    diagnosed(edition, "B2", times=3)
    entry(edition, "B4", question="問題B4？").measures.add(entry(edition, "M2", dimension=Dimension.MEASURE))
    assert asked() == one


# --- kept for its owner ----------------------------------------------------------------------------


def begun(buyer, **words):
    return services.begin_checklist(owner=buyer, kind="works", **words)


def test_answers_are_kept_beside_those_of_another_window(edition, buyer):
    checklist = begun(buyer, title=" 校舍修繕 ", answers={"B1": {"answer": "yes"}})
    stale = Checklist.objects.get(pk=checklist.pk)
    services.save_answers(checklist=checklist, answers={"B2": {"answer": "no", "note": " 待訪價 "}})
    kept = services.save_answers(checklist=stale, answers={"B1": {"note": "三家"}})
    assert kept.answers == {"B1": {"answer": "yes", "note": "三家"}, "B2": {"answer": "no", "note": "待訪價"}}
    assert kept.title == "校舍修繕"
    assert services.save_answers(checklist=kept, answers={"B1": {"answer": "", "note": ""}}).answers == {
        "B2": {"answer": "no", "note": "待訪價"}
    }
    progress = progress_of(["B1", "B2", "C1"], kept.answers)
    assert (progress.total, progress.answered, progress.not_yet, progress.is_done) == (3, 2, 1, False)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"Z1": {"answer": "yes"}}, "point"),
        ({"B3": {"answer": "yes"}}, "point"),  # asked about goods alone
        ({"X9": {"answer": "yes"}}, "point"),
        ({"B1": {"answer": "maybe"}}, "answer"),
        ({"B1": {"owner": "1"}}, "answer"),
        ({"B1": {"note": "字" * 501}}, "note"),
    ],
)
def test_what_is_not_asked_or_not_offered_is_refused_whole(edition, buyer, answers, code):
    checklist = begun(buyer, answers={"B1": {"answer": "no"}})
    with pytest.raises(DomainError) as refusal:
        services.save_answers(checklist=checklist, answers={"B2": {"answer": "yes"}, **answers})
    assert refusal.value.code == code
    assert Checklist.objects.get().answers == {"B1": {"answer": "no"}}


@pytest.mark.parametrize(
    ("words", "code"),
    [({"amount": 0}, "amount"), ({"title": "長" * 201}, "title"), ({"agency_kind": "club"}, "agency_kind")],
)
def test_what_a_list_is_for_is_checked(edition, buyer, words, code):
    with pytest.raises(DomainError) as refusal:
        begun(buyer, **words)
    assert refusal.value.code == code
    assert Checklist.objects.count() == 0


def test_the_next_tender_is_asked_anew_but_for_notes_and_what_does_not_apply(edition, buyer):
    checklist = begun(
        buyer, title="前案", amount=5_000_000, agency_name="示範國小",
        answers={"B1": {"answer": "yes", "note": "三家"}, "B2": {"answer": "na"}, "C1": {"answer": "no"}},
    )  # fmt: skip
    newer = TaxonomyEditionFactory(effective_from=timezone.localdate())
    for code in ("B1", "B2"):
        entry(newer, code, question="問？")
    copy = services.copy_checklist(checklist=checklist, by=buyer)
    assert (copy.edition, copy.title, copy.amount, copy.agency_name) == (newer, "", None, "示範國小")
    assert copy.answers == {"B1": {"note": "三家"}, "B2": {"answer": "na"}}


def test_the_audit_trail_does_not_name_the_tender(edition, buyer):
    checklist = begun(buyer, title="機密採購案")
    services.delete_checklist(checklist=checklist, by=buyer)
    entries = AuditEntry.objects.filter(action__startswith="checklist.").order_by("pk")
    assert [entry.action for entry in entries] == ["checklist.begun", "checklist.deleted"]
    assert not [entry for entry in entries if "機密" in f"{entry.object_label}{entry.data}"]


def test_nobody_sees_anybody_elses_checklist(edition, buyer, client):
    checklist = begun(buyer, title="機密採購案")
    other = UserFactory(is_superuser=True)
    assert [can_view_checklist(user, checklist) for user in (buyer, other, AnonymousUser())] == [True, False, False]
    client.force_login(other)
    page = f"/my-checklists/{checklist.pk}/"
    answers = [client.get(page), client.post(page, {"B1-answer": "1"}), client.get(f"{page}pdf")]
    answers += [client.post(f"{page}copy/"), client.post(f"{page}delete/")]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert not [answer for answer in answers if "機密採購案" in answer.text]
    assert Checklist.objects.get().answers == {}
    assert "機密採購案" not in client.get("/my-checklists/").text
    client.logout()
    assert client.get(page).status_code == 302


# --- filled on the page ----------------------------------------------------------------------------


def test_signed_in_people_go_on_where_they_were(edition, buyer, client):
    client.force_login(buyer)
    answer = client.post("/checklist/new/", {"kind": "works", "amount": "1200萬", "agency_kind": ""})
    checklist = Checklist.objects.get(owner=buyer)
    assert (answer["Location"], checklist.amount) == (f"/my-checklists/{checklist.pk}/", 12_000_000)
    page = answer["Location"]
    client.post(page, {"title": "校舍修繕", "B1-answer": "1", "B1-note": "三家", "B2-answer": "2"})
    checklist.refresh_from_db()
    assert checklist.answers == {"B1": {"answer": "yes", "note": "三家"}, "B2": {"answer": "no"}}
    shown = client.get(f"/en{page}").text
    assert "2 of 3 answered, 1 not yet" in shown
    assert 'name="B1-answer" value="1" id="id_B1-answer_0" checked' in shown
    listed = client.get("/en/my-checklists/").text
    assert "校舍修繕" in listed
    assert "2 of 3 answered, 1 not yet" in listed


def test_one_answer_is_saved_on_its_own(edition, buyer, client):
    client.force_login(buyer)
    checklist = begun(buyer, title="校舍修繕", answers={"B1": {"answer": "yes"}})
    page = f"/my-checklists/{checklist.pk}/"
    answer = client.post(page, {"B2-answer": "2", "amount": "x"}, headers={"accept": "application/json"})
    told = answer.json()
    assert (answer.status_code, told["answered"], told["open"], told["total"]) == (422, 2, 1, 3)
    assert list(told["errors"]) == ["amount"]
    checklist.refresh_from_db()
    assert (checklist.title, checklist.answers) == ("校舍修繕", {"B1": {"answer": "yes"}, "B2": {"answer": "no"}})


def test_a_wrong_field_loses_nothing_of_what_was_filled(edition, buyer, client):
    client.force_login(buyer)
    checklist = begun(buyer)
    page = client.post(f"/en/my-checklists/{checklist.pk}/", {"amount": "很多", "B1-answer": "1", "B1-note": "三家"})
    assert page.status_code == 422
    assert "is not an amount" in page.text
    assert "三家</textarea>" in page.text
    checklist.refresh_from_db()
    assert checklist.answers == {}


def test_a_form_whose_sign_in_has_expired_comes_back_with_its_answers(edition, buyer, client):
    checklist = begun(buyer)
    page = client.post(
        f"/en/my-checklists/{checklist.pk}/", {"B1-answer": "1", "B1-note": "已訪價三家"},
        headers={"origin": "http://testserver"},
    )  # fmt: skip
    assert page.status_code == 403
    assert '<input type="hidden" name="B1-answer" value="1">' in page.text
    assert "已訪價三家" in page.text


def test_visitors_fill_and_take_it_with_them_and_nothing_is_stored(edition, client):
    diagnosed(edition, "C1")
    filled = {"kind": "works", "title": "校舍修繕", "B1-answer": "1", "C1-answer": "2", "C1-note": "待補圖說"}
    counted = client.post("/en/checklist/", {**filled, "action": "count"})
    assert "2 of 3 answered, 1 not yet" in counted.text
    pdf = client.post("/checklist/", {**filled, "action": "pdf"})
    assert "attachment" in pdf["Content-Disposition"]
    words = "".join(PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text().split())
    assert "校舍修繕" in words
    assert "待補圖說" in words
    assert words.count("■") == 2
    wanted = client.post("/en/checklist/", {**filled, "action": "save"})
    assert "To keep the checklist, sign in in a new tab" in wanted.text
    assert "待補圖說</textarea>" in wanted.text
    assert Checklist.objects.count() == 0


def test_who_signs_in_keeps_what_was_filled_without_an_account(edition, buyer, client):
    client.force_login(buyer)
    client.post("/checklist/", {"kind": "works", "title": "校舍修繕", "B1-answer": "3", "action": "save"})
    kept = Checklist.objects.get()
    assert (kept.owner, kept.title, kept.answers) == (buyer, "校舍修繕", {"B1": {"answer": "na"}})


def test_too_many_documents_from_one_place_are_refused_with_what_was_filled(edition, client, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "checklist": "1/h"}
    filled = {"kind": "works", "B1-note": "三家", "action": "odt"}
    assert client.post("/checklist/", filled)["Content-Type"] == "application/vnd.oasis.opendocument.text"
    refused = client.post("/en/checklist/", filled)
    assert refused.status_code == 409
    assert "Many documents were asked for" in refused.text
    assert "三家</textarea>" in refused.text


@pytest.mark.parametrize("query", ["kind=boats", "kind=works&amount=x", "kind=works&agency_kind=club", "kind="])
def test_a_wrong_choice_is_named(edition, client, query):
    page = client.get(f"/en/checklist/?{query}")
    assert page.status_code == 422
    assert "One thing needs your attention" in page.text


def test_my_checklists_costs_the_same_with_one_and_with_three(edition, buyer, client, django_assert_num_queries):
    client.force_login(buyer)
    begun(buyer)
    client.get("/my-checklists/")
    with CaptureQueriesContext(connection) as one:
        client.get("/my-checklists/")
    begun(buyer)
    services.begin_checklist(owner=buyer, kind="goods")
    with django_assert_num_queries(len(one)):
        assert client.get("/my-checklists/").text.count("/copy/") == 3


# --- on paper, and where it is found ----------------------------------------------------------------


def test_the_odt_carries_answers_measures_and_the_lines_to_sign(edition):
    answers = {"B1": {"answer": "yes", "note": "三家"}}
    paper = Paper(kind=WORKS, edition=edition, items=items_for(WORKS), answers=answers, title="校舍修繕")
    assert paper.file_name("odt") == "招標公告前檢核表_校舍修繕.odt"
    with zipfile.ZipFile(io.BytesIO(write_checklist(paper, "odt"))) as archive:
        content = archive.read("content.xml").decode()
    for words in ("校舍修繕", "問題B1？", "■ 是", "□ 不適用", "三家", "公告前再次訪價", "承辦人", "單位主管", "測試版"):
        assert words in content, words


def test_tasks_that_end_in_a_tender_lead_to_it(edition, client):
    works = ProcurementTask.objects.create(slug="works", name="公開招標工程")
    works.subjects.add(SubjectFactory(code="09"))
    pay = ProcurementTask.objects.create(slug="pay", name="驗收與付款")
    pay.subjects.add(SubjectFactory(code="03"))
    assert "/checklist/?kind=works" in client.get("/tasks/works/").text
    assert "/checklist/?kind=" not in client.get("/tasks/pay/").text


def test_the_search_finds_it_by_what_it_asks(edition, client):
    assert 'href="/checklist/"' in client.get("/search/?q=問題B1").text
    assert "/checklist/?kind=works" in client.get("/sitemap/").text
