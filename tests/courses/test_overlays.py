"""Which local parts a reader sees, in whose place, and why; without a database."""

from datetime import date
from typing import Any

import pytest

from courses.claims import ClaimNow, Standing
from courses.overlays import (
    Act,
    Fault,
    FrozenPart,
    Protection,
    Reach,
    Reader,
    State,
    Use,
    Why,
    after_release,
    base_faults,
    block_at,
    faults,
    fingerprint,
    protections,
    resolve,
    withdrawn_parts,
)
from courses.withdrawn import Notice, Part
from translations.changes import ChangeKind

TODAY = date(2026, 3, 2)
LODGE = Reader("ca-bc-north", "hospitality", "lodge")


def text(name: str, **value: Any) -> dict[str, Any]:
    return {"type": "text", "id": name, "value": {"heading": "", "text": f"<p>{name}</p>", **value}}


HELP = {"type": "help_now", "id": "help", "value": {"title": "", "services": ["hotline"]}}
RIGHTS = {"type": "callout", "id": "rights", "value": {"tone": "rights", "title": "Yours", "text": "<p>Yours.</p>"}}


def snapshot(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"language": "en", "lessons": [{"code": "facts", "title": "Facts", "body": list(blocks)}]}


def part(number: int, *, act: str = "after", anchor: str = "base", reach: Reach, **changes: Any) -> FrozenPart:
    content = {
        "overlay": number,
        "lesson": "facts",
        "anchor": anchor,
        "act": act,
        "place": reach.place,
        "sector": reach.sector,
        "organisation": reach.organisation,
        "named": "",
        "sector_title": "",
        "review_by": "2027-01-01",
        "hides": [],
        "holds": [],
        "first": "en",
        "texts": {"en": [text(f"o{number}")]},
    }
    return FrozenPart(f"d{number}", content | changes)


def shown(parts: list[FrozenPart], *blocks: dict[str, Any], reader: Reader = LODGE) -> list[str]:
    resolved = resolve(snapshot(*blocks), parts, reader)
    return [block["id"] for block in resolved.snapshot["lessons"][0]["body"]]


@pytest.mark.parametrize(
    ("reach", "is_in"),
    [
        (Reach("ca"), True),
        (Reach("ca-bc"), True),
        (Reach("ca-bc-north"), True),
        (Reach("ca-bc-northern"), False),
        (Reach("ca-ab"), False),
        (Reach(sector="hospitality"), True),
        (Reach("ca-bc", sector="farms"), False),
        (Reach(organisation="lodge"), True),
        (Reach(organisation="camp"), False),
        (Reach("ca-ab", organisation="lodge"), False),
    ],
)
def test_part_reaches_whoever_is_in_all_that_it_names(reach: Reach, is_in: bool) -> None:
    assert LODGE.is_in(reach) is is_in


def test_reader_of_whom_nothing_is_known_sees_the_course() -> None:
    whole = snapshot(text("base"))
    parts = [part(1, reach=Reach("ca")), part(2, reach=Reach(organisation="lodge")), part(3, reach=Reach(sector="x"))]
    assert resolve(whole, parts, Reader()).snapshot is whole


def test_most_special_stands_instead_and_the_given_text_stays_whole() -> None:
    parts = [
        part(4, act="instead", reach=Reach("ca-bc-north")),
        part(3, act="instead", reach=Reach("ca-bc")),
        part(2, act="instead", reach=Reach("ca-bc", sector="hospitality")),
        part(1, act="instead", reach=Reach("ca")),
    ]
    whole = snapshot(text("base"), text("next"))
    resolved = resolve(whole, parts, LODGE)
    assert [block["id"] for block in resolved.snapshot["lessons"][0]["body"]] == ["o4", "next"]
    assert whole == snapshot(text("base"), text("next"))
    assert resolved.uses == (
        Use("d1", "facts", Why.LESS_SPECIFIC),
        Use("d3", "facts", Why.LESS_SPECIFIC),
        Use("d2", "facts", Why.LESS_SPECIFIC),
        Use("d4", "facts", Why.SHOWN),
    )
    assert resolved.seen_in("facts") == ["d4"]


def test_additions_follow_from_the_general_to_the_special_whatever_their_order() -> None:
    parts = [
        part(1, reach=Reach(organisation="lodge")),
        part(2, reach=Reach("ca-bc")),
        part(3, reach=Reach("ca")),
        part(4, reach=Reach("ca-bc")),
    ]
    for given in (parts, parts[::-1]):
        assert shown(given, text("base"), text("next")) == ["base", "o3", "o2", "o4", "o1", "next"]


def test_end_of_a_lesson_takes_parts_after_its_last_block() -> None:
    assert shown([part(1, anchor="", reach=Reach("ca"))], text("base"), text("next")) == ["base", "next", "o1"]


@pytest.mark.parametrize("base", [HELP, RIGHTS])
def test_organisation_never_stands_instead_of_help_lines_or_rights(base: dict[str, Any]) -> None:
    mine = part(1, act="instead", anchor=base["id"], reach=Reach(organisation="lodge"))
    assert shown([mine], base) == [base["id"], "o1"]
    assert resolve(snapshot(base), [mine], LODGE).uses == (Use("d1", "facts", Why.BESIDE_PROTECTED),)


def test_organisation_never_stands_instead_of_law_be_it_the_courses_or_a_places() -> None:
    law = part(1, act="instead", reach=Reach("ca-bc"), holds=["law"])
    mine = part(2, act="instead", reach=Reach("ca-bc", organisation="lodge"))
    assert shown([law, mine], text("base")) == ["o1", "o2"]
    assert shown([part(2, act="instead", reach=Reach(organisation="lodge"), hides=["law"])], text("base")) == [
        "base",
        "o2",
    ]


def test_place_cannot_take_the_protection_of_help_lines_off() -> None:
    plain = part(1, act="instead", anchor="help", reach=Reach("ca-bc"))
    mine = part(2, act="instead", anchor="help", reach=Reach(organisation="lodge"))
    assert shown([plain, mine], HELP) == ["o1", "o2"]


def test_part_in_another_language_hides_nothing_and_says_its_language() -> None:
    mine = part(1, act="instead", reach=Reach("ca"), first="fr", texts={"fr": [text("fr1")], "es": [text("es1")]})
    resolved = resolve(snapshot(text("base")), [mine], LODGE)
    base, local = resolved.snapshot["lessons"][0]["body"]
    assert (base["id"], local["id"], local["overlay"]["language"]) == ("base", "fr1", "fr")
    assert resolved.uses == (Use("d1", "facts", Why.BESIDE_LANGUAGE),)


def test_part_whose_block_is_gone_or_withdrawn_is_not_shown() -> None:
    notice = {"type": "withdrawn", "id": "base", "value": {"reason": "safety", "text": ""}}
    lesson = {"type": "withdrawn", "id": "facts", "value": {"reason": "safety", "text": ""}}
    for block in (notice, text("other")):
        resolved = resolve(snapshot(block), [part(1, act="instead", reach=Reach("ca"))], LODGE)
        assert resolved.snapshot == snapshot(block)
        assert resolved.uses == (Use("d1", "facts", Why.BASE_GONE),)
    assert shown([part(1, anchor="", reach=Reach("ca"))], lesson) == ["facts"]


def test_withdrawn_claim_takes_the_block_of_a_part_away() -> None:
    mine = part(1, reach=Reach("ca"), texts={"en": [text("o1", claims=["wage"]), text("o2")]})
    resolved = resolve(snapshot(text("base", claims=["wage"])), [mine], LODGE)
    claims = {"wage": ClaimNow("wage", Standing.WITHDRAWN, date(2026, 1, 1), "It was repealed.", TODAY)}
    assert withdrawn_parts(resolved.snapshot, claims) == [
        Notice(Part("block", "o1"), "wrong", "It was repealed.", TODAY)
    ]


def passage(kind: str, words: str) -> dict[str, Any]:
    return {"type": kind, "id": "b", "value": {"text": [words]}}


@pytest.mark.parametrize(
    ("block", "found"),
    [
        (text("base"), set()),
        (HELP, {Protection.HELP}),
        ({"type": "two_ways", "id": "b", "value": {}}, {Protection.HELP}),
        (RIGHTS, {Protection.RIGHTS}),
        (text("base", claims=["wage"]), set()),
        (text("base", claims=["code"]), {Protection.LAW}),
        (passage("text", "Danger now? Call 911 first."), {Protection.HELP}),
        (passage("do_never", "Call 1-833-900-1010 or 310-1234."), {Protection.HELP}),
        (passage("callout", "What the law means"), {Protection.LAW}),
        (passage("sign", "You have a right to your papers."), {Protection.RIGHTS}),
        (passage("text", "Room 911-b, on 2026-01-02: the flaw is on the right, to the left of 1911."), set()),
        (passage("scenario", "Call 911"), set()),
    ],
)
def test_help_law_and_rights_are_protected(block: dict[str, Any], found: set[Protection]) -> None:
    assert protections(block, legal={"code"}) == found


@pytest.mark.parametrize(
    ("base", "reach", "act", "found"),
    [
        (text("base"), Reach(organisation="lodge"), Act.INSTEAD, []),
        (HELP, Reach(organisation="lodge"), Act.INSTEAD, [Fault.HIDES_HELP]),
        (HELP, Reach(organisation="lodge"), Act.AFTER, []),
        (HELP, Reach("ca-bc"), Act.INSTEAD, []),
        (RIGHTS, Reach("ca-bc", organisation="lodge"), Act.INSTEAD, [Fault.HIDES_RIGHTS]),
        (text("b", claims=["code"]), Reach(organisation="lodge"), Act.INSTEAD, [Fault.HIDES_LAW]),
        ({"type": "check", "id": "b", "value": {}}, Reach("ca"), Act.INSTEAD, [Fault.NOTHING_INSTEAD]),
        ({"type": "attestation", "id": "b", "value": {}}, Reach("ca"), Act.AFTER, []),
        (None, Reach("ca"), Act.AFTER, [Fault.BASE_GONE]),
    ],
)
def test_where_a_part_may_stand(base: Any, reach: Reach, act: Act, found: list[Fault]) -> None:
    assert base_faults(reach, act=act, base=base, legal={"code"}) == found


def test_everything_that_is_missing_is_named_at_once() -> None:
    about: dict[str, Any] = {"is_open_course": True, "has_owner": False, "known_places": {"ca"}, "on": TODAY}
    assert faults(Reach(), review_by=None, **about) == [Fault.NO_REACH, Fault.NO_OWNER, Fault.NO_REVIEW]
    assert faults(Reach("xx", organisation="lodge"), review_by=date(2026, 3, 1), **about) == [
        Fault.UNKNOWN_PLACE,
        Fault.OPEN_COURSE,
        Fault.NO_OWNER,
        Fault.REVIEW_PAST,
    ]
    assert faults(Reach("ca"), review_by=TODAY, **about | {"has_owner": True}) == []


@pytest.mark.parametrize(
    ("base", "kind", "state"),
    [
        (text("base"), ChangeKind.LEGAL, State.APPROVED),
        ({**text("base"), "id": "another"}, ChangeKind.MEANING, State.APPROVED),
        (text("changed"), ChangeKind.MINOR, State.APPROVED),
        (text("changed"), ChangeKind.MEANING, State.STALE),
        (text("changed"), ChangeKind.LEGAL, State.STALE),
        (None, ChangeKind.MINOR, State.STALE),
    ],
)
def test_changed_base_makes_a_part_stale_unless_the_change_is_minor(base: Any, kind: ChangeKind, state: State) -> None:
    assert after_release(base_digest=fingerprint(text("base")), base=base, kind=kind) is state


def test_end_of_a_lesson_changes_with_any_of_its_blocks() -> None:
    before, after = (
        block_at(snapshot(text("base", heading=heading)), lesson="facts", anchor="") for heading in ("", "New")
    )
    assert before is not None
    assert after is not None
    assert fingerprint(before) != fingerprint(after)
    assert block_at(snapshot(text("base")), lesson="other", anchor="") is None
