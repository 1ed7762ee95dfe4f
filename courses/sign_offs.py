"""What reviewers' words mean for a text: may it be released, may it be assigned anew. Plain Python.

A reviewer says ``yes``, ``no``, ``declined`` (I do not review this) or, after a yes, ``withdrawn`` (I take it back).
Of one reviewer in one role the newest word counts. Nobody else can turn a no or a withdrawal into a yes.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """As whom somebody reads."""

    SUBJECT = "subject"
    LEGAL = "legal"
    NATIVE = "native"
    SURVIVOR = "survivor"
    NATION = "nation"
    SECTOR = "sector"


class Verdict(StrEnum):
    """What a reviewer says to a text."""

    YES = "yes"
    NO = "no"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Said:
    """The newest word of one reviewer in one role: ``content`` is the digest of the text that it was said to."""

    language: str
    kind: str
    known_as: str
    verdict: str
    content: str
    asked: int = 0
    """The key of the request."""
    paid_elsewhere: bool = False
    nation: str = ""
    """The name of the Nation for which they sign; empty: for none."""


class Hindrance(StrEnum):
    """Why a text may not be released."""

    SAID_NO = "said_no"
    TAKEN_BACK = "taken_back"
    NOT_SIGNED = "not_signed"
    UNPAID = "unpaid"


@dataclass(frozen=True, slots=True)
class Hindered:
    """One reason against a text: of which ``kind`` of review, and by whom (empty: nobody has signed yet)."""

    why: Hindrance
    kind: str
    known_as: str = ""


_STANDS: Final = {Verdict.NO: Hindrance.SAID_NO, Verdict.WITHDRAWN: Hindrance.TAKEN_BACK}


def against_release(
    said: Iterable[Said],
    *,
    language: str,
    content: str,
    required: Collection[str],
    paid: Collection[int],
    nations: Collection[str] = (),
) -> tuple[Hindered, ...]:
    """Return everything that keeps the text ``content`` in ``language`` from being released; empty: it may be.

    A no and a withdrawal hold whatever the text became since; only who said it ends it, by a yes. A kind of review
    that is ``required`` needs a yes to exactly this text, a Nation's by somebody who signs for one, and so does each of
    the ``nations`` that own something in it, by somebody who signs for that Nation.
    """
    here = [each for each in said if each.language == language]
    found = [
        Hindered(_STANDS[Verdict(each.verdict)], each.kind, each.known_as) for each in here if each.verdict in _STANDS
    ]
    relied_on = [each for each in here if each.verdict == Verdict.YES and each.content == content]
    signed = {each.kind for each in relied_on if each.kind != Kind.NATION or each.nation}
    found += [Hindered(Hindrance.NOT_SIGNED, kind) for kind in required if kind not in signed]
    agreed = {each.nation for each in relied_on if each.kind == Kind.NATION}
    found += [Hindered(Hindrance.NOT_SIGNED, Kind.NATION, name) for name in nations if name not in agreed]
    found += [
        Hindered(Hindrance.UNPAID, each.kind, each.known_as)
        for each in relied_on
        if each.asked not in paid and not each.paid_elsewhere
    ]
    return tuple(found)


def against_assignment(said: Iterable[Said], *, released: Collection[tuple[str, str]]) -> tuple[Said, ...]:
    """Return the words that take a course out of new assignment.

    ``released``: language and digest of each text that who starts now is served. A withdrawal takes the course out
    until its reviewer says yes again; a no does so where it was said to what is served.
    """
    return tuple(
        each
        for each in said
        if each.verdict == Verdict.WITHDRAWN
        or (each.verdict == Verdict.NO and (each.language, each.content) in released)
    )


def needed(required: Collection[str], *, language: str, source_language: str) -> tuple[str, ...]:
    """Return which ``required`` kinds of review a text needs: a source has no native speaker to compare it."""
    return tuple(kind for kind in required if kind != Kind.NATIVE or language != source_language)
