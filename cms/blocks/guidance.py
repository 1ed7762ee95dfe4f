"""Blocks that say what to notice and what to do."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.blocks.text import TEXT_FEATURES


class SignBlock(blocks.StructBlock):
    """A sign card: what was seen, what else it may be (equal in weight), what to do."""

    sign = blocks.TextBlock(
        label=_("Sign"),
        help_text=_("Something a person does or is made to do. Never looks, origin, clothes or kind of work."),
    )
    also = blocks.TextBlock(
        label=_("It may also be"), help_text=_("Ordinary explanations, as long as the sign itself.")
    )
    do = blocks.TextBlock(label=_("What you can do"))

    class Meta:
        icon = "view"
        group = _("Guidance")
        label = _("Sign card")
        template = "cms/blocks/sign.html"
        description = _("A sign, its ordinary explanations, and what to do")
        preview_value = {
            "sign": "One person answers every question for another.",
            "also": "It may be shyness, a shared language, or a carer helping.",
            "do": "Speak to each person as usual. Look for more than one sign.",
        }


class DoNeverBlock(blocks.StructBlock):
    """Two short lists side by side."""

    do = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Do"))
    never = blocks.ListBlock(blocks.CharBlock(max_length=200), label=_("Never"))

    class Meta:
        icon = "tasks"
        group = _("Guidance")
        label = _("Do and never")
        template = "cms/blocks/do_never.html"
        description = _("What to do, and what never to do")
        preview_value = {"do": ["Call 911 if someone is in danger now"], "never": ["Follow anybody"]}


class WayBlock(blocks.StructBlock):
    """One way to tell somebody."""

    title = blocks.CharBlock(max_length=80, label=_("Title"))
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Text"))


class OtherWayBlock(WayBlock):
    """The way that leads past the employer and the police."""

    services = blocks.ListBlock(
        SnippetChooserBlock("cms.SupportService"),
        label=_("Lines"),
        help_text=_("At least one line that is neither the employer nor the police."),
    )


class TwoWaysBlock(blocks.StructBlock):
    """Telling a manager, and what to do if the boss is part of it: equal in size."""

    work = WayBlock(label=_("At work"))
    boss = OtherWayBlock(label=_("If your boss is part of it"))

    class Meta:
        icon = "group"
        group = _("Guidance")
        label = _("Two ways to tell")
        template = "cms/blocks/two_ways.html"
        description = _("Whom to tell at work, and at equal size what to do if the boss is part of it")
        preview_value = {
            "work": {"title": "Tell the manager on duty", "text": "<p>Say what you saw.</p>"},
            "boss": {
                "title": "If your boss is part of it",
                "text": "<p>You can call without your employer knowing.</p>",
                "services": [],
            },
        }


class HelpNowBlock(blocks.StructBlock):
    """Help lines, always as they are today."""

    title = blocks.CharBlock(max_length=120, required=False, label=_("Title"))
    services = blocks.ListBlock(SnippetChooserBlock("cms.SupportService"), label=_("Lines"))

    class Meta:
        icon = "help"
        group = _("Guidance")
        label = _("Help now")
        template = "cms/blocks/help_now.html"
        description = _("Help lines from the directory; always shown as they are today")
        preview_value = {"title": "Somebody to talk to", "services": []}
