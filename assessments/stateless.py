"""Quizzes of open courses: the browser holds a signed token, the server keeps nothing and logs nothing.

A token carries a seed, a form and a digest of what decides the drawing and the grade, but no key and no answer:
the same paper is drawn anew from the quiz each time. Texts are not part of the digest, so that a reader may
switch the language, or a typo be mended, in the middle of a paper.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final

from django.core import signing

from assessments.frozen import Json, canonical_json
from assessments.grading import Result, grade_paper
from assessments.papers import draw_paper
from assessments.refusals import BadToken, TokenFault
from assessments.responses import FormData, read_response

MAX_AGE_SECONDS: Final = 24 * 60 * 60
# A paper is drawn by way of the earlier ones, so their number is kept small.
MAX_FORM: Final = 12

_SALT: Final = "assessments.stateless"
_NOT_DECIDING: Final = frozenset({"title", "text", "stem", "feedback", "left", "right", "version"})


def make_token(quiz: Json, *, after: str | None = None) -> str:
    """Return the token of a first paper of ``quiz``; with ``after``, of another paper than that token's.

    Raises:
        BadToken: ``after`` is not a token of this quiz.
    """
    seed, form = secrets.token_urlsafe(12), 1
    if after is not None:
        earlier_seed, earlier_form = _read(quiz, after)
        if earlier_form < MAX_FORM:
            seed, form = earlier_seed, earlier_form + 1
    return signing.dumps({"s": seed, "f": form, "q": _digest(quiz)}, salt=_SALT)


def paper_from_token(quiz: Json, token: str) -> Json:
    """Return the paper that ``token`` stands for, the same each time.

    Raises:
        BadToken: it is malformed, older than 24 hours, or made for another quiz or another edition of it.
        BlueprintNotDrawable: the bank is too small for the blueprint.
    """
    seed, form = _read(quiz, token)
    seen: set[str] = set()
    for earlier in range(1, form):
        seen.update(_keys(draw_paper(quiz, seed=seed, form=earlier, exclude=seen)))
    return draw_paper(quiz, seed=seed, form=form, exclude=seen)


def grade_post(quiz: Json, token: str, data: FormData) -> Result:
    """Return the result of the token's paper for a posted form (names of fields: ``assessments.responses``).

    Raises:
        BadToken: see ``paper_from_token``.
    """
    paper = paper_from_token(quiz, token)
    return grade_paper(paper, {question["key"]: read_response(question, data) for question in paper["questions"]})


def grade_token(quiz: Json, token: str, responses: Mapping[str, Any]) -> Result:
    """Return the result of the token's paper for ``responses`` by question key.

    Raises:
        BadToken: see ``paper_from_token``.
    """
    return grade_paper(paper_from_token(quiz, token), responses)


def _keys(paper: Json) -> set[str]:
    return {question["key"] for question in paper["questions"]}


def _read(quiz: Json, token: str) -> tuple[str, int]:
    try:
        content = signing.loads(token, salt=_SALT, max_age=MAX_AGE_SECONDS)
    except signing.SignatureExpired as error:
        raise BadToken(TokenFault.EXPIRED) from error
    except signing.BadSignature as error:
        raise BadToken(TokenFault.MALFORMED) from error
    if content["q"] != _digest(quiz):
        raise BadToken(TokenFault.OTHER_QUIZ)
    return content["s"], content["f"]


def _digest(quiz: Json) -> str:
    return hashlib.sha256(canonical_json(_deciding(quiz)).encode()).hexdigest()[:16]


def _deciding(value: Any) -> Any:
    """Return ``value`` without texts."""
    if isinstance(value, dict):
        return {name: _deciding(part) for name, part in value.items() if name not in _NOT_DECIDING}
    if isinstance(value, list):
        return [_deciding(part) for part in value]
    return value
