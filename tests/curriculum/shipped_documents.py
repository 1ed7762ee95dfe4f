"""The shipped courses as documents of the harm check, in every language that they come in."""

import dataclasses
from collections.abc import Iterator

from courses.curriculum import schema
from courses.curriculum.markdown import render_markdown
from courses.curriculum.wording import course_in
from courses.harm import Document
from courses.harm.frozen import document_of
from courses.snapshot import Json
from tests.curriculum.shipped import shipped_curriculum


def documents() -> Iterator[tuple[str, Document]]:
    """Return (code, document) of every course in its own language and in each whole enough translation."""
    for course in shipped_curriculum().courses:
        yield course.code, document_of(snapshot(course))
        for catalogue in course.catalogues:
            other = course_in(course, catalogue.language, {key: each.target for key, each in catalogue.entries.items()})
            if other is not None:
                document = document_of(snapshot(other))
                # What is not whole yet is not released either; its words count all the same.
                yield course.code, document if other.complete else dataclasses.replace(document, lessons=None)


def snapshot(course: schema.Course) -> Json:
    """Return as much of the course's snapshot as the check reads."""
    return {
        "language": course.language,
        "course": {
            "title": course.title,
            "full_title": course.full_title,
            "summary": course.summary,
            "content_note": course.content_note,
            "outcomes": course.outcomes,
            "objectives": [{"text": each.text} for each in course.objectives],
            "exploitation": course.exploitation,
        },
        "lessons": [
            {
                "code": lesson.code,
                "title": lesson.title,
                "content_note": lesson.content_note,
                "sources": [{"code": code, "published": "", "verified_on": "2026-11-22"} for code in lesson.sources],
                "body": [_block(block) for block in lesson.body],
            }
            for lesson in course.lessons
        ],
        "practice": {},
        "quiz": {"questions": [_question(each) for each in course.questions]},
    }


def _block(block: schema.Block) -> Json:
    html = render_markdown
    match block:
        case schema.TextBlock():
            kind, value = "text", {"heading": block.heading, "text": html(block.text)}
        case schema.CalloutBlock():
            kind, value = "callout", {"tone": block.tone, "title": block.title, "text": html(block.text)}
        case schema.FigureBlock():
            kind, value = "figure", {"text": html(block.text), "caveat": block.caveat, "source": block.source}
        case schema.SignBlock():
            kind, value = "sign", {"sign": block.sign, "also": block.also, "do": block.do}
        case schema.DoNeverBlock():
            kind, value = "do_never", {"do": list(block.do), "never": list(block.never)}
        case schema.TwoWaysBlock():
            kind = "two_ways"
            value = {
                "work": {"title": block.work.title, "text": html(block.work.text)},
                "boss": {"title": block.boss.title, "text": html(block.boss.text), "services": block.boss.services},
            }
        case schema.ScenarioBlock():
            kind, value = "scenario", {"title": block.title, "verdict": block.verdict, "nodes": _nodes(block.nodes)}
        case schema.CheckBlock():
            kind, value = "check", {"question": block.question}
        case schema.AttestationBlock():
            kind, value = "attestation", {"text": block.text}
        case schema.ReflectionBlock():
            kind, value = "reflection", {"prompt": block.prompt}
        case schema.HelpNowBlock():
            kind, value = "help_now", {"title": block.title, "services": block.services}
        case schema.ImageBlock():
            kind, value = "image", {"alt": block.alt, "caption": block.caption}
    return {"type": kind, "id": "", "value": value}


def _nodes(nodes: tuple[schema.Node, ...]) -> list[Json]:
    return [
        {
            "text": render_markdown(node.text),
            "choices": [{"text": each.text, "feedback": render_markdown(each.feedback)} for each in node.choices],
        }
        for node in nodes
    ]


def _question(question: schema.Question) -> Json:
    return {
        "key": question.code,
        "type": question.type,
        "answer": question.answer,
        "stem": render_markdown(question.stem),
        "feedback": render_markdown(question.feedback),
        "options": [
            {"text": render_markdown(each.text), "correct": each.correct, "feedback": render_markdown(each.feedback)}
            for each in question.options
        ],
        "items": [{"text": render_markdown(each)} for each in question.items],
        "pairs": [
            {"left": render_markdown(each.left), "right": render_markdown(each.right)} for each in question.pairs
        ],
        "nodes": _nodes(question.nodes),
    }
