"""The blocks of a case study."""

from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from website.blocks import SHORT_TEXT_FEATURES

from .enums import NoticeKind


class TimelineEventBlock(blocks.StructBlock):
    """Something that happened on a day, in a month or in a year: a notice, a change, the award.

    What public sources do not date stands `before` the end of the year by which it had happened.
    """

    on = blocks.DateBlock(label=_("day"))
    precision = blocks.ChoiceBlock(
        label=_("known to the"),
        choices=[
            ("day", _("day")),
            ("month", _("month")),
            ("year", _("year")),
            ("before", _("by the end of the year")),
        ],
        default="day",
    )
    kind = blocks.ChoiceBlock(
        label=_("what"), choices=[*NoticeKind.choices, ("change", _("change of the tender"))], default=NoticeKind.TENDER
    )
    label = blocks.CharBlock(label=_("in words"), max_length=80)
    amount = blocks.IntegerBlock(
        label=_("amount, NT$"), required=False, validators=[MinValueValidator(0)], help_text=_("Budget or award.")
    )

    class Meta:
        icon = "date"
        label = _("event")


class ClassQuestionBlock(blocks.StructBlock):
    """A question to discuss, with a model answer for those who teach."""

    question = blocks.TextBlock(label=_("question"), max_length=500)
    answer = blocks.RichTextBlock(label=_("model answer"), features=SHORT_TEXT_FEATURES)

    class Meta:
        icon = "help"
        label = _("question")


class SourceBlock(blocks.StructBlock):
    """Where a fact was published."""

    title = blocks.CharBlock(label=_("title"), max_length=200)
    publisher = blocks.CharBlock(label=pgettext_lazy("of a source", "published by"), max_length=80, required=False)
    on = blocks.DateBlock(label=_("day"), required=False)
    url = blocks.URLBlock(label=_("address"), required=False)

    class Meta:
        icon = "link"
        label = _("source")
