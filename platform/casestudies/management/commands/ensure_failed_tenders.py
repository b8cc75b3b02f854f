"""`manage.py ensure_failed_tenders`: lay what the work on failed tenders begins with in a real installation."""

from typing import Any

from django.core.management.base import BaseCommand

from casestudies.services.listing import ensure_listing_rules
from casestudies.services.places import ensure_case_studies
from casestudies.services.rules import ensure_failure_rules
from casestudies.services.taxonomy import ensure_taxonomy


class Command(BaseCommand):
    """Lay what is missing. Running it again changes nothing, and what was edited stays."""

    help = (
        "Lay the rules for printed reasons, the first edition of causes and measures, the rule for listing and the "
        "list of case studies where they are missing (idempotent)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay them, and say what is there."""
        reasons, edition, listing = ensure_failure_rules(), ensure_taxonomy(), ensure_listing_rules()
        studies = ensure_case_studies()
        self.stdout.write(
            f"{len(reasons)} rules for printed reasons, {edition}, {len(listing)} rules for listing, "
            f"{studies.url or studies.slug}"
        )
