"""Wagtail's app of users with our screens; a module of its own, since a module of apps may hold but one of ours."""

from wagtail.users.apps import WagtailUsersAppConfig


class BackOfficeUsersConfig(WagtailUsersAppConfig):
    """Wagtail's users, with our list of accounts and roles in the place of its own."""

    user_viewset = "accounts.viewsets.AccountViewSet"
