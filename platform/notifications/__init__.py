"""The outbox: every message is a row with a state before it is an e-mail. May import accounts and below."""
