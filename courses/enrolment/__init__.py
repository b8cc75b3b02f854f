"""Enrolments and the waiting list: the one lock on seats; run list and run page. May import catalogue and below."""
