"""Finding things: the search, the map of the site, and what robots are told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_ratelimit.decorators import ratelimit

from website.excerpts import excerpt, highlight
from website.navigation import entries_for
from website.search_sources import Hit, SearchSource, all_sources
from website.selectors import page_tree
from website.slots import Slot, panels_for

_FIRST_FEW = 5  # results of each kind on the overview
_PER_PAGE = 20
_LONGEST_QUERY = 100  # characters; nobody types more


def _rate(group: str, request: HttpRequest) -> str:
    return settings.RATE_LIMITS["search"]


@login_not_required
@require_safe
@ratelimit(key="user_or_ip", rate=_rate, block=True)
def search(request: HttpRequest) -> HttpResponse:
    """Find pages, classes and articles: an overview by kind, or one kind (`in`) page by page."""
    query = request.GET.get("q", "").strip()[:_LONGEST_QUERY]
    wanted = request.GET.get("in", "")
    context: dict[str, Any] = {"query": query, "wanted": wanted, "sections": [], "total": 0}
    if query:
        found = [(source, source.find(query, request.user)) for source in all_sources()]
        context["sections"] = [_section(source, results, query) for source, results in found]
        context["total"] = sum(section["count"] for section in context["sections"])
        for source, results in found:
            if source.key == wanted:
                page = Paginator(results, _PER_PAGE).get_page(request.GET.get("page"))
                context |= {"section": source, "page_obj": page, "hits": _lines(source.hits(list(page)), query)}
    return render(request, "website/search.html", context)


@login_not_required
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Show every page and section that the reader may open."""
    return render(
        request,
        "website/site_map.html",
        {
            "tree": page_tree(request.user),
            "sections": [entry for entry in entries_for(request.user) if entry.url_name != "website:home"],
            "panels": panels_for(Slot.SITE_MAP, request),
        },
    )


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots to leave alone what is not for readers."""
    closed = ["/cms/", "/files/", "/accounts/", "/en/accounts/", reverse("website:search")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _section(source: SearchSource, results: Any, query: str) -> dict[str, Any]:
    first = source.hits(list(results[:_FIRST_FEW]))
    count = len(results) if isinstance(results, list) else results.count()
    return {"key": source.key, "label": source.label, "count": count, "hits": _lines(first, query)}


def _lines(hits: list[Hit], query: str) -> list[dict[str, Any]]:
    return [
        {
            "title": highlight(hit.title, query),
            "url": hit.url,
            "excerpt": excerpt(hit.text, query),
            "note": hit.note,
            "language": hit.language,
        }
        for hit in hits
    ]
