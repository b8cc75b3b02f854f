"""Meetings of the review group and their decisions in Wagtail's admin."""
