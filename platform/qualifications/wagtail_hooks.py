"""What this app adds to Wagtail's admin: the certificates, in the menu People."""

from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .viewsets import QualificationRecordViewSet

records = QualificationRecordViewSet()


@hooks.register("register_admin_viewset")
def register_records() -> QualificationRecordViewSet:
    """Add the certificates."""
    return records


@hooks.register("register_people_menu_item")
def register_records_menu_item() -> MenuItem:
    """Show them to whom they are open."""
    return records.get_menu_item(order=50)
