"""What this app adds to Wagtail's admin."""

from wagtail import hooks

from .viewsets import CertificatesGroup


@hooks.register("register_admin_viewset")
def register_certificates() -> CertificatesGroup:
    """Add completion, certificates, batches and serial words."""
    return CertificatesGroup()
