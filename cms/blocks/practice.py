"""Blocks in which the reader does something."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.keys import KeyBlock
from cms.blocks.text import TEXT_FEATURES
from cms.lists import listed
from cms.validators import code_validator

MOST_PART_LETTERS: Final = 4_000
"""As long as a text that ships with the courses may be."""


class ScenarioChoiceBlock(blocks.StructBlock):
    """What the reader may choose at a point of the story."""

    text = blocks.CharBlock(max_length=300, label=_("Choice"))
    next = KeyBlock(max_length=40, label=_("Leads to part"))
    feedback = blocks.RichTextBlock(features=["bold", "italic"], required=False, label=_("Why"))


class PartTextBlock(blocks.RichTextBlock):
    """What happens at a point of a story: read out in a room, and told on one slide."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_PART_LETTERS, **kwargs)

    def deconstruct(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """Stand in migrations as the plain block: what is stored is the same."""
        return ("wagtail.blocks.RichTextBlock", *super().deconstruct()[1:])


class ScenarioNodeBlock(blocks.StructBlock):
    """A point of the story; without choices it is an ending."""

    id = KeyBlock(max_length=40, label=_("Part"))
    text = PartTextBlock(features=TEXT_FEATURES, label=_("What happens"))
    choices = blocks.ListBlock(ScenarioChoiceBlock(), min_num=0, default=[], label=_("Choices"))


class ScenarioBlock(blocks.StructBlock):
    """An invented situation with choices; practice, never scored."""

    code = KeyBlock(max_length=80, validators=[code_validator], label=_("Code"))
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    verdict = blocks.ChoiceBlock(
        choices=[
            ("concern", _("There is reason for concern")),
            ("innocent", _("Nothing to report")),
            ("rights", _("A problem of rights at work")),
        ],
        label=_("What it turns out to be"),
    )
    start = KeyBlock(max_length=40, label=_("First part"))
    nodes = blocks.ListBlock(ScenarioNodeBlock(), min_num=2, label=_("Parts"))

    class Meta:
        icon = "comment"
        group = _("Practice")
        label = _("Scenario")
        template = "cms/blocks/scenario.html"
        description = _(
            "An invented situation in which the reader decides; choices are shown in an order of their own. "
            "At least a quarter should be innocent"
        )
        preview_value = {
            "code": "a-quiet-guest",
            "title": "A quiet guest",
            "verdict": "innocent",
            "start": "a",
            "nodes": [
                {
                    "id": "a",
                    "text": "<p>A guest wants no cleaning for two days.</p>",
                    "choices": [
                        {"text": "Leave fresh towels at the door", "next": "b", "feedback": "<p>Rest is ordinary.</p>"}
                    ],
                },
                {"id": "b", "text": "<p>On the third day she thanks you.</p>", "choices": []},
            ],
        }

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuse a story with a missing first part or a choice that leads nowhere."""
        cleaned = super().clean(value)
        ids = [node["id"] for node in cleaned["nodes"]]
        targets = {choice["next"] for node in cleaned["nodes"] for choice in node["choices"]} | {cleaned["start"]}
        missing = sorted(targets - set(ids))
        unreached = sorted(set(ids) - targets)
        if missing or unreached or len(ids) != len(set(ids)):
            raise blocks.StructBlockValidationError(
                non_block_errors=[
                    ValidationError(
                        _(
                            "Every choice must lead to a part, and every part must be reached once named. Missing: %(missing)s. Not reached: %(unreached)s."
                        ),
                        params={"missing": listed(missing) or "–", "unreached": listed(unreached) or "–"},
                    )
                ]
            )
        return cleaned


class AttestationBlock(blocks.StructBlock):
    """Something the reader confirms."""

    text = blocks.CharBlock(max_length=300, label=_("I confirm that …"))

    class Meta:
        icon = "check"
        group = _("Practice")
        label = _("Attestation")
        template = "cms/blocks/attestation.html"
        description = _("A sentence that the reader confirms to finish the lesson")
        preview_value = {"text": "I have read the rules of this workplace."}


class ReflectionBlock(blocks.StructBlock):
    """A question to think about; the answer stays on the device."""

    prompt = blocks.CharBlock(max_length=300, label=_("Question"))

    class Meta:
        icon = "edit"
        group = _("Practice")
        label = _("Reflection")
        template = "cms/blocks/reflection.html"
        description = _("A question to think about; what is typed never leaves the device")
        preview_value = {"prompt": "Whom could you talk to?"}
