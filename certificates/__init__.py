"""Certificates: issue, revoke, verify, print. May import courses and below."""
