"""The import of agencies: rules propose, a person decides; all or nothing; a second run changes nothing."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AgencyKind, AgencyVerdict, Role
from accounts.models import Agency, AgencyFormerName, AgencyImport, AgencyNameRule
from accounts.services import (
    ensure_districts,
    import_agencies,
    plan_agencies,
    read_agencies,
    record_agency_edit,
)
from common.errors import DomainError
from common.models import AuditEntry
from common.spreadsheets import Column, Sheet, SpreadsheetError, write
from tests.common.workbooks import xlsx
from tests.factories.accounts import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


def rows_of(text: str, encoding: str = "utf-8"):
    rows, _notes = read_agencies(io.BytesIO(text.encode(encoding)), name="agencies.csv")
    return rows


def verdicts(text: str) -> list[tuple[str, str]]:
    return [(planned.row.name, planned.verdict.value) for planned in plan_agencies(rows_of(text)).rows]


class TestTheRealList:
    """Taichung's 547 agencies and schools."""

    def test_rules_take_all_but_one(self, shared_data: Path) -> None:
        with (shared_data / "taichung_agencies.csv").open("rb") as stream:
            plan = plan_agencies(read_agencies(stream, name="taichung_agencies.csv")[0])
        assert plan.counts == {AgencyVerdict.NEW: 546, AgencyVerdict.UNCLEAR: 1}
        assert [p.row.name for p in plan.rows if p.verdict == AgencyVerdict.UNCLEAR] == ["臺中市選舉委員會"]
        kinds = {kind: sum(p.kind == kind for p in plan.rows) for kind in AgencyKind}
        assert kinds == {
            AgencyKind.BUREAU: 28,
            AgencyKind.DISTRICT_OFFICE: 29,
            AgencyKind.SCHOOL: 343,
            AgencyKind.SUBORDINATE: 143,
            AgencyKind.ENTERPRISE: 0,
            AgencyKind.OTHER: 4,
        }

    def test_the_command_writes_them_once(self, shared_data: Path) -> None:
        path, out = shared_data / "taichung_agencies.csv", io.StringIO()
        call_command("import_agencies", path, dry_run=True, stdout=out)
        assert Agency.objects.count() == 0
        call_command("import_agencies", path, stdout=out)
        assert Agency.objects.count() == 547
        assert Agency.objects.get(name="臺中市北屯區公所").district.name == "北屯區"
        assert Agency.objects.get(name="臺中市中區光復國民小學").parent.name == "臺中市政府教育局"
        assert Agency.objects.get(name="臺中市和平區立幼兒園").parent.name == "臺中市和平區公所"
        assert Agency.objects.get(name="臺中市政府警察局第六分局").parent.name == "臺中市政府警察局"
        before = list(Agency.objects.order_by("pk").values())
        entries = AuditEntry.objects.count()
        call_command("import_agencies", path, stdout=out)
        assert list(Agency.objects.order_by("pk").values()) == before
        assert AuditEntry.objects.count() == entries

    def test_a_superior_that_comes_later_gets_its_subordinates(self, shared_data: Path) -> None:
        with (shared_data / "taichung_agencies.csv").open("rb") as stream:
            import_agencies(rows=read_agencies(stream, name="a.csv")[0])
        assert Agency.objects.get(name="臺中市停車管理處").parent is None
        import_agencies(rows=rows_of("name\n臺中市政府交通局\n"))
        assert Agency.objects.get(name="臺中市停車管理處").parent.name == "臺中市政府交通局"


class TestVerdicts:
    def test_each_row_gets_one(self) -> None:
        known = AgencyFactory(name="臺中市政府民政局")
        AgencyFormerName.objects.create(agency=known, name="臺中縣政府民政處")
        AgencyFactory(name="臺中市公共運輸處")
        text = (
            "name,former_name\n"
            "台中市政府民政局,\n"  # 台 is 臺
            "臺中縣政府民政處,\n"
            "臺中市公共運輸及捷運工程處,臺中市公共運輸處\n"
            "臺中市政府水利局,\n"
            "臺中市政府水利局,\n"
            "中央選舉委員會,\n"
        )
        assert verdicts(text) == [
            ("臺中市政府民政局", "known"),
            ("臺中縣政府民政處", "former_name"),
            ("臺中市公共運輸及捷運工程處", "renamed"),
            ("臺中市政府水利局", "new"),
            ("臺中市政府水利局", "doubled"),
            ("中央選舉委員會", "unclear"),
        ]
        import_agencies(rows=rows_of(text))
        renamed = Agency.objects.get(name="臺中市公共運輸及捷運工程處")
        assert [former.name for former in renamed.former_names.all()] == ["臺中市公共運輸處"]
        assert plan_agencies(rows_of(text)).changes == 0

    def test_what_the_file_says_of_kind_and_superior_counts_as_confirmed(self) -> None:
        ensure_districts()
        import_agencies(
            rows=rows_of("機關名稱,類別,上級機關,行政區\n臺中市政府,其他,,\n臺中捷運公司,公營事業,臺中市政府,西屯區\n")
        )
        metro = Agency.objects.get(name="臺中捷運公司")
        assert (metro.kind, str(metro.parent), str(metro.district), metro.is_confirmed) == (
            AgencyKind.ENTERPRISE, "臺中市政府", "西屯區", True,
        )  # fmt: skip

    def test_two_rows_cannot_rename_the_same_agency(self) -> None:
        AgencyFactory(name="舊處")
        assert [v for _name, v in verdicts("name,former_name\n新處,舊處\n更新處,舊處\n")] == ["renamed", "doubled"]

    def test_agencies_that_stand_below_each_other_are_refused_and_nothing_is_written(self) -> None:
        with pytest.raises(DomainError) as refusal:
            import_agencies(rows=rows_of("name,kind,parent\n甲,school,乙\n乙,school,甲\n"))
        assert refusal.value.code == "circle"
        assert Agency.objects.count() == 0

    def test_the_number_of_queries_does_not_grow_with_rows(self, django_assert_num_queries) -> None:
        for count in (1, 3):
            rows = rows_of("name\n" + "".join(f"臺中市立第{n}國民小學\n" for n in range(count)))
            with django_assert_num_queries(7):
                plan_agencies(rows)


class TestBadInput:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("empty.csv", b""),
            ("heading.csv", b"name\n"),
            ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200)),
            ("missing.csv", "機關,地址\n臺中市政府,西屯區\n".encode()),
            ("doubled.csv", "name,name\n臺中市政府,臺中市政府\n".encode()),
            ("utf16.csv", "name\n臺中市政府\n".encode("utf-16")),
            ("kind.csv", "name,kind\n臺中市政府,衙門\n".encode()),
            ("long.csv", ("name\n" + "長" * 121 + "\n").encode()),
            ("many.csv", b"name\n" + "".join(f"第{n}國民小學\n" for n in range(100_000)).encode()),
        ],
    )
    def test_a_file_that_cannot_be_taken_is_explained_and_nothing_is_written(self, name: str, content: bytes) -> None:
        with pytest.raises(SpreadsheetError) as refusal:
            read_agencies(io.BytesIO(content), name=name)
        assert refusal.value.problems
        assert all(str(problem).startswith(name) for problem in refusal.value.problems)
        assert Agency.objects.count() == 0

    def test_the_problem_names_the_cell_and_what_was_expected(self) -> None:
        with pytest.raises(SpreadsheetError) as refusal:
            rows_of("name,kind\n臺中市政府,其他\n臺中市議會,衙門\n")
        (problem,) = refusal.value.problems
        assert (problem.row, problem.column) == (3, "B")
        assert "一級機關" in problem.message

    def test_a_cell_that_holds_a_day_is_no_name(self) -> None:
        def fill(book) -> None:
            sheet = book.add_worksheet()
            sheet.write(0, 0, "name")
            sheet.write_number(1, 0, 46357, book.add_format({"num_format": "m-d"}))

        with pytest.raises(SpreadsheetError) as refusal:
            read_agencies(io.BytesIO(xlsx(fill)), name="agencies.xlsx")
        assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(2, "A")]

    def test_big5_and_full_width_are_read(self) -> None:
        assert [row.name for row in rows_of("name\n臺中市北屯區公所\n", "big5")] == ["臺中市北屯區公所"]
        assert [row.name for row in rows_of("name\n臺中市立 第１ 國民小學\n")] == ["臺中市立第1國民小學"]

    def test_ods_and_xlsx_are_read(self) -> None:
        for form in ("ods", "xlsx"):
            sheet = Sheet("機關", [Column("機關名稱")], [["臺中市政府"], ["臺中市議會"]])
            content = b"".join(write(form, sheet))
            rows, _notes = read_agencies(io.BytesIO(content), name=f"agencies.{form}")
            assert [row.name for row in rows] == ["臺中市政府", "臺中市議會"]

    def test_the_command_says_it_in_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"none\.csv"):
            call_command("import_agencies", tmp_path / "none.csv")


class TestInTheBackOffice:
    def upload(self, client: Client, text: str):
        file = SimpleUploadedFile("agencies.csv", text.encode())
        return client.post(reverse("agency_import:index"), {"file": file})

    def test_what_the_reader_remarks_on_a_file_stands_above_its_rows(self, client: Client) -> None:
        client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
        content = "name\n臺中市私立".encode("cp950") + b"\xfa\x40" + "明幼兒園\n".encode("cp950")
        page = client.post(
            reverse("agency_import:index"), {"file": SimpleUploadedFile("agencies.csv", content)}, follow=True
        )
        assert [planned.row.name for planned in page.context["page_obj"]] == ["臺中市私立\ue000明幼兒園"]
        assert "A2" in page.text
        assert "U+E000" in page.text

    def test_upload_preview_apply_confirm(self, client: Client) -> None:
        client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
        response = self.upload(client, "name\n臺中市政府教育局\n臺中市立大里高級中學\n")
        upload = AgencyImport.objects.get()
        assert response.url == reverse("agency_import:preview", args=[upload.pk])
        preview = client.get(response.url)
        assert [(p.row.name, p.verdict) for p in preview.context["page_obj"]] == [
            ("臺中市政府教育局", "new"), ("臺中市立大里高級中學", "new"),
        ]  # fmt: skip
        assert Agency.objects.filter(name__contains="大里").count() == 0
        for _click in range(2):  # a double click
            client.post(response.url)
        school = Agency.objects.get(name="臺中市立大里高級中學")
        assert not school.is_confirmed
        client.get(reverse("agency_import:proposals"))
        client.post(reverse("agency_import:proposals"), {"kind": "school", "parent": school.parent_id})
        school.refresh_from_db()
        assert school.is_confirmed
        assert not school.parent.is_confirmed

    def test_a_bad_file_is_explained_on_the_page(self, client: Client) -> None:
        client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
        page = self.upload(client, "地址\n西屯區\n")
        assert page.status_code == 200
        assert "agencies.csv" in page.content.decode()
        assert not AgencyImport.objects.exists()


def test_an_agency_that_is_renamed_keeps_its_former_name() -> None:
    agency, administrator = AgencyFactory(name="臺中市停車管理處"), UserFactory(roles=[Role.ADMINISTRATOR])
    agency.name = "台中市停車及路邊管理處"
    record_agency_edit(agency=agency, by=administrator)
    assert agency.name == "臺中市停車及路邊管理處"
    former = AgencyFormerName.objects.get()
    assert (former.name, former.valid_to) == ("臺中市停車管理處", timezone.localdate())
    assert AuditEntry.objects.filter(action="agency.renamed").count() == 1


def test_an_agency_cannot_stand_below_its_own_subordinate() -> None:
    parent = AgencyFactory()
    parent.parent = AgencyFactory(parent=parent)
    with pytest.raises(DomainError):
        record_agency_edit(agency=parent, by=UserFactory(roles=[Role.ADMINISTRATOR]))


@pytest.mark.parametrize(
    ("pattern", "parent", "wrong"),
    [("(", "", "pattern"), ("^臺中市(.+)$", r"臺中市\2", "parent_name"), ("^(.+)$", r"\g<1>", "parent_name")],
)
def test_a_rule_that_cannot_be_used_is_refused(client: Client, pattern: str, parent: str, wrong: str) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    data = {"order": 999, "pattern": pattern, "kind": "school", "parent_name": parent, "note": ""}
    response = client.post(reverse("agencynamerule:add"), data)
    assert set(response.context["form"].errors) == {wrong}
    assert not AgencyNameRule.objects.filter(order=999).exists()


def test_a_new_agency_that_only_writes_a_character_another_way_is_remarked() -> None:
    AgencyFactory(name="臺中市霧峰區公所")
    planned = plan_agencies(rows_of("機關名稱\n臺中市霧峯區公所\n")).rows[0]
    assert planned.verdict == AgencyVerdict.NEW
    assert any("臺中市霧峰區公所" in str(remark) for remark in planned.remarks)
