"""Person, User, Agency, roles and sign-in. May import common."""
