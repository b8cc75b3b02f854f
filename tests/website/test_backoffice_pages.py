"""The pages of a back-office list keep the filters of the address."""

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import engines

INCLUDE = '{% include "components/backoffice_pages.html" with page_obj=page_obj only %}'


def _drawn(rf, rows: int) -> str:
    request = rf.get("/cms/score-import/1/?verdict=refused&p=2")
    request.user = AnonymousUser()
    page = Paginator(range(rows), 10).get_page(2)
    return engines["django"].from_string(INCLUDE).render({"page_obj": page}, request=request)


def test_both_neighbours_keep_the_filter(rf):
    drawn = _drawn(rf, 30)
    assert 'href="?verdict=refused&amp;p=1"' in drawn
    assert 'href="?verdict=refused&amp;p=3"' in drawn


def test_a_list_of_one_page_draws_nothing(rf):
    assert _drawn(rf, 10).strip() == ""
