"""What a page has seen of words that somebody else may change meanwhile."""

from __future__ import annotations

import hashlib


def fingerprint(*texts: str) -> str:
    """Return a short sign of `texts`; line ends and outer spaces, which a browser changes, do not count."""
    plain = "\x1f".join("\n".join(text.split("\r\n")).strip() for text in texts)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
