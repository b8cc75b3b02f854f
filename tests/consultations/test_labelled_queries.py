"""Thirty questions as callers say them, each with the one answered case that helps, among hundreds close to it."""

from __future__ import annotations

import random
import sys

import pytest
from django.utils import timezone

from consultations.enums import ConsultationState
from consultations.models import Consultation
from consultations.services.suggesting import index_cases
from consultations.suggestions import similar_cases
from demo.pages import read

pytestmark = pytest.mark.django_db

# what is said on the telephone → the pair of question and answer that answers it
QUERIES = {
    "上回流標了，這回只有一間來投，能開嗎": "second-tender-one-bidder",
    "廠商講他有準時寄出去，是郵差比較慢，標單晚到還收嗎": "posted-in-time-arrived-late",
    "上網徵求報價單結果才兩家送來，湊不到三家怎麼辦": "quotation-fewer-than-three",
    "主任叫我把單子拆開來寫，每張都不要超過小額，這樣行嗎": "split-into-small",
    "租影印機不知道要租幾個月，金額怎麼估": "lease-unknown-term",
    "下大雨邊坡垮了要趕快搶修，沒時間公告招標": "urgent-disaster-repair",
    "挖到不明的管子要加做，追加給同一個包商有沒有上限": "additional-works-half",
    "餐盒想跟身心障礙的庇護工場訂，可以不比價嗎": "sheltered-workshop",
    "我還沒考到採購證照，可以辦招標嗎": "professional-not-certified",
    "營養午餐買菜買肉要不要走採購法": "fresh-produce",
    "老師指定要買某牌子，規格直接寫型號可以嗎": "brand-without-equivalent",
    "想要求廠商做過幾件案子、資本額多少才能來投，行不行": "track-record-not-allowed",
    "只讓本市的公司來投標，修理比較快，可以限制嗎": "local-firms-only",
    "押標金拿公司票來繳，收不收": "bond-company-cheque",
    "得標的說算錯價錢不想簽了，可以扣他押標金然後找下一家嗎": "winner-refuses-contract",
    "年底錢要花完，公告天數能不能縮短一點": "tender-period-too-short",
    "公告出去才發現數量打錯，快要截止了怎麼改": "change-after-notice",
    "來拿標單的人可以請他簽名留公司電話嗎": "register-bidders",
    "沒來看現場的廠商可不可以不讓他投": "site-briefing-mandatory",
    "兩家的押標金支票號碼連在一起，是不是圍標": "suspicious-similarity",
    "比了三次還是比底價高，可以超出底價決標嗎": "award-above-estimate",
    "最低標價錢低得離譜，可不可以不要給他做": "abnormally-low",
    "決標後沒標到的廠商想知道底價，能講嗎": "publish-estimate",
    "評選委員要幾個，別的機關的主管算不算外聘": "committee-composition",
    "東西交來一個多月還沒驗收，驗收期限是幾天": "acceptance-deadline",
    "採購是我承辦的，主驗也可以是我嗎": "buyer-as-chief-inspector",
    "驗收好了會計一直退件不付錢，多久之內要付": "payment-deadline",
    "得標的把工程全部丟給別家公司做，這算不算轉包": "transfer-or-subcontract",
    "廠商中秋送禮盒來退不掉怎麼處理": "gift-before-festival",
    "設計的公司可以來標自己設計的工程嗎": "designer-bids",
}
ENOUGH = 24


@pytest.fixture
def log() -> dict[str, Consultation]:
    """Lay one case for each pair that is asked for, and four variants of every other: they are the noise."""
    content, chance = read("consultations"), random.Random(30)
    wanted = set(QUERIES.values())
    cases = {}
    for pair in content["pairs"]:
        for variant in range(1 if pair["key"] in wanted else 4):
            words = {key: chance.choice(choices) for key, choices in content["words"].items()}
            opening, closing = chance.choice(content["openings"][""]), chance.choice(content["closings"])
            cases[f"{pair['key']}/{variant}"] = Consultation(
                number=f"115-{len(cases) + 1:04}",
                state=ConsultationState.ANSWERED,
                question=opening + pair["question"].format(**words) + closing,
                answer=pair["answer"].format(**words),
                answered_at=timezone.now(),
            )
    Consultation.objects.bulk_create(cases.values())
    index_cases(cases.values())
    return cases


def _check(log: dict[str, Consultation]) -> None:
    assert len(QUERIES) == 30
    assert len(log) >= 400
    stored = "\n".join(case.question for case in log.values())
    assert not [query for query in QUERIES if query in stored]
    missed = [
        query
        for query, pair in QUERIES.items()
        if log[f"{pair}/0"] not in [suggestion.consultation for suggestion in similar_cases(query, limit=3)]
    ]
    sys.stdout.write(f"\n{30 - len(missed)} of 30 found among the first three of {len(log)} cases; missed: {missed}\n")
    assert 30 - len(missed) >= ENOUGH


def test_thirty_calls_find_their_case_among_the_first_three(log: dict[str, Consultation]) -> None:
    _check(log)


@pytest.mark.postgres
def test_thirty_calls_find_their_case_on_postgresql_as_well(log: dict[str, Consultation]) -> None:
    _check(log)
