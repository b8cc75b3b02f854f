"""Screens under /cms/."""
