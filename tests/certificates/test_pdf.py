"""The certificate on paper: A4 landscape, real text, every font in it, always the same bytes."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pylopdf_fonts_zh_tw
import pypdf
import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from certificates import services
from certificates.models import Certificate
from certificates.printing import certificate_fonts, characters_without_glyph, print_again, print_facts
from certificates.wording import compose_facts
from common.pdf import PdfError
from courses.catalogue.models import CourseRun
from courses.enrolment.models import Enrolment
from courses.learning.selectors import completion_of

pytestmark = pytest.mark.django_db

FALLBACK = [pylopdf_fonts_zh_tw.serif_path(), pylopdf_fonts_zh_tw.sans_path()]


@pytest.fixture
def facts(complete: Callable[..., Enrolment]) -> dict[str, Any]:
    enrolment = complete("林采薇", person__agency__name="臺中市政府環境保護局")
    return compose_facts(
        completion_of(enrolment), serial="115-基礎-0001", public_id="7KQ2M9XWTR4HB3VC", issued_at=timezone.now()
    )


def page_of(content: bytes) -> pypdf.PageObject:
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    return page


def embedded_fonts(page: pypdf.PageObject) -> list[str]:
    """The fonts of the page that are in the file; Helvetica is ReportLab's initial one and draws nothing."""
    found = []
    for reference in page["/Resources"]["/Font"].values():
        font = reference.get_object()
        if "/FontDescriptor" in font and "/FontFile2" in font["/FontDescriptor"]:
            found.append(font["/BaseFont"].partition("+")[2])
    return sorted(found)


def words_of(page: pypdf.PageObject) -> str:
    return "".join(page.extract_text().split())


def test_it_is_one_page_of_a4_landscape_with_its_words_as_text(facts: dict[str, Any]) -> None:
    page = page_of(print_facts(facts))
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    assert (round(width), round(height)) == (842, 595)
    text = words_of(page)
    for words in (
        "結訓證明書",
        "林采薇",
        "臺中市政府環境保護局",
        "115-基礎-0001",
        "採購專業人員基礎班",
        "7KQ2M9XWTR4HB3VC",
    ):
        assert words in text
    assert "課程66小時，出席66小時，經考試及格" in text
    assert "CertificateofCompletion" in text


def test_its_fonts_are_embedded_and_it_names_itself(facts: dict[str, Any]) -> None:
    content = print_facts(facts)
    assert embedded_fonts(page_of(content))
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert reader.metadata.title == "結訓證明書 115-基礎-0001"
    assert reader.metadata.author == "臺中市政府秘書處"
    assert reader.trailer["/Root"]["/Lang"] == "zh-Hant"


def test_the_same_facts_give_the_same_bytes(facts: dict[str, Any]) -> None:
    others = {**facts, "name": "龔鑫淼", "agency": "臺中市大里區公所"}
    with certificate_fonts([facts, others]) as fonts:
        first, other = print_facts(facts, fonts=fonts), print_facts(others, fonts=fonts)
    with certificate_fonts([others, facts]) as fonts:
        assert print_facts(facts, fonts=fonts) == first
    assert first != other


def test_an_issued_certificate_can_be_drawn_again_byte_for_byte(
    run: CourseRun, complete: Callable[..., Enrolment], administrator: User
) -> None:
    complete("林采薇"), complete("龔鑫淼")
    services.run_batch(batch_id=services.request_batch(run=run, by=administrator).pk)
    for certificate in Certificate.objects.all():
        with certificate.file.open() as stored:
            issued = stored.read()
        assert print_again(certificate) == issued
        assert hashlib.sha256(issued).hexdigest() == certificate.sha256


def test_the_fallback_typeface_prints_it_too(facts: dict[str, Any]) -> None:
    with override_settings(FONT_FILES=FALLBACK):
        page = page_of(print_facts(facts))
    assert any("NotoSerifTC" in name for name in embedded_fonts(page))
    assert "林采薇" in words_of(page)


def test_it_refuses_to_print_a_box(facts: dict[str, Any]) -> None:
    with pytest.raises(PdfError):
        print_facts({**facts, "name": "陳\U0002ffff"})


def test_a_very_long_name_and_course_still_fit_on_the_page(facts: dict[str, Any]) -> None:
    words = {**facts["words"], "course": "政府採購法履約管理及驗收實務專題講座（工程及技術服務採購）　115 年第 12 期"}
    page = page_of(print_facts({**facts, "name": "Alexandra Featherstonehaugh-Montgomery", "words": words}))
    assert "Featherstonehaugh" in words_of(page)
    assert "特發此證" in words_of(page)


def test_a_mark_that_no_letter_is_composed_with_is_named_and_not_drawn_beside_it(facts):
    assert characters_without_glyph({**facts, "name": "Nguye\u0302\u0303n Thi\u0323"}) == []
    assert characters_without_glyph({**facts, "name": "Bo\u030dk"}) == ["\u030d"]
