"""What `make setup` does inside the environment."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """Collect static files, migrate, lay demonstration data: what is not yet done."""

    help = __doc__ or ""
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each step that has something to do, and say so."""
        self._collect_static_files()
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self.stdout.write("• Migrating the database")
                call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            if "full" in str(error):
                raise SystemExit("✗ The disk is full: make room and start again; nothing is lost.") from error
            raise
        if settings.DEMONSTRATION_ALLOWED:
            call_command("demo_load", stdout=self.stdout)

    def _collect_static_files(self) -> None:
        """Collect static files when any of ours, or the requirements, changed since the last time."""
        if not hasattr(settings, "STATIC_ROOT") or settings.DEBUG:
            return
        digest = hashlib.sha256((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
        for path in sorted((Path(settings.BASE_DIR) / "static").rglob("*")):
            if path.is_file():
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        self.stdout.write("• Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0, clear=Path(settings.STATIC_ROOT).exists())
        stamp.write_text(digest.hexdigest())
