"""Blocks that speak of law."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from website.blocks import SHORT_TEXT_FEATURES, BodyBlock, SelfCheckBlock, WorkedCaseBlock


class LawQuotationBlock(blocks.StructBlock):
    """An article of law, quoted as it stands today, with a word on why it matters."""

    article = SnippetChooserBlock("library.Article", label=_("article"))
    comment = blocks.RichTextBlock(label=_("comment"), required=False, features=SHORT_TEXT_FEATURES)

    class Meta:
        icon = "openquote"
        label = _("quotation of an article")
        template = "blocks/law_quotation_block.html"


class TeachingBlock(BodyBlock):
    """The body of a page that teaches: everything of an ordinary page, and law, cases, self-checks."""

    law_quotation = LawQuotationBlock()
    worked_case = WorkedCaseBlock()
    self_check = SelfCheckBlock()
