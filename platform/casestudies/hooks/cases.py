"""The import of notices, the cases, and the rules for printed reasons, in Wagtail's admin."""
