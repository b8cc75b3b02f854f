"""What this app adds to Wagtail's admin: instructors, in the menu People."""

from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .viewsets import InstructorViewSet

instructors = InstructorViewSet()


@hooks.register("register_admin_viewset")
def register_instructors() -> InstructorViewSet:
    """Add the instructors."""
    return instructors


@hooks.register("register_people_menu_item")
def register_instructors_menu_item() -> MenuItem:
    """Show them to whom they are open."""
    return instructors.get_menu_item(order=40)
