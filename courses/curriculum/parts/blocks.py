"""Lessons of the curriculum as forms of the stream that a lesson page has."""

from collections.abc import Callable
from typing import Any, Final

from courses.curriculum import schema
from courses.curriculum.parts.html import rich
from courses.curriculum.parts.media import image_title
from courses.curriculum.registry import Form


def body_form(course: schema.Course, lesson: schema.Lesson) -> list[Form]:
    """Return the body of a lesson."""
    return [_block_form(course, block) for block in lesson.body]


def _block_form(course: schema.Course, block: schema.Block) -> Form:
    if isinstance(block, schema.ImageBlock):
        title = image_title(course.code, block.file)
        return {"type": "image", "value": {"image": title, "alt": block.alt, "caption": block.caption}}
    name, value = _FORMS[type(block)]
    return {"type": name, "value": value(block)}


def _claims(block: schema.TextBlock | schema.CalloutBlock | schema.FigureBlock) -> Form:
    return {"claims": list(block.claims)} if block.claims else {}


def _text(block: schema.TextBlock) -> Form:
    return {"heading": block.heading, "text": rich(block.text), **_claims(block)}


def _callout(block: schema.CalloutBlock) -> Form:
    return {"tone": block.tone, "title": block.title, "text": rich(block.text), **_claims(block)}


def _figure(block: schema.FigureBlock) -> Form:
    return {"text": rich(block.text), "caveat": block.caveat, "source": block.source, **_claims(block)}


def _sign(block: schema.SignBlock) -> Form:
    return {"sign": block.sign, "also": block.also, "do": block.do}


def _do_never(block: schema.DoNeverBlock) -> Form:
    return {"do": list(block.do), "never": list(block.never)}


def _two_ways(block: schema.TwoWaysBlock) -> Form:
    return {
        "work": {"title": block.work.title, "text": rich(block.work.text)},
        "boss": {"title": block.boss.title, "text": rich(block.boss.text), "services": list(block.boss.services)},
    }


def _scenario(block: schema.ScenarioBlock) -> Form:
    return {
        "code": block.code,
        "title": block.title,
        "verdict": block.verdict,
        "start": block.start,
        "nodes": [
            {
                "id": node.id,
                "text": rich(node.text),
                "choices": [
                    {"text": choice.text, "next": choice.next, "feedback": rich(choice.feedback)}
                    for choice in node.choices
                ],
            }
            for node in block.nodes
        ],
    }


def _check(block: schema.CheckBlock) -> Form:
    return {"question": block.question}


def _attestation(block: schema.AttestationBlock) -> Form:
    return {"text": block.text}


def _reflection(block: schema.ReflectionBlock) -> Form:
    return {"prompt": block.prompt}


def _help_now(block: schema.HelpNowBlock) -> Form:
    return {"title": block.title, "services": list(block.services)}


_FORMS: Final[dict[type, tuple[str, Callable[[Any], Form]]]] = {
    schema.TextBlock: ("text", _text),
    schema.CalloutBlock: ("callout", _callout),
    schema.FigureBlock: ("figure", _figure),
    schema.SignBlock: ("sign", _sign),
    schema.DoNeverBlock: ("do_never", _do_never),
    schema.TwoWaysBlock: ("two_ways", _two_ways),
    schema.ScenarioBlock: ("scenario", _scenario),
    schema.CheckBlock: ("check", _check),
    schema.AttestationBlock: ("attestation", _attestation),
    schema.ReflectionBlock: ("reflection", _reflection),
    schema.HelpNowBlock: ("help_now", _help_now),
}
