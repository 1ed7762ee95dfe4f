"""Facts that texts rely on: where they stand on a day, which passages use them, and what readers are told. Plain Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assessments.frozen import Json


class ClaimState(StrEnum):
    """What editors have said about a claim."""

    CURRENT = "current"
    CONTRADICTED = "contradicted"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """Where a claim stands on a day."""

    CURRENT = "current"
    STALE = "stale"
    CONTRADICTED = "contradicted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ClaimNow:
    """What a page needs to know of a claim today."""

    code: str
    standing: Standing
    verified_on: date
    why: str = ""
    stated_on: date | None = None
    """Since when it stands so; None: nobody has said anything of it yet."""


def standing_of(*, state: str, review_by: date, on: date) -> Standing:
    """Return where a claim stands: ``review_by`` is the last day on which nobody has to look again."""
    if state != ClaimState.CURRENT:
        return Standing(state)
    return Standing.STALE if on > review_by else Standing.CURRENT


@dataclass(frozen=True, slots=True)
class Use:
    """A passage that relies on a claim: the code of the lesson and the id of the block, the same in every language."""

    claim: str
    lesson: str
    block: str


def uses_in(snapshot: Json) -> Iterator[Use]:
    """Return every use of a claim in a frozen text, in reading order."""
    for lesson in snapshot["lessons"]:
        for block in lesson["body"]:
            if isinstance(block["value"], Mapping):
                named = [code for code in block["value"].get("claims") or () if code]
                for code in dict.fromkeys(named):
                    yield Use(code, lesson["code"], block["id"])


def with_claims(snapshot: Json, claims: Mapping[str, ClaimNow]) -> Json:
    """Return ``snapshot`` with what is known today beside each passage that uses a claim; the given one stays whole.

    It is for pages: a block's value then has ``claims_now``, a list of ``ClaimNow``, and is no JSON any more.
    """
    if not claims:
        return snapshot
    return {
        **snapshot,
        "lessons": [
            {**lesson, "body": [_told(block, claims) for block in lesson["body"]]} for lesson in snapshot["lessons"]
        ],
    }


def _told(block: Json, claims: Mapping[str, ClaimNow]) -> Json:
    value = block["value"]
    known = [claims[code] for code in value.get("claims") or () if code in claims]
    return {**block, "value": {**value, "claims_now": known}} if known else block
