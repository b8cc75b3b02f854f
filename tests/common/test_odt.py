"""Text documents to edit: they hold what was given, in Kai, with headings of tables that repeat."""

import io
from datetime import date

import pytest
from django.core.files.base import ContentFile
from odfdo import Document

from common.file_types import check_file
from common.odt import Heading, Paragraph, Table, write_odt

BLOCKS = [
    Heading("控制重點"),
    Paragraph("第一行\n第二行 <與> &"),
    Table(rows=[("1", "詢價\n比價")], headings=("項次", "步驟"), widths=(1, 3), caption="一覽"),
    Table(rows=[("填表人", "", "複核", "")], is_form=True),
]


def test_the_document_holds_title_paragraphs_and_tables():
    data = write_odt(title="自行評估表", subtitle="115.1 版", blocks=BLOCKS, author="秘書處", dated=date(2026, 1, 5))
    assert check_file(ContentFile(data, name="表.odt")).megabytes == 50
    document = Document(io.BytesIO(data))
    body = document.body
    assert [element.text_recursive for element in body.get_headers()] == ["控制重點"]
    first, second = body.get_tables()
    assert [[str(cell) for cell in row] for row in first.get_values()] == [["項次", "步驟"], ["1", "詢價\n比價"]]
    assert len(first.get_elements("table:table-header-rows")) == 1
    labels = [cell.get_attribute("table:style-name") for cell in second.get_elements(".//table:table-cell")]
    assert labels == ["Head", "Cell", "Head", "Cell"]
    assert (document.meta.title, document.meta.creator) == ("自行評估表", "秘書處")
    assert "標楷體" in document.styles.serialize().decode()


def test_a_table_whose_rows_differ_in_length_is_refused():
    with pytest.raises(ValueError, match="rows"):
        write_odt(title="x", blocks=[Table(rows=[("1", "2"), ("1",)])])
