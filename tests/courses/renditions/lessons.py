"""A course that nobody released, with a block of every kind, as the renditions take it; no database."""

import json
from datetime import UTC, date, datetime
from typing import Any

from cms.models import SupportService
from cms.selectors import HelpDirectory, HelpLine
from courses.models import Course, Edition, EditionText
from courses.renditions.material import Material

RELEASED_AT = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)

STORY = {
    "code": "the-quiet-trainee",
    "title": "The quiet trainee",
    "verdict": "innocent",
    "start": "a",
    "nodes": [
        {
            "id": "a",
            "text": "<p>Lee started on <b>Monday</b>.</p>",
            "choices": [
                {"text": "Call a tip line.", "next": "tip", "feedback": "<p>There is a plain reason.</p>"},
                {"text": "Ask about the garden.", "next": "garden", "feedback": "<p>You give Lee room.</p>"},
                {"text": "Tell the aunt to stop.", "next": "tip", "feedback": "<p>It shames somebody.</p>"},
            ],
        },
        {"id": "garden", "text": "<p>Lee jokes with you.</p>", "choices": []},
        {"id": "tip", "text": "<p>Lee and the aunt go quiet.</p>", "choices": []},
    ],
}


def option(name: str, text: str, *, correct: bool = False, alarm: bool = False, feedback: str = "") -> dict[str, Any]:
    return {"id": name, "text": text, "correct": correct, "alarm": alarm, "feedback": feedback}


def single(key: str = "one", **changed: Any) -> dict[str, Any]:
    return {
        "key": key,
        "version": key,
        "type": "single",
        "use": "paper",
        "objective": "note",
        "difficulty": "easy",
        "critical": None,
        "innocent": False,
        "situation": "",
        "passage": "",
        "stem": f"<p>What do you write down ({key})?</p>",
        "feedback": "<p>What was seen.</p>",
        "options": [
            option("x", "What I guess", alarm=True, feedback="<p>A guess may harm.</p>"),
            option("y", "What I saw", correct=True, feedback="<p>Right.</p>"),
        ],
    } | changed


def blocks() -> list[dict[str, Any]]:
    """Return one block of each kind."""
    values = {
        "text": {
            "heading": "Why look twice",
            "text": "<p>Feelings come <b>fast</b>.</p><ol><li>First</li><li>Second</li></ol>",
        },
        "callout": {"tone": "rights", "title": "Your papers", "text": "<p>Nobody may keep them.</p>"},
        "figure": {"text": "<p>Police recorded <b>570</b>.</p>", "caveat": "Most stay hidden.", "source": "statcan"},
        "content_note": {"text": "<p>The next part speaks of threats.</p>"},
        "sign": {"sign": "One answers for all.", "also": "It may be shyness.", "do": "Note what was said."},
        "do_never": {"do": ["Call 911 in danger"], "never": ["Confront anybody"]},
        "two_ways": {
            "work": {"title": "Tell the manager", "text": "<p>In private.</p>"},
            "boss": {"title": "If your boss is part of it", "text": "<p>Call.</p>", "services": ["hotline"]},
        },
        "help_now": {"title": "Somebody to talk to", "services": ["hotline", "withdrawn-line"]},
        "scenario": STORY,
        "check": {"question": "one"},
        "reflection": {"prompt": "Whom could you talk to?"},
        "image": {"image": None, "alt": "A door with a number", "caption": "A door"},
        "audio": {"title": "Listen to this", "file": None, "transcript": "<p>Spoken words.</p>"},
        "download": {"title": "Pocket card", "file": None, "description": "One page"},
        "withdrawn": {"reason": "owner", "text": "Use the new rule.", "on": "2026-03-02"},
        "attestation": {"text": "I have read the rules."},
    }
    return [{"type": kind, "id": kind, "value": value} for kind, value in values.items()]


def snapshot(**changed: Any) -> dict[str, Any]:
    lesson = {
        "code": "look",
        "title": "Looking twice",
        "minutes": 6,
        "content_note": "<p>This lesson is about suspicion.</p>",
        "objectives": ["note"],
        "body": blocks(),
        "sources": [
            {"code": "statcan", "title": "Trafficking in persons", "publisher": "Statistics Canada", "published": "2024",
             "url": "https://example.org", "caveat": "Police data.", "verified_on": "2026-01-01"},
        ],
    }  # fmt: skip
    second = lesson | {
        "code": "act",
        "title": "What to do",
        "content_note": "",
        "body": [{"type": "text", "id": "t", "value": {"heading": "Safety first", "text": "<p>Yours as well.</p>"}}],
        "sources": [],
    }
    return {
        "schema": 1,
        "edition": 1,
        "revision": 1,
        "language": "en",
        "course": {
            "code": "hotel", "slug": "hotel-work", "title": "Safe and fair work", "full_title": "Recognising",
            "summary": "Two short lessons.", "content_note": "You can stop at any time.", "outcomes": ["notice signs"],
            "tier": "recorded", "minutes": 12, "minimum_minutes": 0, "exploitation": [], "reviews_missing": [],
            "sector": {"code": "hotels", "title": "Hotels"}, "objectives": [],
        },
        "lessons": [lesson, second],
        "quiz": {
            "code": "hotel", "title": "Final questions", "pass_percent": 80, "max_false_alarms": 1, "max_attempts": None,
            "wait_hours": 0, "blueprint": [{"n": 2, "objective": "note"}], "objectives": [], "critical_rules": [],
            "questions": [single("q1"), single("q2"), single("q3", type="true_false", answer=True)],
        },
        "practice": {"one": single("one", use="practice")},
        "services": [],
        "media": {},
    } | changed  # fmt: skip


def material(said: dict[str, Any] | None = None, *, phone: str = "1-833-900-1010", **changed: Any) -> Material:
    """Return a text as it may be shown, its help line with this number."""
    said = json.loads(json.dumps((said or snapshot()) | changed))
    course = Course(code="hotel", slug="hotel-work", tier="recorded", minutes=12)
    edition = Edition(course=course, number=1, released_at=RELEASED_AT)
    text = EditionText(edition=edition, language=said["language"], revision=1, digest="0" * 64, snapshot=said)
    line = SupportService(
        code="hotline",
        name="Confidential line",
        phone=phone,
        hours="All day",
        languages="English, French",
        what_happens="You can ask for advice.",
        verified_on=date(2026, 1, 2),
        review_by=date(2026, 12, 31),
    )
    return Material(text, said, HelpDirectory((HelpLine(line, stale=False),)))
