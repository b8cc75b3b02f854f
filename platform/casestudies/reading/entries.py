"""A row of a file on its way in: enough to tell whether it is known, and the rest only where that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from .notices import ReadNotice


class Entry(Protocol):
    """One notice of a file: which case it belongs to, what it is known by, and how it is read in full.

    `row` is its number as a person counts (in JSON: the n-th record). `key` is empty where the source has no name for
    the notice; `label` is what a person knows it by.
    """

    @property
    def row(self) -> int:
        """Its number in the file, from 1."""

    @property
    def unit_id(self) -> str:
        """The unit (機關代碼), or nothing."""

    @property
    def agency_name(self) -> str:
        """The agency as printed."""

    @property
    def number(self) -> str:
        """The number of its case."""

    @property
    def key(self) -> str:
        """The name that its publisher gave it, or nothing."""

    @property
    def digest(self) -> str:
        """The fingerprint of what it says."""

    @property
    def label(self) -> str:
        """What a person knows it by."""

    def read(self) -> ReadNotice:
        """Return all that it says. Raises RefusedNotice."""


@dataclass(frozen=True)
class NoticeEntry:
    """A notice that has been read already."""

    row: int
    notice: ReadNotice

    @property
    def unit_id(self) -> str:
        """The unit (機關代碼), or nothing."""
        return self.notice.unit_id

    @property
    def agency_name(self) -> str:
        """The agency as printed."""
        return self.notice.agency_name

    @property
    def number(self) -> str:
        """The number of its case."""
        return self.notice.number

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.notice.key

    @property
    def label(self) -> str:
        """What a person knows it by."""
        return self.notice.label

    @cached_property
    def digest(self) -> str:
        """The fingerprint of what it says."""
        return self.notice.digest

    def read(self) -> ReadNotice:
        """Return the notice."""
        return self.notice
