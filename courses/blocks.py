"""The bodies of courses and lessons."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.blocks import (
    AttestationBlock,
    AudioBlock,
    CalloutBlock,
    ContentNoteBlock,
    DoNeverBlock,
    DownloadBlock,
    FigureBlock,
    HelpNowBlock,
    ImageBlock,
    ReflectionBlock,
    ScenarioBlock,
    SignBlock,
    TextBlock,
    TwoWaysBlock,
    VideoBlock,
)


class CheckBlock(blocks.StructBlock):
    """One question of the bank, for practice: answered on the spot, never counted."""

    question = SnippetChooserBlock("assessments.Question", label=_("Question"))

    class Meta:
        icon = "help"
        group = _("Practice")
        label = _("Knowledge check")
        template = "courses/blocks/check.html"
        preview_template = "courses/blocks/check_preview.html"
        description = _("A question of the bank, for practice; nothing is kept")
        preview_value = {"question": None}


class LessonBody(blocks.StreamBlock):
    """What a lesson may hold."""

    text = TextBlock()
    callout = CalloutBlock()
    figure = FigureBlock()
    content_note = ContentNoteBlock()
    sign = SignBlock()
    do_never = DoNeverBlock()
    two_ways = TwoWaysBlock()
    help_now = HelpNowBlock()
    scenario = ScenarioBlock()
    check = CheckBlock()
    attestation = AttestationBlock()
    reflection = ReflectionBlock()
    image = ImageBlock()
    audio = AudioBlock()
    video = VideoBlock()
    download = DownloadBlock()


class OverlayBody(blocks.StreamBlock):
    """What a local part may hold: nothing that a learner answers or confirms."""

    text = TextBlock()
    callout = CalloutBlock()
    do_never = DoNeverBlock()
    help_now = HelpNowBlock()
    image = ImageBlock()
    audio = AudioBlock()
    video = VideoBlock()
    download = DownloadBlock()


class OutcomesBody(blocks.StreamBlock):
    """What a learner can do afterwards, a line each."""

    outcome = blocks.CharBlock(max_length=200, icon="tick", label=_("Outcome"))
