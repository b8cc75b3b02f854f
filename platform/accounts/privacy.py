"""The privacy notice that a sign-up accepts; its text is `templates/accounts/privacy_notice.html`."""

PRIVACY_VERSION = "2026-11"
"""Change it with every change of the text's meaning: each account records which version it accepted."""
