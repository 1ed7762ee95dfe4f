"""From rows to frozen questions and quizzes (shapes: ``assessments.frozen``).

Every text of a question becomes HTML: ``stem``, ``feedback`` and the text of a scenario's parts with paragraphs,
the text of options, items, pairs and choices without (it stands inside a label). Titles, objectives and rules
are plain text.

What a question scores is decided by its row in the default language alone; a translation adds words. A translation
that lacks a part or a text of it is not one: it stays out until it is whole.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import nh3
from django.conf import settings
from django.utils.html import escape
from wagtail.models import Locale
from wagtail.rich_text import expand_db_html

from assessments.frozen import Json, with_version
from assessments.models import (
    MatchingQuestion,
    OrderingQuestion,
    Question,
    QuestionBank,
    Quiz,
    ScenarioQuestion,
    TrueFalseQuestion,
)
from assessments.papers import swap_text
from translations.selectors import words

_BLOCK_TAGS: Final = {"b", "br", "em", "h3", "h4", "i", "li", "ol", "p", "strong", "ul"}
_INLINE_TAGS: Final = {"b", "br", "em", "i", "strong"}
_BETWEEN_PARAGRAPHS: Final = re.compile(r"</p>\s*<p\b[^>]*>")
_TEXTS: Final = ("stem", "feedback", "text", "left", "right")
_PARTS: Final = ("options", "items", "pairs", "nodes", "choices")
_CREDITS: Final = {"0": 0, "0.5": 0.5, "1": 1}


def freeze_question(question: Question) -> Json:
    """Return ``question`` as plain JSON, in the language of the row it is given.

    A translation that is not whole comes out in the default language.
    """
    return freeze_questions([question])[0]


def freeze_questions(questions: Iterable[Question]) -> list[Json]:
    """Return ``questions`` as plain JSON, in their order, with few queries if their parts were prefetched.

    A translation that is not whole comes out in the default language.
    """
    rows = list(questions)
    default = Locale.get_default()
    translations = [row for row in rows if row.locale_id != default.pk]
    sources = _sources(translations, default) if translations else {}
    frozen = []
    for row in rows:
        source = sources.get(row.translation_key)
        translated = None if source is None else _translate(_freeze(source), _freeze(row))
        frozen.append(translated or _freeze(source or row))
    return frozen


def freeze_bank(bank: QuestionBank, *, locale: Locale) -> Json:
    """Return ``objectives``, ``critical_rules`` and ``questions`` of ``bank``: not retired, whole in ``locale``."""
    return _freeze_bank(bank, locale, _words(bank.code, locale))


def _freeze_bank(bank: QuestionBank, locale: Locale, said: dict[str, str]) -> Json:
    rows = list(_with_parts(Question.objects.filter(bank=bank, locale=locale, retired=False)))
    default = Locale.get_default()
    sources = _sources(rows, default) if locale != default else {}
    questions = []
    for row in rows:
        source = sources.get(row.translation_key)
        if source is None:
            questions.append(_freeze(row))
        elif not source.retired and (translated := _translate(_freeze(source), _freeze(row))):
            questions.append(translated)
    return {
        "objectives": [
            {"code": each.code, "text": said.get(f"course/objectives/{each.code}/text", each.text)}
            for each in bank.objectives.all()
        ],
        "critical_rules": [
            {
                "code": rule.code,
                "text": said.get(f"course/critical_rules/{rule.code}/text", rule.text),
                "passage": rule.passage,
            }
            for rule in bank.critical_rules.all()
        ],
        "questions": questions,
    }


def _words(code: str, locale: Locale) -> dict[str, str]:
    """Return the translated words of what has one row for all languages: objectives, rules, the title of a quiz."""
    if locale.language_code == settings.LANGUAGE_CODE:
        return {}
    return words(text=f"course:{code}", language=locale.language_code)


def freeze_quiz(quiz: Quiz, *, locale: Locale) -> Json:
    """Return ``quiz`` with the questions of its bank in ``locale``, self-contained.

    The number of queries depends on the number of question types, not on the number of questions.
    """
    said = _words(quiz.bank.code, locale)
    rows = quiz.blueprint.select_related("objective", "critical").all()
    return {
        "code": quiz.code,
        "title": said.get("course/quiz/title", quiz.title),
        "pass_percent": quiz.pass_percent,
        "max_false_alarms": quiz.max_false_alarms,
        "max_attempts": quiz.max_attempts,
        "wait_hours": quiz.wait_hours,
        "blueprint": [_freeze_row(row) for row in rows],
        **_freeze_bank(quiz.bank, locale, said),
    }


def _freeze_row(row: Any) -> Json:
    frozen: Json = {"n": row.n}
    if row.objective:
        frozen["objective"] = row.objective.code
    if row.critical:
        frozen["critical"] = row.critical.code
    if row.innocent:
        frozen["innocent"] = True
    if row.difficulty:
        frozen["difficulty"] = row.difficulty
    return frozen


def _with_parts(questions: Any) -> Any:
    questions = questions.select_related("objective", "critical").order_by("code")
    return questions.prefetch_related("options", "items", "pairs")


def _sources(translations: Iterable[Question], default: Locale) -> dict[Any, Question]:
    """Return the rows in the default language of ``translations``, by translation key."""
    keys = [row.translation_key for row in translations]
    sources = _with_parts(Question.objects.filter(locale=default, translation_key__in=keys))
    return {source.translation_key: source for source in sources}


def _translate(source: Json, local: Json) -> Json | None:
    """Return ``source`` in the words of ``local``; None where these are not whole."""
    if not _is_whole(source, local):
        return None
    paper = {"quiz": {"title": "", "objectives": [], "critical_rules": []}, "questions": [source]}
    return with_version(swap_text(paper, [local])["questions"][0])


def _is_whole(source: Json, local: Json) -> bool:
    """Whether ``local`` has a part for each part of ``source`` and a text for each text."""
    if any(source.get(name) and not local.get(name) for name in _TEXTS):
        return False
    for list_name in _PARTS:
        parts = {part["id"]: part for part in local.get(list_name) or ()}
        for part in source.get(list_name) or ():
            if part["id"] not in parts or not _is_whole(part, parts[part["id"]]):
                return False
    return True


def _freeze(question: Question) -> Json:
    kind = question.kind
    return with_version(
        {
            "key": question.code,
            "type": kind,
            "use": question.use,
            "objective": question.objective.code,
            "difficulty": question.difficulty,
            "critical": question.critical.code if question.critical else None,
            "innocent": question.innocent,
            "situation": question.situation,
            "passage": question.passage,
            "stem": _block_html(question.stem),
            "feedback": _block_html(question.feedback),
            **_FREEZERS[kind](question),
        }
    )


def _freeze_options(question: Any) -> Json:
    return {
        "options": [
            {
                "id": str(option.key),
                "text": _inline_html(option.text),
                "correct": option.correct,
                "alarm": option.alarm,
                "feedback": _block_html(option.feedback),
            }
            for option in question.options.all()
        ]
    }


def _freeze_answer(question: TrueFalseQuestion) -> Json:
    return {"answer": question.answer}


def _freeze_items(question: OrderingQuestion) -> Json:
    return {"items": [{"id": str(item.key), "text": _inline_html(item.text)} for item in question.items.all()]}


def _freeze_pairs(question: MatchingQuestion) -> Json:
    return {
        "pairs": [
            {
                "id": str(pair.key),
                "left": _inline_html(pair.left),
                "right_id": str(pair.right_key),
                "right": _inline_html(pair.right),
            }
            for pair in question.pairs.all()
        ]
    }


def _freeze_graph(question: ScenarioQuestion) -> Json:
    return {
        "start": question.start,
        "nodes": [
            {
                "id": child.value["id"],
                "text": _block_html(child.value["text"]),
                "choices": [
                    {
                        "id": choice["id"],
                        "text": str(escape(choice["text"])),
                        "next": choice["next"],
                        "credit": _CREDITS[choice["credit"]],
                        "feedback": _block_html(choice["feedback"]),
                    }
                    for choice in child.value["choices"]
                ],
            }
            for child in question.graph
        ],
    }


_FREEZERS: Final[dict[str, Callable[[Any], Json]]] = {
    "single": _freeze_options,
    "multiple": _freeze_options,
    "true_false": _freeze_answer,
    "ordering": _freeze_items,
    "matching": _freeze_pairs,
    "scenario": _freeze_graph,
    "reflection": lambda question: {},
}


def _source_html(value: Any) -> str:
    """Return the stored HTML of a rich text field (a string) or of a rich text block (a ``RichText``)."""
    return expand_db_html(str(getattr(value, "source", value) or ""))


def _block_html(value: Any) -> str:
    return nh3.clean(_source_html(value), tags=_BLOCK_TAGS, attributes={}).strip()


def _inline_html(value: Any) -> str:
    html = _BETWEEN_PARAGRAPHS.sub("<br>", _source_html(value))
    return nh3.clean(html, tags=_INLINE_TAGS, attributes={}).strip()
