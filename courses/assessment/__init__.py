"""Sittings, results, their import and the pass-rate report. May import attendance and below."""
