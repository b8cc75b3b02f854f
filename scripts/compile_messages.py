"""Compile the translation catalogues without a system gettext: what is missing or older than its source.

A process of its own, before Django starts: a running one has read its catalogues already.
"""

from __future__ import annotations

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def main() -> None:
    """Compile, and say how many."""
    compiled = 0
    for source in sorted(LOCALE.rglob("*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            compiled += 1
    if compiled:
        print(f"• Compiled {compiled} translation catalogues", flush=True)


if __name__ == "__main__":
    main()
