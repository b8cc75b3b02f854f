"""`manage.py report`: only the document on standard output, one sentence on standard error, exit code 2."""

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reports.management.commands.report import Command

pytestmark = pytest.mark.django_db


class Output(io.TextIOWrapper):
    """Standard output as a process has it: text over bytes."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    @property
    def written(self) -> bytes:
        return self.buffer.getvalue()


def written(*arguments: str) -> bytes:
    output = Output()
    call_command("report", *arguments, stdout=output)
    return output.written


def test_json_is_exactly_what_was_asked_for(year_107):
    answer = json.loads(written("pass-rate", "--year", "107", "--format", "json", "--as-of", "107/12/31"))
    assert list(answer) == ["report", "parameters", "as_of", "rows", "totals"]
    assert (answer["report"], answer["as_of"]) == ("pass-rate", "2018-12-31")
    assert answer["parameters"] == {"year": 107, "by": "run"}
    assert answer["rows"][0] == {
        "run": "107-basic-1", "roc_year": 107, "kind": "basic", "term": 1, "trained": 70, "examined": 69,
        "passed": 64, "certified": 64, "certified_rate": 91.43, "pass_rate": 92.75,
    }  # fmt: skip
    assert answer["totals"] == {
        "trained": 410, "examined": 404, "passed": 357, "certified": 357, "certified_rate": 87.07, "pass_rate": 88.37,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file_format", "magic"),
    [("ods", b"PK\x03\x04"), ("xlsx", b"PK\x03\x04"), ("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF-")],
)
def test_each_format_is_the_document_and_nothing_else(year_107, file_format, magic):
    assert written("pass-rate", "--year", "107", "--format", file_format).startswith(magic)


def test_output_goes_into_a_file_and_nothing_to_standard_output(year_107, tmp_path):
    target = tmp_path / "report.json"
    assert written("pass-rate", "--by", "year", "--output", str(target)) == b""
    assert json.loads(target.read_bytes())["rows"][0]["roc_year"] == 107
    with pytest.raises(CommandError) as refused:
        written("pass-rate", "--output", str(tmp_path / "no" / "such" / "folder"))
    assert refused.value.returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-report",),
        ("pass-rate", "--format", "doc"),
        ("pass-rate", "--year", "soon"),
        ("pass-rate", "--year", "2018"),
        ("pass-rate", "--as-of", "tomorrow"),
        ("pass-rate", "--by", "colour"),
        ("pass-rate", "--run", "107-basic-99"),
        ("pass-rate", "--no-such-option", "1"),
        (),
    ],
)
def test_bad_use_is_one_sentence_and_code_two(arguments, capsys):
    output = Output()
    with pytest.raises((CommandError, SystemExit)) as refused:
        Command(stdout=output).run_from_argv(["manage.py", "report", *arguments])
    assert refused.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert output.written == b""


def test_it_writes_bytes_to_a_real_standard_output(year_107, monkeypatch):
    output = Output()
    monkeypatch.setattr(sys, "stdout", output)
    call_command("report", "pass-rate", "--year", "107", "--format", "csv")
    assert output.written.startswith(b"\xef\xbb\xbf")
