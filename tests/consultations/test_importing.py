"""Old spreadsheets come into the log: nothing is guessed in silence, every row has its verdict, nothing comes twice."""

import datetime
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from modelsearch.backends import get_search_backend

from accounts.enums import Role
from accounts.models import AgencyFormerName
from common.errors import DomainError
from common.imports import Outcome
from common.spreadsheets import SpreadsheetError
from consultations.enums import Channel, ConsultationState, Fill, ImportState
from consultations.import_plan import judge
from consultations.models import Consultation, ConsultationImport, QuestionTerm
from consultations.old_logs import guess_mapping, read_minutes, read_moment
from consultations.services import importing
from notifications.models import Message
from tests.common.workbooks import xlsx
from tests.factories.accounts import AgencyFactory, UserFactory
from tests.factories.consultations import ConsultationFactory, HotlineOfficerFactory
from tests.factories.library import SubjectFactory

from .old_logs import BUREAU, FILES

FILL_DATES = {"date": Fill.MERGED}


@pytest.fixture
def administrator(home):
    return UserFactory(roles=[Role.ADMINISTRATOR])


@pytest.fixture
def bureau(db):
    return AgencyFactory(name=BUREAU)


@pytest.fixture
def records(bureau, act):
    """What the old log speaks of: an agency, an officer, a law."""
    return HotlineOfficerFactory(person__name="詢甲範")


def upload(name="old.xlsx", data=None, fills=None, by=None):
    kept = importing.prepare_import(stream=io.BytesIO(data or FILES[name]()), name=name, by=by)
    if fills is not None:
        importing.map_columns(upload=kept, mapping=kept.mapping, fills=fills, by=by)
        kept.refresh_from_db()
    return kept


def csv_upload(*lines, fills=None, headings="日期,問題,答覆,機關"):
    return upload("log.csv", "\n".join([headings, *lines]).encode(), fills=fills or {})


def outcomes(preview):
    return {verdict.row: str(verdict.outcome) for verdict in preview.verdicts}


def run(kept, **details):
    importing.request_import(upload=kept, by=details.pop("by", None), **details)
    state = importing.run_import(import_id=kept.pk)
    kept.refresh_from_db()
    return state


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_an_old_log_in_every_format(records, bureau, name):
    kept = upload(name)
    assert (kept.header_row, len(kept.rows)) == (2, 9)
    assert kept.mapping == {
        "date": 0, "question": 1, "answer": 2, "agency": 3, "officer": 4, "minutes": 5, "channel": 6, "articles": 7,
    }  # fmt: skip
    has_merged = not name.endswith(".csv")
    assert kept.merged == ([[3, 0, 5, 0]] if has_merged else [])
    # the merged date is not guessed: its rows are refused until somebody says what the blank cells mean
    assert outcomes(judge(kept)) == {
        3: "new", 4: "refused", 5: "refused", 6: "refused", 7: "new", 8: "new", 9: "new", 10: "refused", 11: "refused",
    }  # fmt: skip
    importing.map_columns(
        upload=kept, mapping=kept.mapping, fills={"date": Fill.MERGED if has_merged else Fill.ABOVE}, by=None
    )
    kept.refresh_from_db()
    with translation.override("en"):
        preview = judge(kept)
    assert outcomes(preview) == {
        3: "new", 4: "new", 5: "new", 6: "refused", 7: "new", 8: "new", 9: "new", 10: "refused", 11: "refused",
    }  # fmt: skip
    reasons = {verdict.row: verdict.reasons for verdict in preview.verdicts}
    place = "A3:A5" if has_merged else "A3"
    assert reasons[4] == (f"date of the question: “107/3/5” taken from {place}.",)
    assert reasons[5] == (
        f"date of the question: “107/3/5” taken from {place}.",
        "agency: “不存在的機關” is not in the records; the word is kept with the source of the case.",
        "officer: “查無此人” is not in the records; the word is kept with the source of the case.",
        "採購法 has no Article 999; its last one is 114.",
    )
    assert reasons[6] == ("minutes (cell F6): “十分” is no number of minutes; expected a whole number up to 600.",)
    assert reasons[9] == ("“43168” is how spreadsheets count days: 9 March 2018.",)
    assert reasons[10] == ("date of the question (cell A10): “107/2/30” is not a day of the calendar.",)
    assert reasons[11] == ("question (cell B11): The cell is blank. Expected a value.",)
    merged = "A3:A5 are merged: the value is taken for each of the rows 3 to 5."
    assert list(preview.notes) == ([merged] if has_merged else [])


def test_every_row_says_where_its_values_went(records, bureau, act):
    kept = upload(fills=FILL_DATES)
    assert run(kept, only_accepted=True) is ImportState.DONE
    cases = {case.question: case for case in Consultation.objects.prefetch_related("articles")}
    assert len(cases) == 6
    first = cases["公開招標只有兩家投標，可以開標嗎？"]
    assert (first.number, first.state, first.channel) == ("107-0001", ConsultationState.ANSWERED, Channel.PHONE)
    assert timezone.localtime(first.asked_at).replace(tzinfo=None) == datetime.datetime(2018, 3, 5)  # noqa: DTZ001  compared as local
    assert (first.agency, first.officer, first.minutes) == (bureau, records, 5)
    assert [article.number for article in first.articles.all()] == ["48"]
    assert first.answered_at == first.asked_at
    strange = cases["底價何時訂定？"]
    assert (strange.agency, strange.officer, strange.channel) == (None, None, Channel.EMAIL)
    assert strange.source == "old.xlsx，第 5 列; 機關 不存在的機關; 承辦人員 查無此人"
    assert list(strange.articles.all()) == []
    # numbers in the order of the dates
    ordered = Consultation.objects.order_by("number").values_list("number", "asked_at")
    assert [number for number, _moment in ordered] == [f"107-{count:04}" for count in range(1, 7)]
    assert [moment for _number, moment in ordered] == sorted(moment for _number, moment in ordered)
    # found by the search and among similar questions
    assert QuestionTerm.objects.filter(consultation=first, term="流標").exists()
    found = get_search_backend().search("押標金", Consultation)
    assert [case.pk for case in found] == [cases["押標金如何退還？"].pk]


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("107/3/5", "2018-03-05", None),
        ("107.03.05 下午 2:30", "2018-03-05", "14:30"),
        ("107/3/5(一)", "2018-03-05", None),
        ("43164", "2018-03-05", None),
        ("43164.604166667", "2018-03-05", "14:30"),
        ("2018-03-05 09:05", "2018-03-05", "09:05"),
    ],
)
def test_days_as_old_logs_write_them(text, day, clock):
    moment = read_moment(text, "", today=datetime.date(2026, 11, 20))
    assert moment.day.isoformat() == day
    assert (f"{moment.clock:%H:%M}" if moment.clock else None) == clock
    assert bool(moment.remark) == text.startswith("43164")


@pytest.mark.parametrize("text", ["7/3/5", "07/3/5", "115/11/21", "3/5", "上週"])
def test_a_day_that_cannot_be_is_refused(text):
    with pytest.raises(ValueError, match=r"107/1/5|88 年"):
        read_moment(text, "", today=datetime.date(2026, 11, 20))


def test_days_and_numbers_that_a_program_made_of_what_was_typed(records):
    """107/3/4 and 107/3/5 14:30 as LibreOffice keeps them; article 22-1 that became a day names no article."""

    def fill(book):
        sheet = book.add_worksheet()
        for index, values in enumerate(
            [("日期", "問題", "條文"), *[("107/3/5", f"問題{count}", "採購法 48") for count in range(4)]]
        ):
            sheet.write_row(index, 0, values)
        day, moment = (book.add_format({"num_format": shown}) for shown in ("yyyy/m/d", "General"))
        sheet.write_number(1, 0, -654817, day)
        sheet.write_number(2, 0, -654815.395833333, moment)
        sheet.write_number(3, 2, 44583, day)

    verdicts = judge(upload("log.xlsx", xlsx(fill), fills={})).verdicts
    asked = [verdict.payload and timezone.localtime(verdict.payload.asked_at) for verdict in verdicts]
    assert [moment and f"{moment:%Y-%m-%d %H:%M}" for moment in asked] == [
        "2018-03-04 00:00", "2018-03-05 14:30", None, "2018-03-05 00:00",
    ]  # fmt: skip
    assert "C4" in verdicts[2].reasons[0]
    assert verdicts[1].reasons  # nobody can check such a number


def test_one_self_made_character_leaves_the_rest_of_a_big5_file_as_it_is(records):
    """It once turned the whole file into the Big5 of Hong Kong, and rows imported before became new ones."""
    data = "日期,問題,諮詢人\r\n107/3/5,最有利標～統包,谷辣斯‧尤達卡\r\n".encode("cp950")
    first = upload("f1.csv", data)
    importing.request_import(upload=first, by=None)
    importing.run_import(import_id=first.pk)
    second = upload("f2.csv", data + "107/3/6,保證金,陳".encode("cp950") + b"\xfa\x40" + "明\r\n".encode("cp950"))
    verdicts = judge(second).verdicts
    assert [verdict.outcome for verdict in verdicts] == [Outcome.UNCHANGED, Outcome.NEW]
    assert verdicts[1].payload.caller_name == "陳\ue000明"
    assert any("C3" in note for note in second.notes)


def test_minutes_as_old_logs_write_them():
    assert [read_minutes(text) for text in ("10", "10分", "10 分鐘", "1小時5分", "0:10", "１０")] == [
        10,
        10,
        10,
        65,
        10,
        10,
    ]
    for text in ("", "十分", "700", "-3", "3.5"):
        with pytest.raises(ValueError, match="600"):
            read_minutes(text)


def test_headings_that_only_contain_a_known_word_are_guessed_after_the_same_words():
    assert guess_mapping(["諮詢內容摘要", "諮詢日期", "", "問題", "機關學校名稱"]) == {
        "date": 1,
        "question": 3,
        "agency": 4,
    }


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(db):
    for name, data in (("old.xls", b"\xd0\xcf\x11\xe0"), ("old.xlsx", b"%PDF-1.7"), ("old.csv", b"")):
        with pytest.raises(SpreadsheetError):
            importing.prepare_import(stream=io.BytesIO(data), name=name, by=None)
    assert not ConsultationImport.objects.exists()


# --- judging ------------------------------------------------------------------------------------


def test_a_formula_without_result_and_cells_beyond_the_headings_are_refused(db):
    kept = csv_upload('107/3/5,"可以開標嗎？",#N/A,', "107/3/6,可以,開標嗎,某局,多出來")
    assert outcomes(judge(kept)) == {2: "refused", 3: "refused"}


def test_former_names_and_both_ways_to_write_taichung_find_the_agency(bureau):
    AgencyFormerName.objects.create(agency=bureau, name="臺中縣政府教育處")
    kept = csv_upload("107/3/5,問題一二三,,台中市政府教育局", "107/3/5,問題四五六,,臺中縣政府教育處")
    assert [verdict.payload.agency for verdict in judge(kept).verdicts] == [bureau, bureau]


def test_a_name_of_two_officers_says_nothing(bureau):
    for _each in range(2):
        HotlineOfficerFactory(person__name="同名")
    SubjectFactory(name="採購契約")
    headings = "日期,問題,承辦人,類別"
    (verdict,) = judge(csv_upload("107/3/5,問題一二三,同名,採購契約", headings=headings)).verdicts
    assert verdict.payload.officer is None
    assert "同名" in verdict.reasons[0]
    assert verdict.payload.subject.name == "採購契約"


def test_the_same_row_twice_in_a_file_is_taken_once(db):
    preview = judge(csv_upload("107/3/5,問題一二三,甲,", "107/3/5,問題 一二三,甲,", "107/3/6,問題一二三,甲,"))
    assert outcomes(preview) == {2: "new", 3: "unchanged", 4: "new"}
    assert "2" in preview.verdicts[1].reasons[0]


def test_the_value_above_is_taken_only_where_that_was_asked_for(db):
    lines = ("107/3/5,問題一二三,甲,", ",問題四五六,,")
    assert outcomes(judge(csv_upload(*lines))) == {2: "new", 3: "refused"}
    filled = judge(csv_upload(*lines, fills={"date": Fill.ABOVE}))
    assert outcomes(filled) == {2: "new", 3: "new"}
    assert [verdict.payload.answer for verdict in filled.verdicts] == ["甲", ""]


def test_judging_asks_as_often_for_three_rows_as_for_one(bureau):
    def count(*lines):
        kept = csv_upload(*lines)
        with CaptureQueriesContext(connection) as queries:
            judge(kept)
        return len(queries)

    count(f"107/3/5,問題一二三,甲,{BUREAU}")  # the names of laws are remembered
    one = count(f"107/3/5,問題一二三,甲,{BUREAU}")
    assert count(*(f"107/3/{day},問題一二三,甲,{BUREAU}" for day in (1, 2, 3))) == one


# --- writing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_again_changes_nothing(records, name):
    fills = {"date": Fill.ABOVE}
    run(upload(name, fills=fills), only_accepted=True)
    before = list(Consultation.objects.order_by("pk").values())
    again = upload(name, fills=fills)
    assert judge(again).counts == {
        Outcome.NEW: 0, Outcome.CHANGED: 0, Outcome.UNCHANGED: 6, Outcome.REFUSED: 3,
    }  # fmt: skip
    with pytest.raises(DomainError) as refusal:
        importing.request_import(upload=again, by=None, only_accepted=True)
    assert refusal.value.code == "nothing_new"
    # nor another format of the same log
    other = next(each for each in FILES if each != name)
    assert not judge(upload(other, fills=fills)).to_apply
    assert list(Consultation.objects.order_by("pk").values()) == before


def test_nothing_is_written_while_a_row_is_refused(records):
    kept = upload(fills=FILL_DATES)
    with pytest.raises(DomainError) as refusal:
        importing.request_import(upload=kept, by=None)
    assert refusal.value.code == "refused_rows"
    assert importing.run_import(import_id=kept.pk) is None
    assert not Consultation.objects.exists()


def test_a_row_that_is_refused_only_when_it_is_written_stops_them_all(db):
    kept = csv_upload("107/3/5,問題一二三,甲,", "107/3/6,問題四五六,乙,")
    importing.request_import(upload=kept, by=None)
    ConsultationImport.objects.filter(pk=kept.pk).update(mapping={"date": 0, "question": 3})
    assert importing.run_import(import_id=kept.pk) is ImportState.FAILED
    assert not Consultation.objects.exists()


def test_an_import_is_applied_once_and_tells_whoever_asked_for_it(administrator):
    kept = csv_upload("107/3/5,問題一二三,甲,", "106/12/31,問題四五六,,")
    assert run(kept, by=administrator) is ImportState.DONE
    importing.request_import(upload=kept, by=administrator)
    assert importing.run_import(import_id=kept.pk) is None
    states = dict(Consultation.objects.values_list("number", "state"))
    assert states == {"107-0001": ConsultationState.ANSWERED, "106-0001": ConsultationState.OPEN}
    assert [message.to for message in Message.objects.filter(kind="consultations.import_finished")] == [
        administrator.email
    ]
    with pytest.raises(DomainError) as refusal:
        importing.map_columns(upload=kept, mapping=kept.mapping, fills={}, by=administrator)
    assert refusal.value.code == "applied"


def test_numbers_go_on_after_those_of_the_year(db):
    run(csv_upload("107/3/5,問題一二三,甲,"))
    run(csv_upload("107/1/1,更早的問題,甲,"))
    assert dict(Consultation.objects.values_list("question", "number")) == {
        "問題一二三": "107-0001", "更早的問題": "107-0002",
    }  # fmt: skip


def test_a_killed_worker_loses_nothing(db):
    kept = csv_upload("107/3/5,問題一二三,甲方案,", "107/3/6,問題四五六,乙方案,")
    importing.request_import(upload=kept, by=None)
    # killed after the cases were written, before the search knew them
    case = ConsultationFactory(question="被中斷的問題", answer="甲方案")
    QuestionTerm.objects.all().delete()
    ConsultationImport.objects.filter(pk=kept.pk).update(
        state=ImportState.RUNNING, attempts=1, applied_at=timezone.now(), written=[case.pk], total=1
    )
    assert importing.sweep_imports() == []
    assert importing.run_import(import_id=kept.pk) is None  # somebody may still be at it
    ConsultationImport.objects.update(changed_at=timezone.now() - importing.STALE_AFTER - timedelta(seconds=1))
    assert importing.sweep_imports() == [kept.pk]
    assert importing.run_import(import_id=kept.pk) is ImportState.DONE
    assert Consultation.objects.count() == 1
    assert QuestionTerm.objects.filter(consultation=case, term="中斷").exists()


# --- the screens --------------------------------------------------------------------------------


def test_only_administrators_import(client, officer, administrator):
    kept = csv_upload("107/3/5,問題一二三,甲,")
    names = ("index", "columns", "preview", "progress")
    addresses = [reverse(f"consultation_import:{name}", args=[] if name == "index" else [kept.pk]) for name in names]
    client.force_login(officer)
    for address in addresses:
        for response in (client.get(address), client.post(address)):
            # Wagtail sends who may open the back office, but not this, to its front page
            assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home")), address
    client.force_login(administrator)
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_from_the_file_to_the_log(client, administrator, records):
    client.force_login(administrator)
    file = SimpleUploadedFile("old.ods", FILES["old.ods"]())
    response = client.post(reverse("consultation_import:index"), {"file": file})
    kept = ConsultationImport.objects.get()
    assert response["Location"] == reverse("consultation_import:columns", args=[kept.pk])
    page = client.get(response["Location"]).content.decode()
    assert "A3:A5" in page
    assert "I 電話號碼" in page  # nothing is taken from it, and the page says so
    chosen = {f"column_{key}": str(column) for key, column in kept.mapping.items()}
    response = client.post(response["Location"], {**chosen, "fill_date": "merged"})
    preview = client.get(response["Location"])
    assert preview.context["new_count"] == 6
    refused = client.get(response["Location"], {"verdict": "refused"})
    assert [verdict.row for verdict in refused.context["page_obj"]] == [6, 10, 11]
    client.post(response["Location"])  # all or nothing
    assert not Consultation.objects.exists()
    response = client.post(response["Location"], {"only_accepted": "1"})
    assert response["Location"] == reverse("consultation_import:progress", args=[kept.pk])
    assert "data-refresh" in client.get(response["Location"]).content.decode()
    importing.run_import(import_id=kept.pk)
    assert "data-refresh" not in client.get(response["Location"]).content.decode()
    assert Consultation.objects.count() == 6


def test_two_fields_never_come_from_one_column(client, administrator):
    client.force_login(administrator)
    kept = csv_upload("107/3/5,問題一二三,甲,")
    address = reverse("consultation_import:columns", args=[kept.pk])
    for columns in ({"date": "0", "question": "0"}, {"date": "0"}, {"date": "0", "question": "9"}):
        response = client.post(address, {f"column_{key}": column for key, column in columns.items()})
        assert response.status_code == 200, columns
    kept.refresh_from_db()
    assert kept.mapping == {"date": 0, "question": 1, "answer": 2, "agency": 3}
