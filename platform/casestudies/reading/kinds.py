"""What printed words mean: types of notices, kinds of procurement, bands. Tables, the first that matches wins."""

from __future__ import annotations

import re
import unicodedata

from library.enums import Band, ProcurementKind

from ..enums import NoticeKind
from ..printed_bands import bands_meant

NOTICE_KINDS: tuple[tuple[str, NoticeKind], ...] = (
    # told before a tender, or about something else than buying
    (r"公開閱覽|公開徵求廠商提供參考資料|預告|變賣|標租|出租|拒絕往來", NoticeKind.OTHER),
    # what was announced is taken back
    (r"撤銷", NoticeKind.OTHER),
    # a correction of a failure that is on record already: counted as one more it would falsify the figures
    (r"更正無法決標|無法決標.*更正", NoticeKind.OTHER),
    (r"無法決標|流標|廢標", NoticeKind.FAILED),
    # corrected awards too: the newest award counts. 定期彙送 are awards of smaller purchases, sent together
    (r"決標|定期彙送", NoticeKind.AWARD),
    (r"更正", NoticeKind.CORRECTION),
    (r"招標|公開取得|徵求|邀標|報價單|企劃書|甄選", NoticeKind.TENDER),
)
"""Types of notices as the procurement system prints them (「公開招標公告」「無法決標公告」…); all others are OTHER."""

PROCUREMENT_KINDS: tuple[tuple[str, ProcurementKind], ...] = (
    (r"^\W*工程", ProcurementKind.WORKS),
    (r"^\W*財物", ProcurementKind.GOODS),
    (r"^\W*勞務", ProcurementKind.SERVICES),
    (r"^\W*works\b", ProcurementKind.WORKS),
    (r"^\W*goods\b", ProcurementKind.GOODS),
    (r"^\W*services\b", ProcurementKind.SERVICES),
)
"""How 標的分類 begins: 工程類, <財物類>, 勞務類82-不動產服務 (採購法第 7 條)."""

_NOTICES = [(re.compile(pattern), kind) for pattern, kind in NOTICE_KINDS]
_PROCUREMENT = [(re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in PROCUREMENT_KINDS]


def notice_kind_of(printed_type: str) -> NoticeKind:
    """Return what a notice of this printed type announces."""
    text = "".join(unicodedata.normalize("NFKC", printed_type).split())
    # 「限制性招標(經公開評選或公開徵求)公告」: what stands in brackets only says how
    bare = re.sub(r"\([^()]*\)", "", text)
    return next((kind for pattern, kind in _NOTICES if pattern.search(bare)), NoticeKind.OTHER)


def procurement_kind_of(classification: str) -> ProcurementKind | None:
    """Return what is bought by the classification as printed; None where it does not tell."""
    text = unicodedata.normalize("NFKC", classification)
    return next((kind for pattern, kind in _PROCUREMENT if pattern.search(text)), None)


def printed_band_of(text: str) -> Band | None:
    """Return the one band that a printed band (採購金額級距) means; None where it leaves several open, or says none."""
    meant = bands_meant(text)
    return meant[0] if len(meant) == 1 else None
