"""Where Django learns of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    """Configuration of the app."""

    name = "courses.assessment"
    label = "assessment"
    verbose_name = _("Assessment")

    def ready(self) -> None:
        """Say what rests on a national certificate."""
        from qualifications.claims import claim

        from .selectors import contradiction_of_certification

        claim(contradiction_of_certification)
