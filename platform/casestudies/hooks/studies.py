"""Case studies in Wagtail's admin."""
