"""Blocks of running text."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "h3", "h4"]


def _claims() -> blocks.ListBlock:
    """Return the facts that a block relies on, by name: when one is withdrawn or past its review, the block says so."""
    return blocks.ListBlock(
        SnippetChooserBlock("courses.Claim", label=_("Claim")),
        label=_("Claims that this relies on"),
        required=False,
        default=[],
        collapsed=True,
    )


class TextBlock(blocks.StructBlock):
    """One idea under a heading; the page title is the only h1."""

    heading = blocks.CharBlock(max_length=120, required=False, label=_("Heading"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Text"))
    claims = _claims()

    class Meta:
        icon = "pilcrow"
        group = _("Text")
        label = _("Text")
        template = "cms/blocks/text.html"
        description = _("A heading and a few short paragraphs: one idea")
        preview_value = {"heading": "Before you start", "text": "<p>This lesson takes about five minutes.</p>"}


class CalloutBlock(blocks.StructBlock):
    """Something set apart: a note, an important point, a right, words to use."""

    tone = blocks.ChoiceBlock(
        choices=[
            ("note", _("Note")),
            ("important", _("Important")),
            ("rights", _("Your rights")),
            ("words", _("Words to use")),
        ],
        default="note",
        label=_("Tone"),
    )
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Text"))
    claims = _claims()

    class Meta:
        icon = "info-circle"
        group = _("Text")
        label = _("Callout")
        template = "cms/blocks/callout.html"
        description = _("A note, an important point, a right, or words to use")
        preview_value = {
            "tone": "rights",
            "title": "Your passport is yours",
            "text": "<p>Nobody may keep it from you.</p>",
        }


class FigureBlock(blocks.StructBlock):
    """A number, never without its source and its caveat."""

    text = blocks.RichTextBlock(features=["bold", "italic"], label=_("Sentence with the number"))
    caveat = blocks.CharBlock(max_length=400, label=_("What the number does not say"))
    source = SnippetChooserBlock("cms.Source", label=_("Source"))
    claims = _claims()

    class Meta:
        icon = "order"
        group = _("Text")
        label = _("Figure")
        template = "cms/blocks/figure.html"
        description = _("A statistic with its source and what it does not say")
        preview_value = {
            "text": "<p>Police recorded <strong>570</strong> incidents in 2023.</p>",
            "caveat": "Most are never reported.",
        }


class ContentNoteBlock(blocks.StructBlock):
    """What is coming, so that a reader can choose."""

    text = blocks.RichTextBlock(features=["bold", "italic"], label=_("Text"))

    class Meta:
        icon = "warning"
        group = _("Text")
        label = _("Content note")
        template = "cms/blocks/content_note.html"
        description = _("Says calmly what the next part talks about, and that one may skip it")
        preview_value = {"text": "<p>The next part talks about threats. You can skip it.</p>"}
