"""Permission policies of the back office that several apps share."""

from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy


class KeptRecordsPolicy(ModelPermissionPolicy):
    """Records that are kept for good: nobody deletes them; they are cancelled, ended or deactivated instead."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` may do `action` to records of this model; "delete" nobody may."""
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Whether `user` may do any of `actions`."""
        return any(self.user_has_permission(user, action) for action in actions)
