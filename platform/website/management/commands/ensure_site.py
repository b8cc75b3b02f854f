"""`manage.py ensure_site`: make sure that the site's languages, home pages and site record exist."""

from typing import Any

from django.core.management.base import BaseCommand

from website.services import ensure_site


class Command(BaseCommand):
    """Lay the skeleton of the site. Running it again changes nothing."""

    help = "Make sure that the languages, the home page in each and the site record exist (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the service and name the home page."""
        home = ensure_site()
        self.stdout.write(f"{home.title}: {home.get_full_url()}")
