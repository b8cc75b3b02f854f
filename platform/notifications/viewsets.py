"""The outbox in the back office: read, and failed messages sent again."""

from __future__ import annotations

from typing import Any

import django_filters
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from accounts.permissions import signed_in
from common.backoffice import DayColumn, PlainInspectView, ViewOnlyViewSet
from common.errors import DomainError

from .enums import MessageState
from .messages import kind_in_words
from .models import Message
from .permissions import can_read_body, can_view_outbox
from .services import retry_message


class MessageFilterSet(WagtailFilterSet):
    """Narrows the outbox."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=MessageState.choices)
    kind = django_filters.CharFilter(label=_("Kind begins with"), lookup_expr="startswith")

    class Meta:
        model = Message
        fields: list[str] = []


class MessageIndexView(generic.IndexView):
    """The outbox, newest first; the bodies stay in the database."""

    def get_base_queryset(self) -> QuerySet[Message]:
        """Leave out what the list does not show."""
        return Message.objects.defer("text", "html", "attachments")


class MessageInspectView(PlainInspectView):
    """One message. The body of one with a secret link is not shown where mail is really sent."""

    template_name = "notifications/backoffice/message.html"

    def get_kind_display_value(self) -> str | Promise:
        """Say what kind of message it is."""
        return kind_in_words(self.object.kind)

    def get_text_display_value(self) -> SafeString | str:
        """Show the text part, unless it is secret."""
        if not can_read_body(self.request.user, self.object):
            return gettext("Not shown: it carries a link that signs somebody in.")
        return format_html("<pre>{}</pre>", self.object.text)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell the template whether the message can be sent again."""
        return super().get_context_data(
            can_retry=self.object.state == MessageState.FAILED, mail_is_sent=settings.EMAIL_CONFIGURED, **kwargs
        )


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed message again."""
    if not can_view_outbox(request.user):
        raise PermissionDenied
    try:
        retry_message(message=get_object_or_404(Message, pk=pk), by=signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("The message is queued again."))
    return redirect("outbox:inspect", pk)


class MessageViewSet(ViewOnlyViewSet):
    """Every e-mail of the platform, before and after it is sent."""

    model = Message
    name = "outbox"
    icon = "mail"
    menu_label = _("Outbox")
    menu_hook = "register_system_menu_item"
    menu_order = 10
    index_view_class = MessageIndexView
    inspect_view_class = MessageInspectView
    inspect_template_name = "notifications/backoffice/message.html"
    filterset_class = MessageFilterSet
    search_fields = ["subject", "to", "kind"]
    list_per_page = 50
    inspect_view_fields = [
        "subject", "to", "kind", "state", "error", "attempts", "language", "created_at", "due_at", "sent_at", "text",
    ]  # fmt: skip
    list_display = [
        TitleColumn("subject", label=pgettext_lazy("e-mail", "Subject"), url_name="outbox:inspect"),
        Column("to", label=pgettext_lazy("e-mail", "To")),
        Column("kind", label=_("Kind"), accessor=lambda message: kind_in_words(message.kind)),
        Column("get_state_display", label=_("State")),
        DayColumn("created_at", label=_("Queued at")),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add the button that sends again."""
        return [*super().get_urlpatterns(), path("retry/<int:pk>/", retry, name="retry")]
