"""Rules that tell 流標 from 廢標 by the printed reason: they are rows, laid once and then edited by people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from common.audit import audit

from ..enums import Failure, NoticeKind
from ..models import FailureRule, TenderNotice

_VALUES = "無法決標公告「無法決標的理由」之選項文字（公開資料實例）"
_ACT = "政府採購法"

RULES: tuple[tuple[int, str, Failure, str], ...] = (
    (10, r"^\W*流標",
     Failure.NO_TENDERS, f"{_VALUES}：「流標(無廠商投標或未達法定開標家數)」；{_ACT}第 48 條第 1、2 項"),
    (20, r"^\W*廢標", Failure.SCRAPPED, f"{_VALUES}：「廢標」；{_ACT}第 50 條第 3 項、第 53 條、第 54 條"),
    (30, r"不予開標決標|不予開標|不予決標|暫緩開標|(取消|停止|撤銷)(本案|本次)?(招標|採購|開標)",
     Failure.NOT_OPENED, f"{_VALUES}：「不予開標決標」；{_ACT}第 48 條第 1 項第 1 款至第 8 款"),
    (40, r"第?(48|四十八)條第?(1|一)項第?([1-8一二三四五六七八])款",
     Failure.NOT_OPENED, f"{_ACT}第 48 條第 1 項各款：有該款情形者不予開標決標"),
    (50, r"(無|沒有)(任何)?(廠商|人)(參與|參加)?(投標|領標|報價)|(投標|報價)廠商家?數?為?(0|零)家?",
     Failure.NO_TENDERS, f"{_ACT}第 48 條第 1 項：無廠商投標即未達三家"),
    (60, r"未[達滿足](法定|規定)?(開標)?(家數|三家|3家)|家數(不足|未達)|不足(三|3)家|少於(三|3)家",
     Failure.NO_TENDERS, f"{_ACT}第 48 條第 2 項「因未滿三家而流標」；施行細則第 55 條"),
    (70, r"第?(50|五十)條第?(3|三)項|第?(53|五十三|54|五十四)條",
     Failure.SCRAPPED, f"{_ACT}第 50 條第 3 項（全部不合格）、第 53 條及第 54 條（標價逾底價或預算，不能決標）"),
    (80, r"(均|皆|全數|全部)(為)?(不符|不合|未符|未通過)|無合格(廠商|標)|無得標廠商",
     Failure.SCRAPPED, f"{_ACT}第 50 條第 3 項：廠商均不合格致採購程序無法繼續"),
    (90, r"(標價|報價|減價|價格).{0,20}(逾|超過|高於|超出|未進入)(核定)?之?(底價|預算|評審)|(逾|超過|高於|未進入)底價",
     Failure.SCRAPPED, f"{_ACT}第 53 條、第 54 條：減價結果仍逾底價、預算或評審委員會建議之金額"),
    (100, r"(?s)^(?!.*廢標).*流標", Failure.NO_TENDERS, f"{_VALUES}：僅載「流標」者"),
    (110, r"(?s)^(?!.*流標).*廢標", Failure.SCRAPPED, f"{_VALUES}：僅載「廢標」者；兩者並載者由人判定"),
)  # fmt: skip
"""Order, pattern, what it means, source. The plain words of the form come first, what people write later."""


def ensure_failure_rules() -> list[FailureRule]:
    """Lay the rules where there is none of their order yet, and return all; what was edited stays."""
    for order, pattern, failure, source in RULES:
        FailureRule.objects.get_or_create(
            order=order, defaults={"pattern": pattern, "failure": failure, "source": source}
        )
    return list(FailureRule.objects.all())


def failure_teller() -> Callable[[str], Failure]:
    """Return what tells from a printed reason how a tender failed; the rules are read once, here.

    What no rule matches is UNDECIDED; a rule whose pattern does not work tells nothing.
    """
    rules: list[tuple[re.Pattern[str], Failure]] = []
    for rule in FailureRule.objects.all():
        try:
            rules.append((re.compile(rule.pattern), Failure(rule.failure)))
        except re.error:
            continue
    known: dict[str, Failure] = {}

    def tell(reason: str) -> Failure:
        if reason not in known:
            if len(known) > _MOST_REMEMBERED:
                known.clear()
            text = unicodedata.normalize("NFKC", reason)
            known[reason] = next((failure for pattern, failure in rules if pattern.search(text)), Failure.UNDECIDED)
        return known[reason]

    return tell


_MOST_REMEMBERED = 5000


@transaction.atomic
def apply_rules(*, by: User | None) -> int:
    """Judge every failed notice anew by the rules as they stand; return how many are judged otherwise now.

    What a person decided stays.
    """
    tell = failure_teller()
    open_notices = TenderNotice.objects.filter(kind=NoticeKind.FAILED, decided_at__isnull=True).order_by("pk")
    by_failure: dict[Failure, list[int]] = {}
    for pk, reason, failure in open_notices.values_list("pk", "reason", "failure").iterator():
        now = tell(reason)
        if now != failure:
            by_failure.setdefault(now, []).append(pk)
    for failure, keys in by_failure.items():
        for start in range(0, len(keys), _MOST_REMEMBERED):
            TenderNotice.objects.filter(pk__in=keys[start : start + _MOST_REMEMBERED]).update(failure=failure)
    changed = sum(len(keys) for keys in by_failure.values())
    if changed:
        audit("failure_rules.applied", by=by, notices=changed)
    return changed
