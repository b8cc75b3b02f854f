#!/usr/bin/env python
"""Django's command line; `platform/` is appended to the path, never put first."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run one management command with the development settings unless told otherwise."""
    source_root = str(Path(__file__).resolve().parent / "platform")
    if source_root not in sys.path:
        sys.path.append(source_root)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit("Django is not installed here. Run `make setup` first, then use .venv/bin/python.") from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
