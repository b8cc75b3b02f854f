"""The laws, a law, two of its versions beside each other, an article: public."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..backlinks import back_links
from ..comparison import compare_versions, versions_of, versions_to_compare, wordings
from ..enums import TextSource
from ..models import Article, Law
from ..paragraphs import is_deleted, split_paragraphs, split_summary
from ..selectors import laws_listed, neighbours, with_current_text

_NATIONAL = re.compile(r"[A-Z]\d{7}")


@login_not_required
@require_safe
def law_list(request: HttpRequest) -> HttpResponse:
    """Show all laws."""
    return render(request, "library/law_list.html", {"laws": laws_listed()})


@login_not_required
@require_safe
def law(request: HttpRequest, pcode: str) -> HttpResponse:
    """Show a law: its chapters and the first line of each article."""
    found = get_object_or_404(laws_listed(), pcode=pcode)
    articles = with_current_text(found.articles.select_related("law"))
    chapters = [
        (chapter, [_line(article) for article in group])
        for chapter, group in groupby(articles, key=attrgetter("chapter"))
    ]
    return render(
        request,
        "library/law.html",
        {
            "law": found,
            "chapters": chapters,
            "version": found.versions.first(),
            "versions": versions_of(found),
            "short_names": found.aliases.all(),
            "official_url": official_law_url(found),
        },
    )


@login_not_required
@require_safe
def compare(request: HttpRequest, pcode: str) -> HttpResponse:
    """Show what changed between two versions of a law: `from` and `to` are their days, both optional."""
    found = get_object_or_404(Law, pcode=pcode)
    versions = versions_of(found)
    for version in versions:
        version.law = found
    pair = versions_to_compare(versions, _day(request.GET.get("from")), _day(request.GET.get("to")))
    return render(
        request,
        "library/compare.html",
        {"law": found, "versions": versions, "comparison": compare_versions(*pair) if pair else None},
    )


@login_not_required
@require_safe
def article(request: HttpRequest, pcode: str, number: str) -> HttpResponse:
    """Show an article: its paragraphs, the wordings it has had, and what cites it."""
    found = get_object_or_404(Article.objects.select_related("law"), law__pcode=pcode, number=number)
    versions = list(found.versions.select_related("law_version"))
    current = versions[0] if versions else None
    is_summary = current is not None and current.source == TextSource.SUMMARY
    split = split_summary if is_summary else split_paragraphs
    before, after = neighbours(found)
    return render(
        request,
        "library/article.html",
        {
            "article": found,
            "law": found.law,
            "current": current,
            "is_summary": is_summary,
            "is_deleted": current is not None and is_deleted(current.text),
            "paragraphs": split(current.text) if current else [],
            "wordings": wordings(found, versions),
            "before": before,
            "after": after,
            "citing": back_links(found, request.user),
            "official_url": official_url(found),
        },
    )


def _day(text: str | None) -> date | None:
    """Return the day that an address names; None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _line(article: Any) -> dict[str, Any]:
    words = article.words or ""
    return {"article": article, "first_line": words.partition("\n")[0], "is_deleted": is_deleted(words)}


def official_url(article: Article) -> str:
    """Return the article's address in the national law database: a link for the reader, never fetched by us.

    Empty for a law that is not in it, such as one of the city's own.
    """
    if not is_national(article.law):
        return ""
    return f"https://law.moj.gov.tw/LawClass/LawSingle.aspx?pcode={article.law.pcode}&flno={article.number}"


def official_law_url(law: Law) -> str:
    """Return the law's address in the national law database; empty for a law that is not in it."""
    if not is_national(law):
        return ""
    return f"https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode={law.pcode}"


def is_national(law: Law) -> bool:
    """Whether the law's number is one of the national law database: a letter and seven digits."""
    return _NATIONAL.fullmatch(law.pcode) is not None
