"""Every write of certificates: batches, single certificates, and those whose ground has fallen away."""

from .batches import MAX_ATTEMPTS, STALE_AFTER, request_batch, run_batch, sweep_batches
from .doubts import examine_certificates, keep_certificate
from .issuing import issue_certificate, note_collected, print_certificate, revoke_certificate

__all__ = [
    "MAX_ATTEMPTS",
    "STALE_AFTER",
    "examine_certificates",
    "issue_certificate",
    "keep_certificate",
    "note_collected",
    "print_certificate",
    "request_batch",
    "revoke_certificate",
    "run_batch",
    "sweep_batches",
]
