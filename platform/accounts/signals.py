"""What happens to people, in the past tense; sent on commit by the services."""

from django.dispatch import Signal

agency_declared = Signal()
"""`person` named an agency of their own accord; its contact or an administrator has to confirm it."""

membership_confirmed = Signal()
"""The agency of `person` was confirmed."""

membership_refused = Signal()
"""The agency that `person` had named said that they do not work there."""

account_created = Signal()
"""An administrator made `user` an account; they have no password yet."""
