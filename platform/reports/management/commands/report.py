"""`manage.py report KEY …`: a report as a document, on standard output or in a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django import forms
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports import registry
from reports.documents import FORMATS, render

BAD_USE = 2


class Command(BaseCommand):
    """Write a report. Only the document goes to standard output; what is wrong is one sentence on standard error."""

    help = "Write a report as a document: manage.py report pass-rate --year 107 --format json"
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Return a parser that answers a wrong option with one sentence, not with the whole usage."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        called_from_command_line = getattr(parser, "called_from_command_line", False)

        def refuse(message: str) -> NoReturn:
            if not called_from_command_line:
                raise CommandError(message, returncode=BAD_USE)
            self.stderr.write(f"{message[:1].upper()}{message[1:]}. See manage.py report --help.")
            sys.exit(BAD_USE)

        parser.error = refuse  # type: ignore[method-assign]  # argparse offers no other way
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options: those of every report, from the fields of its form."""
        keys = ", ".join(report.key for report in registry.all_reports())
        parser.add_argument("key", metavar="KEY", help=f"which report: {keys}")
        parser.add_argument("--format", choices=list(FORMATS), default="json", dest="document_format")
        parser.add_argument("--output", metavar="FILE", help="write into this file instead of standard output")
        fields: dict[str, list[forms.Field]] = {}
        for report in registry.all_reports():
            for name, field in report.form.base_fields.items():
                fields.setdefault(name, []).append(field)
        for name, same in fields.items():
            parser.add_argument(_option(name), dest=name, metavar=name.upper(), help=_help(same))

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute the report and write it whole, or nothing."""
        report = registry.get(options["key"])
        if report is None:
            keys = ", ".join(report.key for report in registry.all_reports())
            raise CommandError(
                _("There is no report “%(key)s”; there are: %(keys)s.") % {"key": options["key"], "keys": keys},
                returncode=BAD_USE,
            )
        form = report.form(self._parameters(report, options))
        if not form.is_valid():
            raise CommandError(_wrong(form), returncode=BAD_USE)
        document = b"".join(render(report, report.compute(form.cleaned_data), options["document_format"]))
        if options["output"]:
            try:
                Path(options["output"]).write_bytes(document)
            except OSError as error:
                raise CommandError(
                    _("Cannot write %(file)s: %(reason)s.") % {"file": options["output"], "reason": error.strerror},
                    returncode=1,
                ) from error
        else:
            self._write(document)

    def _parameters(self, report: registry.Report, options: dict[str, Any]) -> dict[str, Any]:
        """Return the options that this report knows; one that it does not know is an error."""
        known = set(report.form.base_fields)
        every = {name for other in registry.all_reports() for name in other.form.base_fields}
        for name in sorted(every - known):
            if options.get(name) is not None:
                raise CommandError(
                    _("The report “%(key)s” has no option %(option)s.") % {"key": report.key, "option": _option(name)},
                    returncode=BAD_USE,
                )
        return {name: options[name] for name in known if options.get(name) is not None}

    def _write(self, document: bytes) -> None:
        """Write bytes to standard output, whatever stands behind it."""
        stream = getattr(self.stdout, "_out", sys.stdout)
        if hasattr(stream, "buffer"):
            stream.buffer.write(document)
            stream.buffer.flush()
        else:  # a text stream of a caller in the same process
            stream.write(document.decode("utf-8", "replace"))


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _help(fields: list[forms.Field]) -> str:
    """Say what an option expects; several reports may share its name."""
    words = [word for field in fields for word in (str(field.label or ""), str(field.help_text or ""))]
    choices = [
        str(value)
        for field in fields
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
        for value, _label in field.widget.choices
        if value
    ]
    words.append("/".join(dict.fromkeys(choices)))
    return " ".join(dict.fromkeys(filter(None, words))).replace("%", "%%")


def _wrong(form: forms.Form) -> str:
    """Return every error of the form in one sentence, by option."""
    return "; ".join(
        f"{_option(name)}: {' '.join(str(error) for error in errors)}" for name, errors in form.errors.items()
    )
