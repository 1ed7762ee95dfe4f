"""Frozen questions and quizzes for tests: plain, small, no surprises."""

from typing import Any

from assessments.frozen import Json, with_version


def question(key: str, kind: str = "single", **changes: Any) -> Json:
    """Return a frozen question; ids begin with the key, the right option ends in ``-right``."""
    content: Json = {
        "key": key,
        "type": kind,
        "use": "paper",
        "objective": "note",
        "difficulty": "easy",
        "critical": None,
        "innocent": False,
        "situation": "",
        "passage": "signs",
        "stem": f"<p>{key}?</p>",
        "feedback": f"<p>Why {key}.</p>",
    }
    match kind:
        case "single":
            content["options"] = [option(key, "right", correct=True), option(key, "b"), option(key, "c")]
        case "multiple":
            content["options"] = [
                option(key, "right", correct=True),
                option(key, "right2", correct=True),
                option(key, "c"),
                option(key, "d"),
            ]
        case "true_false":
            content["answer"] = False
        case "ordering":
            content["items"] = [{"id": f"{key}-{n}", "text": f"<p>{key} {n}</p>"} for n in ("1", "2", "3")]
        case "matching":
            content["pairs"] = [
                {"id": f"{key}-l{n}", "left": f"{key} left {n}", "right_id": f"{key}-r{n}", "right": f"{key} right {n}"}
                for n in ("1", "2", "3", "4")
            ]
        case "scenario":
            content["start"] = "a"
            content["nodes"] = [
                node("a", choice(key, "a1", "b", 1), choice(key, "a2", "c", 0.5), choice(key, "a3", "d", 0)),
                node("b", choice(key, "b1", "d", 1), choice(key, "b2", "d", 0)),
                node("c"),
                node("d"),
            ]
    return with_version({**content, **changes})


def option(key: str, name: str, *, correct: bool = False, alarm: bool = False) -> Json:
    return {
        "id": f"{key}-{name}",
        "text": f"<p>{key} {name}</p>",
        "correct": correct,
        "alarm": alarm,
        "feedback": f"<p>Why {name}.</p>",
    }


def node(name: str, *choices: Json) -> Json:
    return {"id": name, "text": f"<p>Node {name}</p>", "choices": list(choices)}


def choice(key: str, name: str, leads_to: str, credit: float) -> Json:
    return {
        "id": f"{key}-{name}",
        "text": f"<p>Choice {name}</p>",
        "next": leads_to,
        "credit": credit,
        "feedback": f"<p>Why {name}.</p>",
    }


def innocent(key: str, **changes: Any) -> Json:
    """Return an innocent question whose option ``-alarm`` reports somebody."""
    options = [option(key, "right", correct=True), option(key, "alarm", alarm=True), option(key, "c")]
    return question(key, innocent=True, options=options, **changes)


def quiz(questions: list[Json], blueprint: list[Json], **changes: Any) -> Json:
    return {
        "code": "sample",
        "title": "Check what you learnt",
        "pass_percent": 80,
        "max_false_alarms": 1,
        "max_attempts": None,
        "wait_hours": 0,
        "blueprint": blueprint,
        "objectives": [{"code": "note", "text": "Note facts"}, {"code": "act", "text": "Act in order"}],
        "critical_rules": [{"code": "emergency-first", "text": "Danger now: 911", "passage": "what-to-do"}],
        "questions": questions,
        **changes,
    }


def sound_quiz() -> Json:
    """Return a quiz of 8 drawn questions whose blueprint has no fault."""
    return quiz(
        [
            *(question(f"crit-{n}", critical="emergency-first", situation=f"s{n}") for n in range(2)),
            *(question(f"note-easy-{n}") for n in range(4)),
            *(question(f"note-hard-{n}", difficulty="hard") for n in range(2)),
            *(question(f"act-{n}", objective="act") for n in range(2)),
            *(question(f"act-{kind}", kind, objective="act") for kind in ("multiple", "true_false", "scenario")),
            *(question(f"prac-{kind}", kind, use="practice") for kind in ("ordering", "matching", "reflection")),
            *(innocent(f"inno-{n}") for n in range(4)),
        ],
        [
            {"n": 1, "critical": "emergency-first"},
            {"n": 2, "objective": "note"},
            {"n": 1, "objective": "note", "difficulty": "hard"},
            {"n": 2, "objective": "act"},
            {"n": 2, "innocent": True},
        ],
    )
