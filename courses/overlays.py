"""Local parts of a course: which of them a reader sees, in whose place, and why. Plain Python over frozen JSON.

An overlay belongs to one spot of a course: after a block, instead of it, or at the end of a lesson. It reaches readers
by place (``ca``, ``ca-bc``, ``ca-bc-north``), sector and organisation; whatever it leaves empty holds for all.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from assessments.frozen import Json, canonical_json
from courses.claims import ClaimNow, Standing
from courses.withdrawn import WITHDRAWN_BLOCK, Notice, Part
from translations.changes import ChangeKind
from translations.freshness import State as FreshnessState


class Act(StrEnum):
    """What an overlay does to the block that it stands at."""

    AFTER = "after"
    INSTEAD = "instead"


class State(StrEnum):
    """What editors have said about an overlay."""

    DRAFT = "draft"
    APPROVED = "approved"
    STALE = "stale"
    WITHDRAWN = "withdrawn"


class Protection(StrEnum):
    """Why no organisation may hide a block."""

    HELP = "help"
    LAW = "law"
    RIGHTS = "rights"


class Why(StrEnum):
    """What became of an overlay that is meant for the reader."""

    SHOWN = "shown"
    BESIDE_PROTECTED = "beside_protected"
    """It would have stood in the place of what may not be hidden, and stands after it."""
    BESIDE_LANGUAGE = "beside_language"
    """It is in another language than the text, so it hides nothing that the reader can read."""
    LESS_SPECIFIC = "less_specific"
    BASE_GONE = "base_gone"


class Fault(StrEnum):
    """What keeps an overlay from being approved."""

    NO_REACH = "no_reach"
    NO_OWNER = "no_owner"
    NO_REVIEW = "no_review"
    REVIEW_PAST = "review_past"
    UNKNOWN_PLACE = "unknown_place"
    NOTHING_INSTEAD = "nothing_instead"
    EMPTY = "empty"
    OPEN_COURSE = "open_course"
    BASE_GONE = "base_gone"
    HIDES_HELP = "hides_help"
    HIDES_LAW = "hides_law"
    HIDES_RIGHTS = "hides_rights"
    PIECE_MISSING = "piece_missing"
    PICTURE = "picture"
    PICTURE_WORDS = "picture_words"
    HARM = "harm"
    CLAIM = "claim"
    WITHDRAWN = "withdrawn"


# What a learner answers or confirms is the same for everybody.
_STAYS: Final = ("end", "check", "attestation")
_HIDES: Final = {
    Protection.HELP: Fault.HIDES_HELP,
    Protection.LAW: Fault.HIDES_LAW,
    Protection.RIGHTS: Fault.HIDES_RIGHTS,
}


# Authors do not mark every passage of this kind, and an employer who would rather not have it read needs only one.
_PASSAGES: Final = ("text", "callout", "sign", "do_never", "figure")
_SAYS: Final = {
    Protection.HELP: re.compile(r"(?<![\w-])(?:911|(?:1-)?(?:\d{3}-)?\d{3}-\d{4})(?![\w-])"),
    Protection.LAW: re.compile(r"\b(?:laws?|legal|legally|illegal|illegally|unlawful)\b", re.IGNORECASE),
    Protection.RIGHTS: re.compile(r"\brights\b|\bright to\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """For whom an overlay is: codes of a place, a sector, an organisation; empty: all."""

    place: str = ""
    sector: str = ""
    organisation: str = ""

    @property
    def is_for_all(self) -> bool:
        """Whether nothing is said: then it would be no overlay."""
        return not (self.place or self.sector or self.organisation)

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """Return how special it is: an organisation's before any place's, the smaller place before the larger."""
        return bool(self.organisation), len(self.place.split("-")) if self.place else 0, bool(self.sector)


@dataclass(frozen=True, slots=True)
class Reader:
    """Where somebody reads: codes of their place, their sector and their organisation; empty: not known."""

    place: str = ""
    sector: str = ""
    organisation: str = ""

    def is_in(self, reach: Reach) -> bool:
        """Whether an overlay of this reach is for them; a place takes in all that lies in it."""
        in_place = not reach.place or self.place == reach.place or self.place.startswith(f"{reach.place}-")
        of_sector = reach.sector in ("", self.sector)
        return in_place and of_sector and reach.organisation in ("", self.organisation)


@dataclass(frozen=True, slots=True)
class FrozenPart:
    """An overlay as it was frozen: ``digest`` names it, ``content`` is its JSON (``content_of`` makes it)."""

    digest: str
    content: Json

    @property
    def reach(self) -> Reach:
        """Return for whom it is."""
        return Reach(self.content["place"], self.content["sector"], self.content["organisation"])

    @property
    def order(self) -> tuple[tuple[bool, int, bool], int]:
        """Return its place among others: from the general to the special, then as they were made."""
        return self.reach.rank, self.content["overlay"]


@dataclass(frozen=True, slots=True)
class Use:
    """What became of one overlay for one reader, in the lesson with this code."""

    digest: str
    lesson: str
    why: Why

    @property
    def is_seen(self) -> bool:
        """Whether the reader has it before their eyes."""
        return self.why not in (Why.LESS_SPECIFIC, Why.BASE_GONE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A snapshot as one reader sees it, and what became of every overlay that is meant for them."""

    snapshot: Json
    uses: tuple[Use, ...] = ()

    def seen_in(self, lesson: str) -> list[str]:
        """Return the digests of the overlays that the reader sees in a lesson, sorted."""
        return sorted(use.digest for use in self.uses if use.is_seen and use.lesson == lesson)


def withdrawn_parts(snapshot: Json, claims: Mapping[str, ClaimNow]) -> list[Notice]:
    """Return what stands in the place of blocks of overlays that rely on a claim which was withdrawn since."""
    return [
        Notice(Part("block", block["id"]), "wrong", gone[0].why, gone[0].stated_on or gone[0].verified_on)
        for lesson in snapshot["lessons"]
        for block in lesson["body"]
        if "overlay" in block
        if (
            gone := [
                claims[code]
                for code in block["value"].get("claims") or ()
                if code in claims and claims[code].standing is Standing.WITHDRAWN
            ]
        )
    ]


def digest_of(content: Json) -> str:
    """Return the SHA-256, in hex, of the canonical JSON of a frozen overlay."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def fingerprint(block: Json) -> str:
    """Return the SHA-256, in hex, of what a block says; its id does not count."""
    return hashlib.sha256(canonical_json([block["type"], block["value"]]).encode()).hexdigest()


def protections(block: Json, *, legal: Collection[str]) -> set[Protection]:
    """Return why no organisation may hide ``block``; ``legal``: the codes of the claims that are law.

    What its author marked says so, and what a passage in the language of the source says: a number to call, law, rights.
    """
    value = block["value"]
    found = set()
    if block["type"] in _PASSAGES:
        said = canonical_json(value)
        found |= {protection for protection, words in _SAYS.items() if words.search(said)}
    if block["type"] in ("help_now", "two_ways"):
        found.add(Protection.HELP)
    if isinstance(value, Mapping):
        if block["type"] == "callout" and value.get("tone") == "rights":
            found.add(Protection.RIGHTS)
        if set(value.get("claims") or ()) & set(legal):
            found.add(Protection.LAW)
    return found


def block_at(snapshot: Json, *, lesson: str, anchor: str) -> Json | None:
    """Return the block that an overlay stands at, for the end of a lesson one of the whole; None where it is gone."""
    for each in snapshot["lessons"]:
        if each["code"] == lesson:
            if anchor:
                return next((block for block in each["body"] if block["id"] == anchor), None)
            said = [[block["type"], block["value"]] for block in each["body"]]
            return {"type": "end", "id": "", "value": {"title": each["title"], "said": said}}
    return None


def faults(
    reach: Reach,
    *,
    is_open_course: bool,
    has_owner: bool,
    review_by: date | None,
    known_places: Collection[str],
    on: date,
) -> list[Fault]:
    """Return what is wrong with an overlay as it stands, its texts and its base apart; ``on``: today."""
    found = []
    if reach.is_for_all:
        found.append(Fault.NO_REACH)
    if reach.place and reach.place not in known_places:
        found.append(Fault.UNKNOWN_PLACE)
    if reach.organisation and is_open_course:
        found.append(Fault.OPEN_COURSE)
    if not has_owner:
        found.append(Fault.NO_OWNER)
    if review_by is None:
        found.append(Fault.NO_REVIEW)
    elif review_by < on:
        found.append(Fault.REVIEW_PAST)
    return found


def base_faults(reach: Reach, *, act: str, base: Json | None, legal: Collection[str]) -> list[Fault]:
    """Return what is wrong with where an overlay stands: its base is gone, or it would hide what it may not."""
    if base is None:
        return [Fault.BASE_GONE]
    if act != Act.INSTEAD:
        return []
    if base["type"] in _STAYS:
        return [Fault.NOTHING_INSTEAD]
    if not reach.organisation:
        return []
    return [_HIDES[each] for each in sorted(protections(base, legal=legal))]


def after_release(*, base_digest: str, base: Json | None, kind: ChangeKind) -> State:
    """Return where an approved overlay stands once its course is released with this ``base``.

    As with translations: what a minor change leaves fits on, after any other somebody has to look again.
    """
    if base is None:
        return State.STALE
    fits = fingerprint(base) == base_digest or kind is ChangeKind.MINOR
    return State.APPROVED if fits else State.STALE


def freshness_state(state: str, *, is_written: bool, review_by: date, on: date) -> FreshnessState:
    """Return how fresh the words of an overlay in one language are on the day ``on``, as the matrix of languages says it.

    A publisher's approval is what a signature is elsewhere; ``review_by`` is the last good day.
    """
    if not is_written:
        return FreshnessState.UNTRANSLATED
    if state == State.STALE:
        return FreshnessState.STALE
    if state != State.APPROVED:
        return FreshnessState.IN_REVIEW
    return FreshnessState.REVIEW_OVERDUE if on > review_by else FreshnessState.CURRENT


def resolve(snapshot: Json, parts: Iterable[FrozenPart], reader: Reader) -> Resolved:
    """Return ``snapshot`` as ``reader`` sees it; the given one stays whole, and is returned where nothing is for them.

    Where several would stand instead of a block the most special one does. An organisation's never takes the place of
    help lines, law or rights, be they the course's or another overlay's: it stands after them. What stands after a
    block does so from the general to the special. A block of an overlay has ``overlay``: its digest, reach, language
    and ``review_by``.
    """
    meant = sorted((part for part in parts if reader.is_in(part.reach)), key=lambda part: part.order)
    if not meant:
        return Resolved(snapshot)
    uses: list[Use] = []
    lessons = [_lesson(lesson, meant, snapshot["language"], uses) for lesson in snapshot["lessons"]]
    known = {lesson["code"] for lesson in lessons}
    uses += [
        Use(part.digest, part.content["lesson"], Why.BASE_GONE) for part in meant if part.content["lesson"] not in known
    ]
    return Resolved({**snapshot, "lessons": lessons}, tuple(uses))


def _lesson(lesson: Json, meant: Sequence[FrozenPart], language: str, uses: list[Use]) -> Json:
    here = [part for part in meant if part.content["lesson"] == lesson["code"]]
    if not here:
        return lesson
    by_anchor: dict[str, list[FrozenPart]] = {}
    for part in here:
        by_anchor.setdefault(part.content["anchor"], []).append(part)
    body: list[Json] = []
    for block in lesson["body"]:
        body += _at_block(block, by_anchor.pop(block["id"], []), language, lesson["code"], uses)
    is_withdrawn = any(block["type"] == WITHDRAWN_BLOCK and block["id"] == lesson["code"] for block in lesson["body"])
    for part in () if is_withdrawn else by_anchor.pop("", ()):
        uses.append(Use(part.digest, lesson["code"], Why.SHOWN))
        body += _blocks(part, language)
    uses += [Use(part.digest, lesson["code"], Why.BASE_GONE) for left in by_anchor.values() for part in left]
    return {**lesson, "body": body}


def _at_block(base: Json, parts: Sequence[FrozenPart], language: str, lesson: str, uses: list[Use]) -> list[Json]:
    if not parts:
        return [base]
    if base["type"] == WITHDRAWN_BLOCK:
        # Nobody stands in the place of a notice, nor speaks about what is not there.
        uses += [Use(part.digest, lesson, Why.BASE_GONE) for part in parts]
        return [base]
    winner: FrozenPart | None = None
    is_protected = bool(protections(base, legal=()))
    beside: dict[str, Why] = {}
    for part in parts:
        if part.content["act"] != Act.INSTEAD:
            continue
        if language not in part.content["texts"]:
            beside[part.digest] = Why.BESIDE_LANGUAGE
        elif part.reach.organisation and (is_protected or part.content["hides"]):
            beside[part.digest] = Why.BESIDE_PROTECTED
        else:
            winner = part
            is_protected = is_protected or bool(part.content["holds"])
    shown = _blocks(winner, language) if winner else [base]
    for part in parts:
        if part is winner:
            uses.append(Use(part.digest, lesson, Why.SHOWN))
        elif part.content["act"] == Act.INSTEAD and part.digest not in beside:
            uses.append(Use(part.digest, lesson, Why.LESS_SPECIFIC))
        else:
            uses.append(Use(part.digest, lesson, beside.get(part.digest, Why.SHOWN)))
            shown += _blocks(part, language)
    return shown


def _blocks(part: FrozenPart, language: str) -> list[Json]:
    texts: Mapping[str, Any] = part.content["texts"]
    shown_in = language if language in texts else min(texts, key=lambda code: (code != part.content["first"], code))
    about = {
        "digest": part.digest,
        "place": part.content["place"],
        "sector": part.content["sector"],
        "named": part.content["named"],
        "sector_title": part.content["sector_title"],
        "of_workplace": bool(part.content["organisation"]),
        "language": shown_in if shown_in != language else "",
        "review_by": part.content["review_by"],
    }
    return [{**block, "overlay": about} for block in texts[shown_in]]
