"""Every address has its line in the table of who is answered how, `tests/demo/access.txt` (asked on PostgreSQL)."""

from tests.demo.places import places, written

# open to see what they are asked for; what is not public sends to the sign-in by itself
ASK_BY_THEMSELVES = {
    "files/documents/<int:pk>/<str:filename>",
    "files/images/<int:pk>/",
    "materials/<int:pk>/<str:name>",
    r"^((?:[\w\-]+/)*)$",
}


def test_every_address_has_its_line_in_the_table():
    """Of a new address, say there who is answered how; test_access.py shows how the site answers now."""
    routes = {place.label for place in places()}
    assert sorted(routes - set(written())) == []
    assert sorted(set(written()) - routes) == []


def test_every_view_demands_sign_in_but_where_the_table_lets_anybody_in():
    """Wagtail's and allauth's views ask by decorators of their own: the table alone says so of them."""
    open_ones = {
        place.label
        for place in places()
        if not getattr(place.view, "login_required", True) and not place.route.startswith(("cms/", "accounts/"))
    }
    let_in = {
        route
        for route, answers in written().items()
        if not {answers.get[0], answers.post[0]} <= {"s", "m"} and not route.startswith(("cms/", "accounts/"))
    }
    assert open_ones - ASK_BY_THEMSELVES == let_in
