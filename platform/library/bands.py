"""What follows from the band of a purchase, in our own words, each with the articles behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .enums import Band
from .models import Article
from .thresholds import BandAnswer

ACT = "A0030057"
RULES = "A0030058"
BELOW = "A0030067"  # 中央機關未達公告金額採購招標辦法
STANDARDS = "A0030099"  # 投標廠商資格與特殊或巨額採購認定標準

_NAMES = {
    ACT: _("Government Procurement Act"),
    RULES: _("Enforcement Rules of the Act"),
    BELOW: _("Regulations for procurement below the publication threshold"),
    STANDARDS: _("Standards for tenderers’ qualifications and large procurement"),
}


@dataclass(frozen=True)
class Rule:
    """One sentence and the articles behind it, as (number of the law, article)."""

    text: str | Promise
    articles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Basis:
    """An article to name under a sentence; `url` is empty while the library does not have it."""

    label: str
    url: str


@dataclass(frozen=True)
class Consequence:
    """A sentence as the page shows it."""

    text: str | Promise
    basis: list[Basis]


_SMALL: tuple[Rule, ...] = (
    Rule(
        _(
            "You may buy directly from a supplier of your choice: no announcement, quotation or proposal is needed. "
            "What your local government has laid down for such purchases comes first."
        ),
        ((ACT, "23"), (BELOW, "5")),
    ),
    Rule(_("No government estimate has to be set."), ((ACT, "47"),)),
)
_BELOW_PUBLICATION: tuple[Rule, ...] = (
    Rule(
        _(
            "Ask openly for written quotations or proposals of three suppliers or more, unless one of the cases of "
            "Article 22, paragraph 1 applies."
        ),
        ((ACT, "49"), (BELOW, "2")),
    ),
    Rule(_("Set a government estimate before you negotiate or award."), ((ACT, "46"),)),
)
_NOT_OVER_A_TENTH: tuple[Rule, ...] = (
    Rule(
        _(
            "It is above what your local government calls a small purchase, but not above a tenth of the publication "
            "threshold: three quotations are not demanded."
        ),
        ((ACT, "49"), (BELOW, "5")),
    ),
    Rule(_("Set a government estimate before you negotiate or award."), ((ACT, "46"),)),
)
_PUBLICATION: tuple[Rule, ...] = (
    Rule(
        _("Hold an open tender, unless the conditions of a selective or a restricted tender are met."),
        ((ACT, "19"), (ACT, "20"), (ACT, "22")),
    ),
    Rule(
        _("Publish the notice of an open or selective tender in the Government Procurement Gazette and online."),
        ((ACT, "27"),),
    ),
    Rule(
        _("Your accounting and related units jointly monitor opening, negotiation, award and acceptance."),
        ((ACT, "13"),),
    ),
    Rule(
        _("Publish the award, or that none was made, in the Gazette, and tell every tenderer in writing."),
        ((ACT, "61"),),
    ),
)
_INSPECTION: tuple[Rule, ...] = (
    Rule(
        _(
            "Report opening, negotiation, award and acceptance to the superior agency in time, so that it can send "
            "somebody to monitor; it may authorise you to do without."
        ),
        ((ACT, "12"),),
    ),
)
_LARGE: tuple[Rule, ...] = (
    Rule(
        _(
            "You may demand special qualifications of tenderers; first judge how many suppliers could meet them, and "
            "whether they restrict competition improperly."
        ),
        ((ACT, "36"), (STANDARDS, "8"), (STANDARDS, "13")),
    ),
)


def consequences_of(answer: BandAnswer) -> list[Consequence]:
    """Return what follows from the band: what is particular to it first. One query."""
    if answer.band == Band.SMALL:
        rules = _SMALL
    elif answer.band == Band.BELOW_PUBLICATION:
        rules = _BELOW_PUBLICATION if answer.over_a_tenth else _NOT_OVER_A_TENTH
    else:
        rules = _PUBLICATION
        if answer.band in (Band.INSPECTION, Band.LARGE):
            rules = _INSPECTION + rules
        if answer.band == Band.LARGE:
            rules = _LARGE + rules
    basis = basis_of(pair for rule in rules for pair in rule.articles)
    return [Consequence(rule.text, [basis[pair] for pair in rule.articles]) for rule in rules]


def basis_of(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Basis]:
    """Return the articles to name for `pairs` of a law's number and an article's. One query."""
    wanted = set(pairs)
    laws, numbers = {pcode for pcode, _number in wanted}, {number for _pcode, number in wanted}
    rows = Article.objects.filter(law__pcode__in=laws, number__in=numbers).select_related("law")
    found = {(article.law.pcode, article.number): article for article in rows}
    return {pair: _basis(pair, found.get(pair)) for pair in wanted}


def _basis(pair: tuple[str, str], article: Article | None) -> Basis:
    pcode, number = pair
    label = str(_("%(law)s, Article %(number)s") % {"law": _NAMES[pcode], "number": number})
    return Basis(label, article.get_absolute_url() if article else "")
