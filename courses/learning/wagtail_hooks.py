"""Teaching content in Wagtail's admin: instructors keep to the courses they teach."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page
from wagtail.query import PageQuerySet

from courses.catalogue.models import CoursePage

from .models import LectureIndexPage, LecturePage
from .permissions import (
    can_add_teaching_page,
    can_change_teaching_page,
    courses_taught_by,
    is_bound_to_own_courses,
    is_seed_teacher,
)
from .viewsets import MaterialViewSet


@hooks.register("register_admin_viewset")
def register_materials() -> MaterialViewSet:
    """Add the list of materials."""
    return MaterialViewSet()


@hooks.register("before_create_page")
def refuse_foreign_places(request: HttpRequest, parent: Page, page_class: type[Page]) -> None:
    """Let an instructor write only under the courses they teach, or lectures as a seed teacher."""
    if not can_add_teaching_page(request.user, parent, page_class):
        raise PermissionDenied


@hooks.register("after_create_page")
def name_the_lecturer(request: HttpRequest, page: Page) -> None:
    """Put the seed teacher's name on a lecture that names nobody."""
    instructor = getattr(getattr(request.user, "person", None), "instructor", None)
    if isinstance(page, LecturePage) and page.lecturer_id is None and instructor and is_seed_teacher(request.user):
        page.lecturer = instructor
        page.save(update_fields=["lecturer"])
        page.save_revision(user=request.user)


@hooks.register("before_edit_page")
@hooks.register("before_delete_page")
def refuse_foreign_pages(request: HttpRequest, page: Page) -> None:
    """Let an instructor edit and delete only what is their own and still in their course."""
    if not can_change_teaching_page(request.user, page):
        raise PermissionDenied


@hooks.register("before_move_page")
def refuse_moving(request: HttpRequest, page: Page, destination: Page) -> None:
    """Let an instructor move their own page only to where they could have written it."""
    if not can_change_teaching_page(request.user, page) or not can_add_teaching_page(
        request.user, destination, page.specific_class or Page
    ):
        raise PermissionDenied


@hooks.register("before_copy_page")
def refuse_copying(request: HttpRequest, page: Page) -> None:
    """Let an instructor copy only their own page, and only to where they could have written it."""
    if not is_bound_to_own_courses(request.user):
        return
    destination = Page.objects.filter(pk=request.POST.get("new_parent_page") or page.get_parent().pk).first()
    if (
        destination is None
        or not can_change_teaching_page(request.user, page)
        or not can_add_teaching_page(request.user, destination, page.specific_class or Page)
    ):
        raise PermissionDenied


@hooks.register("before_bulk_action")
def refuse_bulk_actions(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Let an instructor do to many pages only what they may do to each."""
    pages = [item for item in objects if isinstance(item, Page)]
    if not all(can_change_teaching_page(request.user, page) for page in pages):
        raise PermissionDenied


@hooks.register("construct_explorer_page_queryset")
def show_own_branches(parent: Page, pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Hide from an instructor the courses they do not teach, and lectures from who is no seed teacher."""
    if not is_bound_to_own_courses(request.user):
        return pages
    hidden = list(CoursePage.objects.exclude(course__in=courses_taught_by(request.user)))
    if not is_seed_teacher(request.user):
        hidden += list(LectureIndexPage.objects.all())
    for branch in hidden:
        pages = pages.not_descendant_of(branch, inclusive=True)
    return pages
