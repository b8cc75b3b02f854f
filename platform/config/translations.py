"""Compile translation catalogues without a system gettext."""

from pathlib import Path

import polib


def compile_catalogues(folder: Path) -> int:
    """Compile every .po below `folder` whose .mo is missing or older; return how many were compiled."""
    compiled = 0
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            compiled += 1
    return compiled
