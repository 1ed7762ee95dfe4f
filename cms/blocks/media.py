"""Blocks of pictures, sound, moving pictures and files."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock


class ImageBlock(blocks.StructBlock):
    """A drawing or photograph of a thing or place; alternative text is required."""

    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        max_length=250,
        label=_("Alternative text"),
        help_text=_(
            "What the picture tells, for those who do not see it. Places and things; never a picture of a person."
        ),
    )
    caption = blocks.CharBlock(max_length=250, required=False, label=_("Caption"))

    class Meta:
        icon = "image"
        group = _("Media")
        label = _("Image")
        template = "cms/blocks/image.html"
        description = _("A picture of a place or thing, with alternative text")
        preview_value = {"alt": "A door with a room number", "caption": "A door"}


class AudioBlock(blocks.StructBlock):
    """A recording with its transcript."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    file = DocumentChooserBlock(label=_("Recording"))
    transcript = blocks.RichTextBlock(features=["bold", "italic", "ol", "ul"], label=_("Transcript"))

    class Meta:
        icon = "media"
        group = _("Media")
        label = _("Audio")
        template = "cms/blocks/audio.html"
        description = _("A recording with its transcript")
        preview_value = {"title": "Listen to this part", "transcript": "<p>Welcome.</p>"}


class VideoBlock(blocks.StructBlock):
    """A film with captions and transcript; both are required."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    file = DocumentChooserBlock(label=_("Film"))
    captions = DocumentChooserBlock(label=_("Captions"), help_text=_("A WebVTT file (.vtt)."))
    transcript = blocks.RichTextBlock(features=["bold", "italic", "ol", "ul"], label=_("Transcript"))

    class Meta:
        icon = "media"
        group = _("Media")
        label = _("Video")
        template = "cms/blocks/video.html"
        description = _("A film with captions and transcript")
        preview_value = {"title": "Watch this part", "transcript": "<p>Welcome.</p>"}

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuse captions that are not a .vtt file."""
        cleaned = super().clean(value)
        if not cleaned["captions"].filename.lower().endswith(".vtt"):
            raise blocks.StructBlockValidationError(
                block_errors={"captions": ValidationError(_("Choose a .vtt file."))}
            )
        return cleaned


class DownloadBlock(blocks.StructBlock):
    """A file to keep or print."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    file = DocumentChooserBlock(label=_("File"))
    description = blocks.CharBlock(max_length=250, required=False, label=_("Description"))

    class Meta:
        icon = "download"
        group = _("Media")
        label = _("Download")
        template = "cms/blocks/download.html"
        description = _("A file to keep or print; its size is shown")
        preview_value = {"title": "Pocket card", "description": "One page, to print"}
