"""Documents that editors upload: a file is what its name says, and not larger than its kind may be."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from common.file_types import FILE_TYPES, MEGABYTE
from tests.factories.accounts import UserFactory
from website.models import SiteDocument

pytestmark = pytest.mark.django_db


class _LargePdf(SimpleUploadedFile):
    """A PDF of one byte more than is allowed, without holding it."""

    def __init__(self) -> None:
        super().__init__("large.pdf", b"%PDF-1.7")
        self.size = FILE_TYPES["pdf"].megabytes * MEGABYTE + 1


@pytest.fixture
def form_class():
    from wagtail.documents.forms import get_document_form

    return get_document_form(SiteDocument)


def _form(form_class, file):
    from wagtail.models import Collection

    data = {"title": "投標須知", "collection": Collection.get_first_root_node().pk, "tags": ""}
    return form_class(data, {"file": file}, user=UserFactory(roles=[Role.ADMINISTRATOR]))


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (SimpleUploadedFile("notes.pdf", b"MZ\x90\x00"), "file_content"),
        (SimpleUploadedFile("program.exe", b"MZ"), "file_type"),
        (_LargePdf(), "file_size"),
    ],
)
def test_a_file_that_is_not_what_it_says_or_too_large_is_refused(form_class, file, code):
    form = _form(form_class, file)
    assert {error.code for error in form.errors.as_data()["file"]} == {code}
    assert form.cleaned_data["title"] == "投標須知"


def test_a_document_is_taken(form_class):
    form = _form(form_class, SimpleUploadedFile("notes.pdf", b"%PDF-1.7\n%%EOF"))
    assert form.errors == {}
    assert form.save().file_size == 14
