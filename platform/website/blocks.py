"""The blocks that pages are written in. `library.blocks` adds the quotation of an article of law."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "hr", "link", "document-link"]
SHORT_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]


class TextBlock(blocks.RichTextBlock):
    """Running text; articles of law named in it become links."""

    class Meta:
        icon = "pilcrow"
        label = _("text")
        template = "blocks/text_block.html"


class KeyPointBlock(blocks.StructBlock):
    """What the reader must remember."""

    title = blocks.CharBlock(label=_("title"), max_length=120)
    text = blocks.RichTextBlock(label=_("text"), features=SHORT_TEXT_FEATURES)

    class Meta:
        icon = "pin"
        label = _("key point")
        template = "blocks/key_point_block.html"


class ImageBlock(blocks.StructBlock):
    """A picture with its alternative text and caption."""

    image = ImageChooserBlock(label=_("image"))
    alternative = blocks.CharBlock(
        label=_("alternative text"), required=False, help_text=_("What it shows; empty only for decoration.")
    )
    caption = blocks.CharBlock(label=_("caption"), required=False)

    class Meta:
        icon = "image"
        label = _("image")
        template = "blocks/image_block.html"


class DocumentBlock(blocks.StructBlock):
    """A file to download."""

    document = DocumentChooserBlock(label=_("document"))
    description = blocks.CharBlock(label=_("description"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("document")
        template = "blocks/document_block.html"


class VideoBlock(blocks.StructBlock):
    """A video with captions (WebVTT) and, for those who prefer to read, a transcript."""

    title = blocks.CharBlock(label=_("title"))
    video = DocumentChooserBlock(label=_("video file"), help_text=_("MP4 or WebM."))
    captions = DocumentChooserBlock(label=_("captions"), help_text=_("A WebVTT file (.vtt)."))
    transcript = blocks.RichTextBlock(label=_("transcript"), required=False, features=SHORT_TEXT_FEATURES)

    class Meta:
        icon = "media"
        label = _("video with captions")
        template = "blocks/video_block.html"


class TableBlock(blocks.StructBlock):
    """A table with a caption; its columns have headings."""

    caption = blocks.CharBlock(label=_("caption"))
    table = TypedTableBlock([("text", blocks.CharBlock(required=False, label=_("text")))], label=_("table"))

    class Meta:
        icon = "table"
        label = _("table")
        template = "blocks/table_block.html"


class WorkedCaseBlock(blocks.StructBlock):
    """A case: the facts, the question, the solution step by step."""

    title = blocks.CharBlock(label=_("title"))
    facts = blocks.RichTextBlock(label=_("facts"), features=SHORT_TEXT_FEATURES)
    question = blocks.RichTextBlock(label=_("question"), features=SHORT_TEXT_FEATURES)
    analysis = blocks.RichTextBlock(label=_("solution"), features=SHORT_TEXT_FEATURES)

    class Meta:
        icon = "clipboard-list"
        label = _("worked case")
        template = "blocks/worked_case_block.html"


class SelfCheckBlock(blocks.StructBlock):
    """A question to oneself; the answer opens on demand."""

    question = blocks.CharBlock(label=_("question"), max_length=400)
    answer = blocks.RichTextBlock(label=_("answer"), features=SHORT_TEXT_FEATURES)

    class Meta:
        icon = "help"
        label = _("self-check question")
        template = "blocks/self_check_block.html"


class BodyBlock(blocks.StreamBlock):
    """The body of an ordinary page."""

    text = TextBlock(features=RICH_TEXT_FEATURES)
    key_point = KeyPointBlock()
    image = ImageBlock()
    document = DocumentBlock()
    video = VideoBlock()
    table = TableBlock()
