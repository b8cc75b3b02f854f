"""Listing, taxonomy and diagnoses in Wagtail's admin."""
