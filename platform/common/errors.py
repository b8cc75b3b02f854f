"""The one error that services raise when a rule of the domain forbids something."""

from django.utils.functional import Promise


class DomainError(Exception):
    """A rule of the domain forbids this; `message` says which, in words for the reader.

    `code` is stable and in English, for tests and logs.
    """

    def __init__(self, message: str | Promise, *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)
