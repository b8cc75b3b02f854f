"""Files of notices: read and judged first, then written whole or not at all, once, however often a worker dies."""

import io
import json
import threading
from datetime import timedelta

import pytest
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AgencyFormerName
from casestudies.enums import AmountState, CaseScope, CaseSource, Failure, NoticeImportState, NoticeKind
from casestudies.models import (
    CaseStudyIndexPage,
    FailureRule,
    Listing,
    ListingRule,
    NoticeImport,
    TaxonomyEdition,
    TenderCase,
    TenderNotice,
)
from casestudies.reading.streams import NoticeFileError
from casestudies.services import importing
from casestudies.services.listing import ensure_listing_rules
from casestudies.services.notices import decide_failure
from casestudies.services.rules import ensure_failure_rules
from common.errors import DomainError
from common.file_types import MEGABYTE
from common.imports import Outcome
from common.models import AuditEntry
from library.enums import Band, ProcurementKind
from library.services.thresholds import ensure_thresholds
from notifications.models import Message
from tests.factories.accounts import AgencyFactory, UserFactory
from website.services import ensure_site

from .notice_files import AWARD, FAILED, RECORD, as_json, record

State = NoticeImportState


@pytest.fixture(autouse=True)
def _rules(db):
    ensure_thresholds()
    ensure_failure_rules()
    ensure_listing_rules()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def receive(data, name="notices.json", by=None):
    return importing.receive_file(upload=SimpleUploadedFile(name, data), by=by)


def read(data, name="notices.json", by=None):
    kept = receive(data, name, by)
    importing.start_reading(notice_import=kept)
    importing.run_reading(import_id=kept.pk)
    kept.refresh_from_db()
    return kept


def apply(kept, by=None, **details):
    importing.apply_import(notice_import=kept, by=by, **details)
    state = importing.run_import(import_id=kept.pk)
    kept.refresh_from_db()
    return state


def records():
    return list(TenderCase.objects.order_by("pk").values()), list(TenderNotice.objects.order_by("pk").values())


def files_kept():
    def walk(folder):
        folders, names = default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])
        return [*names, *(name for each in folders for name in walk(f"{folder}/{each}"))]

    return walk("casestudies/imports")


# --- from the file to the records ---------------------------------------------------------------


def test_the_real_sample(shared_data):
    kept = read((shared_data / "tender_notices_sample.json").read_bytes())
    assert (kept.state, kept.total, kept.counts) == (
        State.READ, 2, {"new": 2, "changed": 0, "unchanged": 0, "refused": 0},
    )  # fmt: skip
    assert apply(kept) == State.DONE
    case = TenderCase.objects.get()
    tender, award = case.notices.order_by("published_on")
    assert (tender.kind, award.kind) == (NoticeKind.TENDER, NoticeKind.AWARD)
    # Taipei's: kept, marked, and never counted in the city's figures
    assert (case.scope, case.unit_id, case.number, case.kind) == (
        CaseScope.REFERENCE, "3.79.56", "1080107MH", ProcurementKind.SERVICES,
    )  # fmt: skip
    assert (case.budget, case.procurement_amount, case.award_amount) == (25_775_360, 85_622_593, 25_420_000)
    assert (case.band, case.printed_band, case.amount_state) == (Band.LARGE, "巨額", AmountState.KNOWN)
    assert (str(case.first_notice_on), str(case.awarded_on), case.days_to_award) == ("2019-01-16", "2019-03-21", 64)
    said = json.dumps([notice.raw for notice in (tender, award)], ensure_ascii=False)
    assert [each for each in ("聯絡人", "0000-0000", "王○○", "redacted@", "評選委員", "廠商地址") if each in said] == []
    # the same file again
    before = records()
    again = read((shared_data / "tender_notices_sample.json").read_bytes())
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    with pytest.raises(DomainError) as refusal:
        importing.apply_import(notice_import=again, by=None)
    assert (refusal.value.code, records()) == ("nothing_new", before)


def test_a_tender_fails_and_is_awarded_under_a_renamed_agency():
    agency = AgencyFactory(name="臺中市政府教育局")
    AgencyFormerName.objects.create(agency=agency, name="臺中縣政府教育處")
    by = UserFactory()
    renamed = record(unit_name="台中縣政府教育處", unit_id="", detail={
        "機關資料:機關名稱": "台中縣政府教育處", "機關資料:機關代碼": None,
    })  # fmt: skip
    later = record(FAILED, filename="NAI-1-9", date=20260420, detail={"無法決標公告:無法決標公告日期": "115/04/20"})
    kept = read(as_json(AWARD, later, FAILED, renamed), by=by)
    assert apply(kept, by=by) == State.DONE
    case = TenderCase.objects.get()
    assert (case.agency, case.scope, case.unit_id, case.failures) == (agency, CaseScope.CITY, "3.87.52", 2)
    assert (case.band, case.award_amount, case.notices.count()) == (Band.PUBLICATION, 4_850_000, 4)
    assert str(Listing.objects.get(case=case).listed_on) == "2026-04-20"
    # the file with names in it is gone, and whoever asked is told
    assert (kept.file, files_kept()) == ("", [])
    assert list(Message.objects.filter(kind="casestudies.notice_import_finished").values_list("to", flat=True)) == [
        by.email
    ]
    assert list(
        AuditEntry.objects.filter(action__startswith="notice_import").order_by("pk").values_list("action", flat=True)
    ) == ["notice_import.uploaded", "notice_import.requested", "notice_import.applied"]


def test_the_same_file_again_changes_nothing_and_a_decision_stays():
    data = as_json(RECORD, record(FAILED, detail={"無法決標公告:無法決標的理由": "機關需求變更"}), AWARD)
    apply(read(data))
    failed = TenderNotice.objects.get(kind=NoticeKind.FAILED)
    assert failed.failure == Failure.UNDECIDED
    decide_failure(notice=failed, failure=Failure.NOT_OPENED, by=UserFactory())
    before = records()
    fetched_later = json.loads(data)
    fetched_later["records"][0]["detail"]["fetched_at"] = "2026-11-20T00:00:00+08:00"
    assert read(json.dumps(fetched_later).encode()).counts["unchanged"] == 3
    changed = as_json(RECORD, record(FAILED, detail={"無法決標公告:無法決標的理由": "廢標"}), AWARD)
    kept = read(changed)
    assert kept.counts == {"new": 0, "changed": 1, "unchanged": 2, "refused": 0}
    apply(kept)
    failed.refresh_from_db()
    assert (failed.reason, failed.failure) == ("廢標", Failure.NOT_OPENED)
    assert len(records()[1]) == len(before[1])


def test_a_spreadsheet_by_its_columns():
    headings = "案號,案名,機關名稱,機關代碼,公告類型,日期,標的分類,預算金額"
    row = '115S{0:03},修繕工程,臺中市政府教育局,3.87.52,公開招標公告,115/3/{0},工程類,"{0},000,000元"'
    sheet = "\n".join([headings, *(row.format(n) for n in (1, 2, 3))])
    kept = receive(sheet.encode("cp950"), "notices.csv")
    assert (kept.source, kept.mapping["published_on"], kept.mapping["number"]) == (CaseSource.SHEET, 5, 0)
    for mapping, code in (
        ({**kept.mapping, "title": 0}, "column_twice"), ({**kept.mapping, "title": 99}, "no_such_column"),
        ({"number": 0}, "column_missing"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refusal:
            importing.map_columns(notice_import=kept, mapping=mapping, by=None)
        assert refusal.value.code == code
    importing.map_columns(notice_import=kept, mapping=kept.mapping, by=None)
    importing.start_reading(notice_import=kept)
    assert importing.run_reading(import_id=kept.pk) == State.READ
    kept.refresh_from_db()
    apply(kept)
    assert list(TenderCase.objects.order_by("number").values_list("number", "budget", "band")) == [
        ("115S001", 1_000_000, Band.BELOW_PUBLICATION),
        ("115S002", 2_000_000, Band.PUBLICATION),
        ("115S003", 3_000_000, Band.PUBLICATION),
    ]
    assert {field.key for field in importing.sheet_fields() if field.is_required} == {
        "number", "title", "agency_name", "printed_type", "published_on",
    }  # fmt: skip


# --- bad input ----------------------------------------------------------------------------------


BAD = (
    RECORD,
    record(job_number="A2", filename="TIQ-2", detail={"招標資料:公告日": "108/02/30"}),
    record(AWARD, job_number="A3", filename="BDM-3", detail={"決標資料:總決標金額": "-1元"}),
    RECORD,
    record(detail={"採購資料:預算金額": "9元"}),
    record(job_number="A4", filename="TIQ-4", detail={"採購資料:標案名稱": "<b>校舍</b>"}),
)


def test_every_row_has_its_verdict_and_nothing_is_written_while_one_is_refused():
    kept = read(as_json(*BAD))
    assert kept.counts == {"new": 2, "changed": 0, "unchanged": 1, "refused": 3}
    verdicts = {verdict.row: (str(verdict.outcome), "; ".join(verdict.reasons)) for verdict in
                importing.verdicts_page(kept, 1)}  # fmt: skip
    assert verdicts[2] == ("refused", "公告日期: 「108/02/30」不是曆法上的日子。")
    assert verdicts[3][0] == "refused"
    assert "第 1 列" in verdicts[4][1]  # the same again: taken once
    assert (verdicts[5][0], "TIQ-1-71000001" in verdicts[5][1]) == ("refused", True)  # the same with other words
    assert [problem["row"] for problem in kept.problems] == [2, 3, 5]
    with pytest.raises(DomainError) as refusal:
        importing.apply_import(notice_import=kept, by=None)
    assert (refusal.value.code, TenderCase.objects.count()) == ("refused_rows", 0)
    assert apply(kept, is_partial=True) == State.DONE
    assert dict(TenderCase.objects.values_list("number", "title")) == {
        "115D0001": "校舍防水修繕工程", "A4": "校舍",
    }  # fmt: skip
    assert read(as_json(*BAD)).counts == {"new": 0, "changed": 0, "unchanged": 3, "refused": 3}


def test_verdicts_come_a_page_at_a_time_and_by_outcome():
    rows = [record(job_number=f"A{n}", filename=f"TIQ-{n}") for n in range(700)]
    for n in range(0, 700, 7):
        rows[n]["date"] = "108/02/30"
    kept = read(as_json(*rows))
    shown = [verdict.row for page in range(1, 16) for verdict in importing.verdicts_page(kept, page)]
    assert shown == list(range(1, 701))
    refused = [verdict.row for page in (1, 2, 3) for verdict in importing.verdicts_page(kept, page, "refused")]
    assert refused == list(range(1, 701, 7))
    assert [verdict.row for verdict in importing.verdicts_page(kept, 2, "new")][:2] == [60, 61]
    assert importing.verdicts_page(kept, 99) == []


def test_a_cut_file_imports_nothing_and_says_where_it_breaks():
    data = as_json(*(record(job_number=f"A{n}", filename=f"TIQ-{n}") for n in range(1, 6)))
    kept = read(data[: data.index(b'"A4"')])
    assert (kept.state, kept.counts) == (State.FAILED, {})
    assert "第 3 筆" in kept.problem
    assert "A3" in kept.problem
    assert not TenderCase.objects.exists()
    with pytest.raises(NoticeFileError):
        receive(b'{"no": "notices"}')
    assert NoticeImport.objects.count() == 1


class Huge(File):
    """A file of 200 MB that must not be read."""

    size = 200 * MEGABYTE

    def __init__(self):
        super().__init__(io.BytesIO(), name="notices.json")

    def read(self, *args):
        raise AssertionError("read")

    chunks = read


def test_a_file_of_200_mb_is_refused_unread():
    with pytest.raises(DomainError, match=r"200 MB.*100 MB.*manage\.py import_notices") as refusal:
        importing.receive_file(upload=Huge(), by=None)
    assert (refusal.value.code, files_kept()) == ("file_size", [])
    for name, data, code in (("a.pdf", b"%PDF", "file_type"), ("a.json", b"", "file_empty"),
                             ("a.ods", b"x", "file_content")):  # fmt: skip
        with pytest.raises(DomainError) as refusal:
            receive(data, name)
        assert refusal.value.code == code


# --- the worker ---------------------------------------------------------------------------------


def test_a_file_is_applied_once():
    kept = read(as_json(RECORD, FAILED))
    with pytest.raises(DomainError) as refusal:
        importing.apply_import(notice_import=receive(as_json(RECORD)), by=None)
    assert refusal.value.code == "not_read"
    apply(kept)
    before = records()
    importing.apply_import(notice_import=kept, by=None)
    assert importing.run_import(import_id=kept.pk) is None
    assert records() == before
    for deed in (importing.discard_import, importing.map_columns):
        with pytest.raises(DomainError) as refusal:
            deed(notice_import=kept, by=None, **({"mapping": {}} if deed is importing.map_columns else {}))
        assert refusal.value.code == "applied"


def test_progress_is_seen_while_nothing_is_committed_yet():
    kept = read(as_json(*(record(job_number=f"A{n}", filename=f"TIQ-{n}") for n in range(1600))))
    assert (kept.done, kept.total) == (1600, 1600)
    importing.apply_import(notice_import=kept, by=None)
    watched = NoticeImport(pk=kept.pk, state=State.RUNNING)
    seen, is_over = set(), threading.Event()

    def watch():
        while not is_over.wait(0.002):
            seen.add(importing.done_so_far(watched))

    watcher = threading.Thread(target=watch)
    watcher.start()
    importing.run_import(import_id=kept.pk)
    is_over.set()
    watcher.join()
    assert seen & {500, 1000, 1500}
    kept.refresh_from_db()
    assert (kept.state, kept.done, importing.done_so_far(kept)) == (State.DONE, 1600, 1600)


def stand_still(kept, state, attempts=1):
    NoticeImport.objects.filter(pk=kept.pk).update(
        state=state, attempts=attempts, changed_at=timezone.now() - importing.STALE_AFTER - timedelta(seconds=1)
    )


def test_a_killed_worker_loses_nothing_while_reading():
    kept = receive(as_json(RECORD, FAILED))
    importing.start_reading(notice_import=kept)
    NoticeImport.objects.filter(pk=kept.pk).update(attempts=1, done=1)
    assert importing.sweep_imports() == ([], [])
    assert importing.run_reading(import_id=kept.pk) is None  # somebody may still be at it
    stand_still(kept, State.READING)
    assert importing.sweep_imports() == ([kept.pk], [])
    assert importing.run_reading(import_id=kept.pk) == State.READ
    kept.refresh_from_db()
    assert (kept.counts["new"], len(importing.verdicts_page(kept, 1))) == (2, 2)


def test_a_killed_worker_loses_nothing_while_writing():
    kept = read(as_json(RECORD, FAILED))
    importing.apply_import(notice_import=kept, by=None)
    # killed in the middle: its commit is gone with it
    NoticeImport.objects.filter(pk=kept.pk).update(state=State.RUNNING, attempts=1)
    assert importing.run_import(import_id=kept.pk) is None
    stand_still(kept, State.RUNNING)
    assert importing.sweep_imports() == ([], [kept.pk])
    assert importing.run_import(import_id=kept.pk) == State.DONE
    assert TenderNotice.objects.count() == 2
    # after too many workers died over it a person must look
    other = read(as_json(AWARD))
    importing.apply_import(notice_import=other, by=None)
    stand_still(other, State.RUNNING, attempts=importing.MAX_ATTEMPTS)
    assert importing.run_import(import_id=other.pk) == State.FAILED
    assert TenderNotice.objects.count() == 2


def test_a_file_is_thrown_away_with_all_that_was_read_of_it(django_capture_on_commit_callbacks):
    kept = read(as_json(RECORD))
    assert len(files_kept()) == 3
    with django_capture_on_commit_callbacks(execute=True):
        importing.discard_import(notice_import=kept, by=None)
    assert (NoticeImport.objects.count(), files_kept()) == (0, [])
    forgotten = read(as_json(RECORD))
    NoticeImport.objects.update(changed_at=timezone.now() - importing.KEPT_FOR - timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        importing.sweep_imports()
    assert (NoticeImport.objects.filter(pk=forgotten.pk).exists(), files_kept()) == (False, [])


# --- the command --------------------------------------------------------------------------------


def command(path, *options):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_notices", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_takes_files_of_any_size_whole_or_not_at_all(tmp_path):
    path = tmp_path / "notices.json"
    path.write_bytes(as_json(*BAD))
    with pytest.raises(CommandError, match="3"):
        command(path)
    with pytest.raises(CommandError):
        command(path, "--dry-run")
    assert not TenderCase.objects.exists()
    out, err = command(path, "--partial")
    assert out == "notices.json: 新增 2, 變更 0, 不變 1, 不接受 3\n"
    assert [line.partition(" ")[0] for line in err.splitlines()] == ["第", "第", "第"]
    assert TenderCase.objects.count() == 2
    before = records()
    assert command(path, "--partial")[0] == "notices.json: 新增 0, 變更 0, 不變 3, 不接受 3\n"
    assert records() == before
    assert {outcome.value for outcome in Outcome} == {"new", "changed", "unchanged", "refused"}


def test_a_real_installation_begins_with_rules_causes_and_pages():
    ensure_site()
    said = [io.StringIO(), io.StringIO()]
    for out in said:
        call_command("ensure_failed_tenders", stdout=out)
    assert said[0].getvalue() == said[1].getvalue()
    assert (FailureRule.objects.count(), TaxonomyEdition.objects.count(), ListingRule.objects.count()) == (11, 1, 1)
    assert set(CaseStudyIndexPage.objects.values_list("slug", "live")) == {("case-studies", True)}


@pytest.mark.postgres
@pytest.mark.parametrize("character", ["\x00", "\x1f"])
def test_characters_that_no_database_takes_are_left_out_of_a_record_wherever_they_stand(character):
    """PostgreSQL refuses them in the middle of the work, and the import stood still."""
    dirty = json.loads(json.dumps(RECORD))
    for name in ("job_number", "filename", "unit_name", "unit_id"):
        dirty[name] = f"{dirty[name]}{character}"
    dirty["brief"]["title"] += character
    dirty["detail"][f"其他:雜項{character}"] = [f"a{character}b"]
    kept = read(json.dumps([dirty]).encode())
    assert kept.counts[Outcome.NEW] == 1
    assert apply(kept) == State.DONE
    notice = TenderNotice.objects.get()
    assert notice.case.number == RECORD["job_number"]
    assert notice.raw["detail"]["其他:雜項"] == ["ab"]
    dated = read(json.dumps([{**RECORD, "date": f"115{character}x"}]).encode())
    assert dated.counts[Outcome.REFUSED] == 1


def test_a_case_number_that_is_a_json_number_with_a_point_is_refused():
    text = json.dumps({**RECORD, "job_number": "N"}).replace('"N"', "3.10")
    kept = read(text.encode())
    assert kept.counts[Outcome.REFUSED] == 1
    assert "3.10" in kept.problems[0]["reason"]


def test_the_command_shows_which_column_is_taken_for_what_and_in_which_unit(tmp_path, capsys):
    AgencyFactory(name="臺中市政府建設局")
    path = tmp_path / "k.csv"
    path.write_text(
        "標案案號,標案名稱,機關名稱,公告類型,公告日期,預算金額(千元),承辦\n"
        "115T-1,道路工程,臺中市政府建設局,公開招標公告,115/3/5,60000,x\n",
        encoding="utf-8",
    )
    call_command("import_notices", path)
    said = capsys.readouterr().out
    assert "F 預算金額(千元) → 預算金額，新臺幣元" in said
    assert "G 承辦 → 不讀取" in said
    assert "以新臺幣 1,000 元為單位" in said
    assert TenderCase.objects.get().budget == 60_000_000
    path.write_text(path.read_text(encoding="utf-8").replace("千元", "美元"), encoding="utf-8")
    with pytest.raises(CommandError, match="美元"):
        call_command("import_notices", path)
