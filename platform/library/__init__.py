"""Statutory subjects, laws and their articles with versions, citations. May import website and below."""
