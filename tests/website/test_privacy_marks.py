"""What may give somebody away is marked; what an answer about procurement is made of is not."""

from itertools import pairwise

import pytest

from accounts.enums import AgencyKind
from accounts.models import AgencyFormerName
from tests.factories.accounts import AgencyFactory, PersonFactory
from website.privacy.deidentify import find_marks

pytestmark = pytest.mark.django_db

AGENCIES = [
    "臺中市政府", "臺中市政府環境保護局", "臺中市政府秘書處", "臺中市西屯區公所", "臺中市南屯區大墩國民小學",
    "臺中市立臺中第一高級中等學校", "臺中市立圖書館",
]  # fmt: skip


@pytest.fixture(autouse=True)
def known():
    """What the platform knows: some agencies, one of them renamed, and two people."""
    agencies = {name: AgencyFactory(name=name, kind=AgencyKind.OTHER) for name in AGENCIES}
    AgencyFormerName.objects.create(agency=agencies["臺中市立圖書館"], name="臺中市文化中心圖書館")
    PersonFactory(name="歐陽台生", agency=agencies[AGENCIES[1]])
    PersonFactory(name="瓦歷斯諾幹", agency=agencies[AGENCIES[1]])


MARKED = [
    # ID numbers
    ("身分證 A123456789 已附", "national_id", "A123456789"),
    ("身分證Ａ１２３４５６７８９", "national_id", "Ａ１２３４５６７８９"),
    ("證號 a 123 456 789。", "national_id", "a 123 456 789"),
    ("證號 A1-2345-6789", "national_id", "A1-2345-6789"),
    ("居留證 AB12345678", "national_id", "AB12345678"),
    ("身分證 A12345****", "national_id", "A12345****"),
    # telephone
    ("請電 04-2217-7399 洽詢", "phone", "04-2217-7399"),
    ("請電04-22177399分機123", "phone", "04-22177399分機123"),
    ("(04)22177399#123 找我", "phone", "(04)22177399#123"),
    ("（０４）２２１７－７３９９", "phone", "（０４）２２１７－７３９９"),
    ("手機 0912-345-678", "phone", "0912-345-678"),
    ("０９１２３４５６７８", "phone", "０９１２３４５６７８"),
    ("0912 345 678", "phone", "0912 345 678"),
    ("+886 4 2217 7399", "phone", "+886 4 2217 7399"),
    ("+886-912-345-678", "phone", "+886-912-345-678"),
    ("049-2222106 轉 21", "phone", "049-2222106 轉 21"),
    ("0800-000-123", "phone", "0800-000-123"),
    ("電話：2217-7399", "phone", "2217-7399"),
    ("專線22177399", "phone", "22177399"),
    ("請撥分機 2310", "phone", "分機 2310"),
    ("打零九一二三四五六七八給我", "phone", "零九一二三四五六七八"),
    # e-mail
    ("寄到 ming.wang@taichung.gov.tw", "email", "ming.wang@taichung.gov.tw"),
    ("ｍｉｎｇ＠ｍａｉｌ．ｃｏｍ", "email", "ｍｉｎｇ＠ｍａｉｌ．ｃｏｍ"),
    ("ming(at)mail.com.tw", "email", "ming(at)mail.com.tw"),
    # numbers of cases and letters
    ("本案 115D26 流標二次", "case_number", "115D26"),
    ("案號：1150423-A", "case_number", "1150423-A"),
    ("案號TC-0099", "case_number", "TC-0099"),
    ("標案１１５Ｄ２６", "case_number", "１１５Ｄ２６"),
    ("第1150012345號函", "case_number", "第1150012345號"),
    ("依府授秘採字第 1150012345 號函", "case_number", "府授秘採字第 1150012345 號"),
    ("諮詢 115-0042 的答覆", "case_number", "115-0042"),
    ("廠商統一編號 12345678", "case_number", "12345678"),
    ("契約編號 EDU1150099-2", "case_number", "EDU1150099-2"),
    # addresses
    ("地址：臺中市西屯區臺灣大道三段99號", "address", "臺中市西屯區臺灣大道三段99號"),
    ("台中市西屯區台灣大道3段99號10樓之2", "address", "台中市西屯區台灣大道3段99號10樓之2"),
    ("位於文心路二段 588 號", "address", "文心路二段 588 號"),
    ("向上路一段12巷3弄5之1號", "address", "向上路一段12巷3弄5之1號"),
    ("惠國段 123-4 地號土地", "address", "惠國段 123-4 地號"),
    # people
    ("王小明科長說不行", "name", "王小明科長"),
    ("請問陳先生", "name", "陳先生"),
    ("承辦人林OO來電", "name", "林OO"),
    ("承辦人：全小安，", "name", "全小安"),
    ("承辦人張小華來電詢問", "name", "張小華"),
    ("陳○明表示", "name", "陳○明"),
    ("歐陽校長", "name", "歐陽校長"),
    ("曾詢問歐陽臺生的意見", "name", "歐陽臺生"),
    ("瓦歷斯諾幹提出", "name", "瓦歷斯諾幹"),
    ("吳建築師設計", "name", "吳建築師"),
    ("由大德營造股份有限公司得標", "name", "大德營造股份有限公司"),
    # agencies
    ("臺中市政府環境保護局辦理", "agency", "臺中市政府環境保護局"),
    ("環保局問", "agency", "環保局"),
    ("西屯區公所", "agency", "西屯區公所"),
    ("北區公所", "agency", "北區公所"),
    ("大墩國小的採購", "agency", "大墩國小"),
    ("辦理文心國中校舍", "agency", "文心國中"),
    ("台中一中", "agency", "台中一中"),
    ("臺中市文化中心圖書館", "agency", "臺中市文化中心圖書館"),
    ("秘書處", "agency", "秘書處"),
]


@pytest.mark.parametrize(("text", "kind", "passage"), MARKED, ids=[row[0] for row in MARKED])
def test_what_gives_somebody_away_is_marked(text, kind, passage):
    marks = find_marks(text)
    assert [(mark.kind, mark.text) for mark in marks] == [(kind, passage)]
    assert text[marks[0].start : marks[0].end] == passage


HARMLESS = [
    "依政府採購法第 22 條第 1 項第 9 款及其施行細則第 55 條辦理。",
    "採購法第四十八條第一項第二款、第 11 條之 1、第 93 條之 1。",
    "公告金額 150 萬元，即 1,500,000 元；小額採購 15 萬元以下。",
    "111 年 12 月 23 日修正，112年1月1日施行，112.01.01、2023-01-01、112/01/01。",
    "機關、本校、廠商、各機關、上級機關、主管機關、得標廠商、投標廠商、審計機關。",
    "承辦人應於開標前確認；承辦人員不得洩漏底價；承辦人曾於前案迴避；承辦人許可後辦理。",
    "由機關首長或其授權人員主持開標，主任秘書、會計主任、總務主任及專員得代理。",
    "評選委員、外聘委員、召集委員、審查委員及全體委員；常務委員、簡任秘書、高級工程師、高中校長。",
    "工程會 109 年 5 月 4 日工程企字第1090100123號函釋意旨。",
    "司法院釋字第 749 號、最高行政法院 105 年度判字第 123456 號判決。",
    "A0030057、A0030059 是全國法規資料庫的編號。",
    "期間 112-115 年度，經費 2000-3000 元，時間 08:30-12:00，比例 10%-20%。",
    "ISO9001、ISO14001、CNS11510 及 EN10204 均為國家或國際標準，NTD115000。",
    "謝謝主任委員；許多委員；曾任科長；任何專員；由何單位承辦；溫泉、馬路與古蹟修復；嚴禁承辦人員收禮。",
    "市立圖書館、各國小、本區公所、所屬國中、公立國小、該區公所均適用。",
    "依公司法設立之股份有限公司，或有限公司。",
    "臺中市政府秘書處採購作業要點及臺中市政府及所屬機關採購案件作業規定。",
    "第一次開標三家、第二次不限三家；等標期 14 日，保留 3 年，開標於第 2 號會議室。",
    "110V60Hz、A4 紙 500 張、第 3 版、附件 2-1、1999 專線。",
    "網路領標、公路、道路養護、街道家具與管路更新工程。",
    "",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_an_answer_is_made_of_is_left_alone(text):
    assert [(mark.kind, mark.text) for mark in find_marks(text)] == []


def test_marks_come_in_order_and_do_not_overlap():
    text = "王小明科長（環保局，04-2217-7399，wang@mail.tw）問 115D26。王小明科長住文心路一段1號。"
    marks = find_marks(text)
    assert [mark.text for mark in marks] == [
        "王小明科長", "環保局", "04-2217-7399", "wang@mail.tw", "115D26", "王小明科長", "文心路一段1號",
    ]  # fmt: skip
    assert all(one.end <= other.start for one, other in pairwise(marks))


def test_names_are_found_with_few_queries(django_assert_num_queries):
    for number in range(50):
        PersonFactory(name=f"測試{number}員")
    with django_assert_num_queries(3):
        marks = find_marks("測試7員與測試12員")
    assert [mark.text for mark in marks] == ["測試7員", "測試12員"]
