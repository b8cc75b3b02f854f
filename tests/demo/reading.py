"""What a page of the platform offers: its links, its forms, the names of its parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

TOKEN = "csrfmiddlewaretoken"


@dataclass
class Form:
    """A form, with the values it would send, and the types of its fields."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    is_wagtails_script: bool = False  # sent by Wagtail's own script, which adds the token

    @property
    def safe(self) -> bool:
        """Whether the token goes with it."""
        return self.is_wagtails_script or TOKEN in self.values


class Page(HTMLParser):
    """Reads a page. `at` is its address."""

    def __init__(self, at: str, html: str) -> None:
        super().__init__()
        self.at = at
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.saves_by_itself = False  # it says what it tells the reader while it saves
        self.cookie_named = ""
        self.posts_without_form: list[str] = []  # what htmx would send with no token in reach
        self._form: Form | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, a form or a field."""
        given = {name: value or "" for name, value in attrs}
        self.saves_by_itself |= "data-saving" in given
        self.cookie_named = given.get("data-csrf-cookie", self.cookie_named)
        if "href" in given and tag == "a":
            self._link(given["href"])
        if tag == "form":
            self._form = Form(given.get("method", "get").lower(), urljoin(self.at, given.get("action", "")))
            self._form.is_wagtails_script = "w-swap" in given.get("data-controller", "")
            self.forms.append(self._form)
        if "hx-post" in given and self._form is None and "X-CSRFToken" not in given.get("hx-headers", ""):
            self.posts_without_form.append(given["hx-post"])
        if self._form is not None and given.get("name"):
            self._field(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Note that a form ends."""
        if tag == "form":
            self._form = None

    def _link(self, href: str) -> None:
        address = urlsplit(urldefrag(urljoin(self.at, href)).url)
        if address.scheme == "" and address.netloc == "" and address.path.startswith("/"):
            self.links.append(address.geturl())

    @staticmethod
    def _field(form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text")
        form.types[name] = kind if tag == "input" else tag
        if (tag == "input" and kind not in {"checkbox", "radio", "submit"}) or (
            tag == "input" and kind in {"checkbox", "radio"} and "checked" in given
        ):
            form.values[name] = given.get("value", "")
        elif tag == "textarea":
            form.values[name] = ""
        elif tag == "button" and given.get("type") in {None, "submit"}:
            form.values.setdefault(name, given.get("value", ""))

    def cannot_be_sent(self, cookie: str) -> list[str]:
        """Say what the server would refuse: forms without their token, scripts that look for it under a wrong name."""
        wrong = [
            f"no token in the form to {form.action}" for form in self.forms if form.method == "post" and not form.safe
        ]
        wrong += [f"no token in reach of what is sent to {address}" for address in self.posts_without_form]
        if self.saves_by_itself and self.cookie_named != cookie:
            wrong.append("what saves by itself does not learn how the cookie of the token is called")
        return wrong

    @property
    def parameters(self) -> dict[str, str]:
        """The names that this page understands in its own address, each with the type of its field."""
        names: dict[str, str] = {}
        for link in self.links:
            parts = urlsplit(link)
            if parts.path == urlsplit(self.at).path:
                names |= {name: "link" for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        for one in self.forms:
            if one.method == "get" and urlsplit(one.action).path == urlsplit(self.at).path:
                names |= one.types
        return names


def read(at: str, response: Any) -> Page | None:
    """Return what the response offers, or None where it is no page."""
    if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
        return None
    return Page(at, response.content.decode())
