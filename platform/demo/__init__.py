"""Demonstration data and the commands that lay it. With config the only place that knows every app."""
