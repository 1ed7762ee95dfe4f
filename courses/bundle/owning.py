"""Whose the parts of a bundle are, under which consent, and what was said against the facts in it.

What comes so only ever narrows: nothing of it is a yes here, and no word of it lifts what holds here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings

from courses.bundle.withdrawing import block_ids
from courses.consents import Consent
from courses.curriculum.registry import Form
from courses.models import Claim, Course, OwnedPart, Withdrawal

OWNERS_FILE: Final = "owners.json"


@dataclass(frozen=True, slots=True)
class BroughtPart:
    """A part that belongs to a Nation (by name) or is told under a consent (by reference).

    ``target`` is its name where it comes from; a block is found again by ``lesson`` and ``place``, -1: it is in the
    bundle no more.
    """

    kind: str
    target: str
    lesson: str
    place: int
    nation: str
    consent: str
    is_taken_back: bool


@dataclass(frozen=True, slots=True)
class BroughtNation:
    """A Nation as the other site knows it."""

    name: str
    contact: str
    licence: str


@dataclass(frozen=True, slots=True)
class BroughtClaim:
    """A fact that is contradicted or withdrawn there, and why."""

    code: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Owners:
    """All of it; consents by their references."""

    parts: tuple[BroughtPart, ...] = ()
    nations: tuple[BroughtNation, ...] = ()
    consents: Mapping[str, Consent] | None = None
    claims: tuple[BroughtClaim, ...] = ()


def owners_form(course: Course, owned: Iterable[OwnedPart], claims: Iterable[str]) -> Form:
    """Return what goes out of the owners of a course and of the facts (by code) that it names; {}: nothing to say."""
    owned = sorted(owned, key=lambda it: (it.kind, it.target))
    gone = set(Withdrawal.objects.in_force().filter(course=course).values_list("kind", "target"))
    places = _places(course)
    spoken = Claim.objects.filter(code__in=claims).exclude(state=Claim.State.CURRENT).order_by("code")
    parts = []
    for it in owned:
        lesson, place = places.get(it.target, ("", -1)) if it.kind == OwnedPart.Kind.BLOCK else ("", -1)
        about = {"kind": it.kind, "part": it.target, "lesson": lesson, "place": place}
        owner = {"nation": it.nation.name if it.nation else "", "consent": it.consent.reference if it.consent else ""}
        parts.append({**about, **owner, "taken_back": (it.kind, it.target) in gone})
    nations = {it.nation.name: it.nation for it in owned if it.nation}
    consents = {it.consent.reference: it.consent.rule for it in owned if it.consent}
    form = {
        "parts": parts,
        "nations": [
            {"name": name, "contact": each.contact, "licence": each.licence} for name, each in sorted(nations.items())
        ],
        "consents": [
            {
                "reference": reference,
                "scope": each.scope,
                "languages": sorted(each.languages),
                "forms": sorted(each.forms),
                "last_good_on": each.last_good_on.isoformat(),
                "checks": sorted(each.checks),
                "licence": each.licence,
                "withdrawn": each.is_withdrawn,
            }
            for reference, each in sorted(consents.items())
        ],
        "claims": [{"code": each.code, "state": each.state, "why": each.why} for each in spoken],
    }
    return form if parts or form["claims"] else {}


def _places(course: Course) -> dict[str, tuple[str, int]]:
    """Return lesson and place of each block of the newest drafts, by its id."""
    return {
        block: (lesson, place)
        for lesson in course.lessons.values_list("code", flat=True)
        for place, block in enumerate(block_ids(course.code, lesson, settings.LANGUAGE_CODE))
    }


def read_owners(value: Any, problems: list[str]) -> Owners:
    """Return the owners in ``value``; adds to ``problems`` what is not as it has to be."""
    try:
        return _read(value)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        problems.append(f"{OWNERS_FILE}: this does not say whose the parts are: {fault}")
        return Owners()


def _read(value: Any) -> Owners:
    nations = tuple(
        BroughtNation(_text(each["name"], 120), _text(each["contact"], 200), _text(each["licence"]))
        for each in value["nations"]
    )
    consents = {
        _text(each["reference"], 20): Consent(
            scope=_text(each["scope"], 1000),
            languages=frozenset(map(_text, each["languages"])),
            forms=frozenset(map(_text, each["forms"])),
            last_good_on=date.fromisoformat(each["last_good_on"]),
            checks=frozenset(map(_text, each["checks"])),
            licence=_text(each["licence"]),
            is_withdrawn=each["withdrawn"] is not False,
        )
        for each in value["consents"]
    }
    parts = tuple(
        BroughtPart(
            kind=_text(each["kind"], 20),
            target=_text(each["part"], 120),
            lesson=_text(each["lesson"], 120),
            place=each["place"],
            nation=_text(each["nation"], 120),
            consent=_text(each["consent"], 20),
            is_taken_back=each["taken_back"] is not False,
        )
        for each in value["parts"]
    )
    claims = tuple(
        BroughtClaim(_text(each["code"], 80), _text(each["state"], 20), _text(each["why"], 600))
        for each in value["claims"]
    )
    if "" in consents:
        raise ValueError("a consent without a reference")
    known = {each.name for each in nations}
    for part in parts:
        whose = part.nation in known if part.nation else part.consent in consents
        if part.kind not in OwnedPart.Kind.values or not isinstance(part.place, int) or not whose:
            raise ValueError(part.target)
        if part.nation and part.consent:
            raise ValueError(part.target)
    for claim in claims:
        if claim.state not in (Claim.State.CONTRADICTED, Claim.State.WITHDRAWN) or not claim.why.strip():
            raise ValueError(claim.code)
    return Owners(parts, nations, consents, claims)


def _text(value: Any, most: int = 2000) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(str(value)[:80])
    return value
