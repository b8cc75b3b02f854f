"""Who may have a file: whoever may see a page that uses it, the editors who work with it, who uploaded it."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Collection, Page, ReferenceIndex

from .models import SiteDocument, SiteImage
from .permissions import can_open_back_office
from .selectors import viewable_pages

_EDITORS_PERMISSIONS = ["choose", "add", "change", "delete"]


def can_view_document(user: Any, document: SiteDocument) -> bool:
    """Whether `user` may download `document`."""
    return _can_view(user, document, document_policy)


def can_view_image(user: Any, image: SiteImage) -> bool:
    """Whether `user` may see `image` in any size."""
    return _can_view(user, image, image_policy)


def _can_view(user: Any, file: SiteDocument | SiteImage, policy: Any) -> bool:
    if user.is_authenticated and file.uploaded_by_user_id == user.pk:
        return True
    if can_open_back_office(user) and policy.user_has_any_permission_for_instance(user, _EDITORS_PERMISSIONS, file):
        return True
    return _collection_is_open_to(user, file.collection) and _is_on_a_viewable_page(user, file)


def _collection_is_open_to(user: Any, collection: Collection) -> bool:
    """Whether the privacy that an editor gave a collection lets `user` in; a shared password never does."""
    for restriction in collection.get_view_restrictions():
        if restriction.restriction_type == restriction.PASSWORD or not user.is_authenticated:
            return False
        if restriction.restriction_type == restriction.GROUPS and not user.is_superuser:
            allowed = {group.pk for group in restriction.groups.all()}
            if not allowed & {group.pk for group in user.groups.all()}:
                return False
    return True


def _is_on_a_viewable_page(user: Any, file: SiteDocument | SiteImage) -> bool:
    references = ReferenceIndex.get_references_to(file).filter(
        base_content_type=ContentType.objects.get_for_model(Page)
    )
    ids = {int(object_id) for object_id in references.values_list("object_id", flat=True)}
    live = list(Page.objects.live().public().filter(pk__in=ids).values_list("pk", flat=True))
    return bool(viewable_pages(live, user))
