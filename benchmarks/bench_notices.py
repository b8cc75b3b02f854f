"""The import of 50,000 notices on PostgreSQL, against the bare bulk insert of the same rows; and once more.

Makes a scratch database beside the one of TEST_POSTGRES_URL and a file of open tender data as long as real ones: units
with their tenders, failures, corrections and awards, contact persons, jurors and tenderers included. `manage.py
import_notices` then reads it in a process of its own, twice. The bare insert writes the very rows that came of it,
cases and notices with what was published, by `bulk_create` into the same tables, emptied, JSON in its quicker form.

Targets: the import takes at most 400 MB and at most 4 times the bare insert; the second run changes nothing and takes
at most half as long as the first.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.scratch import analyse, scratch_database, seconds

NOTICES = int(os.environ.get("BENCH_NOTICES", "50000"))
MOST_MB = 400
MOST_TIMES = 4.0
MOST_AGAIN = 0.5
_CHUNK = 500


def main() -> None:
    """Make the database and the file, import twice, insert barely, print, drop."""
    if sys.argv[1:2] == ["--import"]:
        _import_and_tell(Path(sys.argv[2]))
        return
    with scratch_database("notices"), tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "notices.json"
        _write_file(file)
        problems = _measure(file)
    if problems:
        raise SystemExit("✗ " + " ".join(problems))


def _measure(file: Path) -> list[str]:
    from casestudies.models import TenderCase, TenderNotice
    from casestudies.services.listing import ensure_listing_rules
    from casestudies.services.rules import ensure_failure_rules
    from library.services.thresholds import ensure_thresholds

    ensure_thresholds()
    ensure_failure_rules()
    ensure_listing_rules()
    analyse()
    first = _import(file)
    before = _state()
    analyse()
    again = _import(file)
    if _state() != before:
        raise SystemExit("✗ The second run changed the records.")
    bare = _bare_insert()
    cases, notices = TenderCase.objects.count(), TenderNotice.objects.count()
    if notices != NOTICES:
        raise SystemExit(f"✗ {notices:,} notices are on record, and {NOTICES:,} in the file.")
    times, part = first["seconds"] / bare, again["seconds"] / first["seconds"]
    print(f"{notices:,} notices of {cases:,} cases, {file.stat().st_size / 1e6:.0f} MB of JSON")
    print(
        f"import {first['seconds']:.1f} s, bare bulk insert {bare:.1f} s, ratio {times:.2f} "
        f"(target: at most {MOST_TIMES:.1f}); second run {again['seconds']:.1f} s, {part:.2f} of the first "
        f"(target: at most {MOST_AGAIN:.1f}); peak memory {first['megabytes']:.0f} MB, second run "
        f"{again['megabytes']:.0f} MB (target: at most {MOST_MB})"
    )
    return [
        *(["The import takes too long."] if times > MOST_TIMES else []),
        *(["The second run takes too long."] if part > MOST_AGAIN else []),
        *(["The import takes too much memory."] if max(first["megabytes"], again["megabytes"]) > MOST_MB else []),
    ]


def _import(file: Path) -> dict[str, float]:
    """Run the command in a process of its own; return its seconds and its peak memory in megabytes."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_notices", "--import", str(file)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _import_and_tell(file: Path) -> None:
    sys.path.append("platform")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    connection.ensure_connection()
    taken = seconds(lambda: call_command("import_notices", str(file)))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": taken, "megabytes": megabytes}))


def _state() -> tuple[Any, ...]:
    """What is on record, as far as a second run could change it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(string_agg(md5(c::text), '' ORDER BY id)) FROM casestudies_tendercase c")
        cases = cursor.fetchone()
        cursor.execute("SELECT md5(string_agg(md5(n::text), '' ORDER BY id)) FROM casestudies_tendernotice n")
        return cases, cursor.fetchone()


def _bare_insert() -> float:
    """Return the seconds that `bulk_create` takes for the same rows; reading them is not counted."""
    from django.db import connection, transaction

    from casestudies.models import TenderCase, TenderNotice

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept_cases AS SELECT * FROM casestudies_tendercase")
        cursor.execute("CREATE TABLE kept_notices AS SELECT * FROM casestudies_tendernotice")
        cursor.execute("TRUNCATE casestudies_tendercase CASCADE")
    analyse()
    taken = 0.0
    with transaction.atomic():
        for model, table in ((TenderCase, "kept_cases"), (TenderNotice, "kept_notices")):
            last = 0
            while True:
                query = f"SELECT * FROM {table} WHERE id > %s ORDER BY id LIMIT {_CHUNK}"
                rows: list[Any] = list(model._default_manager.raw(query, [last]))
                if not rows:
                    break
                last = rows[-1].pk
                if model is TenderNotice:
                    _quickly(rows)
                taken += seconds(lambda rows=rows, model=model: model._default_manager.bulk_create(rows))  # type: ignore[misc]
        taken += seconds(connection.check_constraints)
    return taken


def _quickly(notices: list[Any]) -> None:
    """Have JSON sent as one value each, as the import does: as an array it takes three times as long."""
    from django.db.models import Value

    from casestudies.models import TenderNotice

    field = TenderNotice._meta.get_field("raw")
    for notice in notices:
        notice.raw = Value(notice.raw, output_field=field)


# --- the file -----------------------------------------------------------------------------------


def _write_file(file: Path) -> None:
    """Write units one after the other, each with its records in the order of their days."""
    count = 0
    with file.open("w", encoding="utf-8") as out:
        out.write("[")
        for unit in range(10_000):
            records = sorted(_records_of(unit), key=lambda record: record["date"])[: NOTICES - count]
            count += len(records)
            out.write("," if unit else "")
            json.dump({"unit_name": f"臺中市立測試第{unit}國民小學", "records": records}, out, ensure_ascii=False)
            if count >= NOTICES:
                break
        out.write("]")


def _records_of(unit: int) -> Iterator[dict[str, Any]]:
    """About a hundred notices: most tenders are awarded, some fail, some again and again."""
    for place in range(36):
        number = f"{107 + place % 8}U{unit:04}{place:03}"
        day = date(2018 + place % 8, 1 + (place * 7 + unit) % 12, 1 + (place * 11 + unit) % 28)
        failures = (0, 1, 0, 2, 0, 0, 1, 3)[(place + unit) % 8]
        for attempt in range(failures):
            yield _tender(unit, number, day, attempt)
            day += timedelta(days=18)
            yield _failed(unit, number, day, attempt)
            day += timedelta(days=12)
        yield _tender(unit, number, day, failures)
        if place % 5:
            yield _award(unit, number, day + timedelta(days=30))


def _base(unit: int, number: str, day: date, prefix: str, attempt: int, kind: str) -> dict[str, Any]:
    title = f"{number[:3]}年度校舍防水隔熱暨廁所整修第{number[-3:]}標工程"
    return {
        "date": int(f"{day:%Y%m%d}"),
        "filename": f"{prefix}-{attempt + 1}-{unit:04}{number[-3:]}{attempt}",
        "brief": {
            "type": kind,
            "title": title,
            "category": "工程類511-建築物之整地、拆除及修繕",
            "companies": {"ids": [], "names": [], "id_key": {}, "name_key": {}},
        },
        "job_number": number,
        "unit_id": f"3.87.{unit}",
        "unit_name": f"臺中市立測試第{unit}國民小學",
        "unit_api_url": f"https://example.org/api/listbyunit?unit_id=3.87.{unit}",
        "tender_api_url": f"https://example.org/api/tender?unit_id=3.87.{unit}&job_number={number}",
        "url": f"/index/case/3.87.{unit}/{number}",
        "detail": {
            "type": kind,
            "url": f"https://web.pcc.gov.tw/prkms/tender.do?ds={day:%Y%m%d}&fn={prefix}-{number}.xml",
            "機關資料:機關代碼": f"3.87.{unit}",
            "機關資料:機關名稱": f"臺中市立測試第{unit}國民小學",
            "機關資料:單位名稱": "總務處",
            "機關資料:機關地址": "407臺中市西屯區臺灣大道三段99號",
            "機關資料:聯絡人": "丁甲子",
            "機關資料:聯絡電話": "(04)22289111分機123",
            "機關資料:傳真號碼": "(04)22289112",
            "機關資料:電子郵件信箱": "somebody@example.org",
        },
    }


def _roc(day: date) -> str:
    return f"{day.year - 1911}/{day:%m/%d}"


def _tender(unit: int, number: str, day: date, attempt: int) -> dict[str, Any]:
    record = _base(unit, number, day, "TIQ", attempt, "公開招標公告")
    budget = 900_000 + (unit * 37 + int(number[-3:]) * 7919) % 90_000_000
    record["detail"] |= {
        "採購資料:標案案號": number,
        "採購資料:標案名稱": record["brief"]["title"],
        "採購資料:標的分類": "工程類511-建築物之整地、拆除及修繕",
        "採購資料:採購金額級距": "公告金額以上未達查核金額",
        "採購資料:預算金額": f"{budget:,}元",
        "採購資料:預算金額是否公開": "是",
        "採購資料:後續擴充": "是" if unit % 7 == 0 else "否",
        **{f"採購資料:是否屬第{n}種情形之採購案件": "否" for n in range(12)},
        "招標資料:招標方式": "公開招標",
        "招標資料:決標方式": "最低標",
        "招標資料:新增公告傳輸次數": "01",
        "招標資料:公告日": _roc(day),
        **{f"招標資料:是否適用第{n}款規定辦理採購": "否" for n in range(16)},
        "領投開標:是否提供電子領標:系統使用費:remind": "系統使用費為機關文件費之10%，若不足20元以20元計",
        "領投開標:截止投標": f"{_roc(day + timedelta(days=14))} 12:00",
        "領投開標:開標時間": f"{_roc(day + timedelta(days=15))} 10:00",
        "領投開標:開標地點": "臺中市立測試國民小學二樓會議室",
        "領投開標:收受投標文件地點": "臺中市立測試國民小學總務處（上班時間專人送達或郵遞寄達均可）",
        "其他:履約地點": "臺中市(非原住民地區)",
        "其他:履約期限": "決標次日起開工，並於開工之日起120日曆天內竣工",
        "其他:廠商資格摘要": "土木包工業以上，或丙等以上綜合營造業；廠商應附具納稅證明及公會會員證等文件。" * 2,
        "其他:附加說明": (
            "一、本案採一次投標分段開標，廠商應於截止收件期限前送達本校總務處。\n"
            "二、廠商對招標文件內容有疑義者，應以書面向本校請求釋疑，洽詢人：丁甲子，電話04-22289111轉123。\n"
            "三、本案工程預算業經議會審議通過，決標後依契約規定辦理；餘詳見招標文件。\n"
        )
        * 2,
        "其他:疑義、異議、申訴及檢舉受理單位:疑義、異議受理單位": "臺中市立測試國民小學",
        "其他:疑義、異議、申訴及檢舉受理單位:申訴受理單位": (
            "臺中市政府採購申訴審議委員會（地址：407臺中市西屯區臺灣大道三段99號、電話：(04)22289111、傳真：(04)22289112）"
        ),
        "其他:疑義、異議、申訴及檢舉受理單位:檢舉受理單位": (
            "臺中市政府採購稽核小組（地址：407臺中市西屯區臺灣大道三段99號、電話：(04)22289111）"
            "法務部廉政署（地址：100臺北市中正區博愛路166號、電話：(02)00000000、傳真：(02)00000000）"
        ),
        "fetched_at": f"{day.isoformat()}T06:55:44+08:00",
    }
    return record


def _failed(unit: int, number: str, day: date, attempt: int) -> dict[str, Any]:
    record = _base(unit, number, day, "NAI", attempt, "無法決標公告")
    record["detail"] |= {
        "無法決標公告:標案案號": number,
        "無法決標公告:標案名稱": record["brief"]["title"],
        "無法決標公告:標的分類": "<工程類>511建築物之整地、拆除及修繕",
        "無法決標公告:招標方式": "公開招標",
        "無法決標公告:無法決標的理由": ("流標(無廠商投標或未達法定開標家數)", "廢標")[attempt % 2],
        "無法決標公告:無法決標的理由:remind": "請擇一填列",
        "無法決標公告:是否沿用本案號及原招標方式續行招標": "是",
        "無法決標公告:原招標公告之刊登採購公報日期": _roc(day - timedelta(days=18)),
        "無法決標公告:無法決標公告日期": _roc(day),
        "無法決標公告:附加說明": "本案擇期重新辦理招標。",
        "fetched_at": f"{day.isoformat()}T06:55:44+08:00",
    }
    return record


def _award(unit: int, number: str, day: date) -> dict[str, Any]:
    record = _base(unit, number, day, "BDM", 0, "決標公告")
    amount = 800_000 + (unit * 41 + int(number[-3:]) * 7907) % 80_000_000
    companies = record["brief"]["companies"]
    tenderers: dict[str, Any] = {}
    for place in range(1, 4):
        code, name = f"7057{unit:04}", f"測試第{place}營造股份有限公司"
        companies["ids"].append(code)
        companies["names"].append(name)
        companies["name_key"][name] = [f"投標廠商:投標廠商{place}:廠商名稱"]
        tenderers |= {
            f"投標廠商:投標廠商{place}": "",
            f"投標廠商:投標廠商{place}:廠商代碼": code,
            f"投標廠商:投標廠商{place}:廠商名稱": name,
            f"投標廠商:投標廠商{place}:是否得標": "是" if place == 1 else "否",
            f"投標廠商:投標廠商{place}:組織型態": "公司登記",
            f"投標廠商:投標廠商{place}:廠商地址": "407臺中市西屯區臺灣大道三段99號",
            f"投標廠商:投標廠商{place}:廠商電話": "(04)22289111",
            f"投標廠商:投標廠商{place}:履約起迄日期": f"{_roc(day)}－{_roc(day + timedelta(days=120))}",
        }
    record["detail"] |= {
        "已公告資料:標案案號": number,
        "已公告資料:招標方式": "公開招標",
        "已公告資料:標案名稱": record["brief"]["title"],
        "已公告資料:標的分類": "<工程類>511建築物之整地、拆除及修繕",
        "已公告資料:原公告日期": _roc(day - timedelta(days=30)),
        "已公告資料:原公告日期:remind": "　　原公告日期係指最近1次招標公告或更正日期",
        "已公告資料:採購金額級距": "公告金額以上未達查核金額",
        "已公告資料:預算金額": f"{amount + 90_000:,}元",
        **{f"已公告資料:是否適用第{n}款規定辦理採購": "否" for n in range(12)},
        "投標廠商:投標廠商家數": "3",
        **tenderers,
        "決標品項:第1品項:品項名稱": record["brief"]["title"],
        "決標品項:第1品項:得標廠商1:得標廠商": "測試第1營造股份有限公司",
        "決標品項:第1品項:得標廠商1:決標金額": f"{amount:,}元",
        "決標品項:第1品項:得標廠商1:原產地國別:原產地國別得標金額": f"{amount:,}元\r\n\t\t\t\t壹仟陸佰伍拾柒萬元",
        "最有利標:評選委員": [
            [
                {"姓名": name, "職業": "某大學 教授", "項次": str(place), "出席會議": "是"}
                for place, name in enumerate(("丁乙丑", "丁丙寅", "丁丁卯", "戊辰子", "己巳午"), 1)
            ]
        ],
        "決標資料:決標日期": _roc(day - timedelta(days=3)),
        "決標資料:決標公告日期": _roc(day),
        "決標資料:底價金額": f"{amount + 40_000:,}元",
        "決標資料:總決標金額": f"{amount:,}元",
        "決標資料:附加說明": "本案依規定辦理決標，未得標廠商之押標金業已無息發還。",
        "fetched_at": f"{day.isoformat()}T06:55:44+08:00",
    }
    return record


if __name__ == "__main__":
    main()
