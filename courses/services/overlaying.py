"""Local parts: writing, approving and withdrawing them, and freezing those that fit with a release."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from wagtail.blocks import StreamValue
from wagtail.log_actions import log

from cms.models import EditorLimit, Region, Sector
from courses import overlays as rules
from courses import selectors
from courses.claims import Standing, uses_in
from courses.exceptions import OverlayRefused, OverlayWithdrawn, ReleaseFault, ReleaseProblem
from courses.harm.findings import Severity
from courses.models import Claim, Course, FrozenOverlay, Overlay, OverlayText, WithdrawnFile
from courses.overlays import Act, Fault, FrozenPart, State
from courses.services.approving import part_alone, problems_of_pictures
from courses.services.checking import open_findings
from courses.services.claiming import claim_problems
from courses.services.freezing import ForecastShelf, FrozenBlocks, LiveShelf, MediaShelf, freeze, freeze_body, published
from courses.snapshot import Json
from courses.withholding import WithdrawnWords, copied_in, taken_back_words
from people.models import Organisation, User
from translations.changes import ChangeKind

OVERLAY_LOG_ACTION: Final = "courses.overlay"
_PICTURES: Final = {ReleaseFault.PICTURE: Fault.PICTURE, ReleaseFault.PICTURE_WORDS: Fault.PICTURE_WORDS}


def source_of(course: Course) -> Json | None:
    """Return the text that local parts stand in: what is published in the source language, else what was released."""
    draft = next((each for each in published(course) if each.language == settings.LANGUAGE_CODE), None)
    if draft is not None:
        return freeze(draft, edition=0, shelf=ForecastShelf()).snapshot
    text = selectors.current_text(course, settings.LANGUAGE_CODE)
    return text.snapshot if text else None


@transaction.atomic
def write_overlay(
    *,
    course: Course,
    overlay: Overlay | None,
    title: str,
    lesson: str,
    anchor: str,
    label: str,
    act: str,
    place: str,
    sector: Sector | None,
    organisation: Organisation | None,
    owner: User | None,
    review_by: date | None,
    language: str,
    body: StreamValue,
    by: User | None,
    at: datetime,
    on: date,
) -> Overlay:
    """Write a local part of ``course`` (None: a new one) and its text in one language; it is a draft again.

    What a release froze of it before stays as it is. ``on`` is today.

    Raises:
        OverlayRefused: nothing was kept; an organisation's may not hide help lines, law or rights, and nobody's goes
            without an owner or a day to look again that lies ahead.
        OverlayWithdrawn: it was withdrawn.
        OutsideLimits: the course or the language lies outside of the editor's limits.
    """
    EditorLimit.objects.hold(by, act="local_part", sectors=[course.sector.code], languages=[language])
    if overlay is not None:
        overlay = _locked(overlay)
    written = overlay or Overlay(course=course)
    written.title, written.lesson, written.anchor, written.label = title, lesson, anchor, label[:200]
    written.act, written.place, written.sector, written.organisation = act, place, sector, organisation
    written.owner = owner
    found = _faults(written, review_by, source_of(course), on)
    if not len(body):
        found.append((Fault.EMPTY, ""))
    if found or review_by is None:
        raise OverlayRefused(found)
    written.review_by, written.base_digest = review_by, ""
    _say(written, State.DRAFT, by, at)
    OverlayText.objects.update_or_create(overlay=written, language=language, defaults={"body": body})
    return written


@transaction.atomic
def approve_overlay(*, overlay: Overlay, by: User | None, at: datetime, on: date) -> Overlay:
    """Let the next release freeze ``overlay`` as it is written, for the block that stands at its spot today.

    Raises:
        OverlayRefused: something is missing or out of date, it would harm, or it would hide what it may not.
        OverlayWithdrawn: it was withdrawn.
        OutsideLimits: the course or a language of its texts lies outside of the editor's limits.
    """
    locked = _locked(overlay)
    languages = list(locked.texts.values_list("language", flat=True))
    EditorLimit.objects.hold(by, act="local_part", sectors=[locked.course.sector.code], languages=languages)
    source = source_of(locked.course)
    found = _faults(locked, locked.review_by, source, on)
    if source is not None and not found:
        texts = _frozen_texts(locked, ForecastShelf())
        pictures = _problems_of_pictures(locked, texts)
        found += [(Fault.WITHDRAWN, each.detail) for each in _told_no_more(locked, texts, taken_back_words())]
        for language, frozen in texts.items():
            found += _faults_of_text(locked, source, language, frozen, pictures, on)
        if not languages:
            found.append((Fault.EMPTY, ""))
    base = rules.block_at(source, lesson=locked.lesson, anchor=locked.anchor) if source else None
    if found or base is None:
        raise OverlayRefused(found)
    locked.base_digest = rules.fingerprint(base)
    return _say(locked, State.APPROVED, by, at)


@transaction.atomic
def withdraw_overlay(*, overlay: Overlay, by: User | None, at: datetime) -> Overlay:
    """Take ``overlay`` away from all readers of every edition, for good; twice is once.

    What stood in the place of a block gives way to it again, and files of the part are not sent any more. The frozen
    record of what was shown stays.
    """
    locked = _fresh(overlay)
    if locked.state == State.WITHDRAWN:
        return locked
    media = {sha256 for content in locked.frozen.values_list("content", flat=True) for sha256 in content["media"]}
    WithdrawnFile.objects.bulk_create([WithdrawnFile(overlay=locked, sha256=sha256) for sha256 in sorted(media)])
    return _say(locked, State.WITHDRAWN, by, at)


def _fresh(overlay: Overlay) -> Overlay:
    return (
        Overlay.objects.select_for_update(of=("self",))
        .select_related("course__sector", "sector", "organisation", "owner")
        .get(pk=overlay.pk)
    )


def _locked(overlay: Overlay) -> Overlay:
    locked = _fresh(overlay)
    if locked.state == State.WITHDRAWN:
        raise OverlayWithdrawn
    return locked


def _say(overlay: Overlay, state: State, by: User | None, at: datetime) -> Overlay:
    overlay.state, overlay.stated_at, overlay.stated_by = state.value, at, by
    overlay.told_on = None
    overlay.save()
    log(overlay, OVERLAY_LOG_ACTION, user=by, data={"state": overlay.get_state_display()})
    return overlay


def _faults(overlay: Overlay, review_by: date | None, source: Json | None, on: date) -> list[tuple[Fault, str]]:
    base = rules.block_at(source, lesson=overlay.lesson, anchor=overlay.anchor) if source else None
    found = rules.faults(
        overlay.reach,
        is_open_course=overlay.course.tier == Course.Tier.OPEN,
        has_owner=overlay.owner is not None,
        review_by=review_by,
        known_places={*selectors.places(), *Region.objects.values_list("code", flat=True)},
        on=on,
    )
    found += rules.base_faults(overlay.reach, act=overlay.act, base=base, legal=_legal(base) if base else ())
    return [(fault, "") for fault in found]


def _legal(*blocks: Json) -> set[str]:
    """Return the codes of the claims of some blocks that are law."""
    named = {
        code for block in blocks if isinstance(block["value"], dict) for code in block["value"].get("claims") or ()
    }
    return {claim.code for claim in selectors.claims_named(named) if claim.kind == Claim.Kind.LEGAL}


def _faults_of_text(
    overlay: Overlay,
    source: Json,
    language: str,
    frozen: FrozenBlocks,
    pictures: Collection[ReleaseProblem],
    on: date,
) -> list[tuple[Fault, str]]:
    """Return what keeps the words of an overlay from being approved: files, claims, and what would harm."""
    found = [(Fault.PIECE_MISSING, problem.detail) for problem in frozen.problems]
    found += [(_PICTURES[each.fault], each.detail) for each in pictures if each.language == language]
    alone = {**source, "language": language, "practice": {}, "quiz": None}
    lesson = next(each for each in source["lessons"] if each["code"] == overlay.lesson)
    without, with_it = ({**alone, "lessons": [{**lesson, "body": body}]} for body in ([], frozen.blocks))
    claims = selectors.claims_now(with_it, on=on)
    for use in uses_in(with_it):
        standing = claims[use.claim].standing if use.claim in claims else Standing.WITHDRAWN
        if standing is not Standing.CURRENT:
            found.append((Fault.CLAIM, use.claim))
    (there,), (now,) = (open_findings(course=overlay.course, snapshots=[each]) for each in (without, with_it))
    known = {each.fingerprint for each in there}
    found += [
        (Fault.HARM, each.sentence) for each in now if each.severity is Severity.HIGH and each.fingerprint not in known
    ]
    return found


def _frozen_texts(overlay: Overlay, shelf: MediaShelf) -> dict[str, FrozenBlocks]:
    return {text.language: freeze_body(text.body, language=text.language, shelf=shelf) for text in overlay.texts.all()}


def _problems_of_pictures(overlay: Overlay, texts: dict[str, FrozenBlocks]) -> list[ReleaseProblem]:
    """Return the pictures that nobody approved, or that have no words of their own in a language of the part."""
    said = [part_alone(overlay, language, frozen.blocks) for language, frozen in texts.items()]
    return problems_of_pictures(snapshots=said)


def _content(overlay: Overlay, base: Json, texts: dict[str, FrozenBlocks], named: str) -> Json:
    own = [block for frozen in texts.values() for block in frozen.blocks]
    legal = _legal(base, *own)
    reach = overlay.reach
    return {
        "schema": 1,
        "overlay": overlay.pk,
        "course": overlay.course.code,
        "lesson": overlay.lesson,
        "anchor": overlay.anchor,
        "act": overlay.act,
        "place": reach.place,
        "sector": reach.sector,
        "organisation": reach.organisation,
        "named": named,
        "sector_title": overlay.sector.title if overlay.sector else "",
        "review_by": overlay.review_by.isoformat(),
        "base": rules.fingerprint(base),
        "hides": sorted(rules.protections(base, legal=legal)) if overlay.act == Act.INSTEAD else [],
        "holds": sorted({each for block in own for each in rules.protections(block, legal=legal)}),
        "first": next(iter(texts)),
        "texts": {language: frozen.blocks for language, frozen in texts.items()},
        "services": {language: frozen.services for language, frozen in texts.items()},
        "media": {name: about for frozen in texts.values() for name, about in frozen.media.items()},
    }


@dataclass(frozen=True, slots=True)
class Freezing:
    """What a release does with an approved local part: ``content`` to be frozen, None where it does not fit any more."""

    overlay: Overlay
    content: Json | None
    digest: str = ""


def freeze_overlays(
    *,
    course: Course,
    source: Json,
    kind: ChangeKind,
    shelf: MediaShelf,
    gone: Collection[WithdrawnWords],
    on: date | None = None,
) -> tuple[list[Freezing], list[ReleaseProblem]]:
    """Return what a release of ``course`` with ``source`` does with each approved local part, and what is missing.

    ``gone``: what they may not say any more (of ``taken_back_words``). ``on``: the day on which their facts have to
    hold; None: nobody asks. One query where there is no part. Writes only
    what ``shelf`` keeps.
    """
    approved = Overlay.objects.filter(course=course, state=State.APPROVED).order_by("pk")
    approved = approved.select_related("course", "sector", "organisation").prefetch_related("texts")
    done: list[Freezing] = []
    problems: list[ReleaseProblem] = []
    regions: dict[str, str] = {}
    for overlay in approved:
        regions = regions or dict(Region.objects.values_list("code", "name"))
        base = rules.block_at(source, lesson=overlay.lesson, anchor=overlay.anchor)
        state = rules.after_release(base_digest=overlay.base_digest, base=base, kind=kind)
        if base is None or state is not State.APPROVED or _hides(overlay, base):
            done.append(Freezing(overlay, None))
            continue
        texts = _frozen_texts(overlay, shelf)
        problems += [
            ReleaseProblem(each.fault, each.language, overlay.lesson, f"{overlay.title} {each.detail}".strip())
            for frozen in texts.values()
            for each in frozen.problems
        ]
        problems += _problems_of_pictures(overlay, texts)
        problems += _told_no_more(overlay, texts, gone)
        if on is not None:
            for language, frozen in texts.items():
                alone = part_alone(overlay, language, frozen.blocks)
                problems += claim_problems(snapshot=alone, on=on, is_start=False)
        content = _content(overlay, base, texts, regions.get(overlay.place, ""))
        done.append(Freezing(overlay, content, rules.digest_of(content)))
    return done, problems


def _told_no_more(
    overlay: Overlay, texts: dict[str, FrozenBlocks], gone: Collection[WithdrawnWords]
) -> list[ReleaseProblem]:
    """Return what its owner took back and a local part says all the same."""
    return [
        ReleaseProblem(ReleaseFault.WITHDRAWN, language, overlay.lesson, f"{overlay.title} – {withdrawal.label}")
        for language, frozen in texts.items()
        for withdrawal in copied_in(part_alone(overlay, language, frozen.blocks), gone)
    ]


def _hides(overlay: Overlay, base: Json) -> bool:
    return bool(rules.base_faults(overlay.reach, act=overlay.act, base=base, legal=_legal(base)))


def keep_overlays(freezings: Collection[Freezing], *, at: datetime) -> None:
    """Keep what a release froze, and mark what did not fit as stale; part of the release's transaction."""
    for each in freezings:
        if each.content is None:
            _say(each.overlay, State.STALE, None, at)
            continue
        FrozenOverlay.objects.get_or_create(
            digest=each.digest,
            defaults={
                "overlay": each.overlay,
                "organisation": each.overlay.organisation,
                "content": each.content,
                "frozen_at": at,
            },
        )
        Overlay.objects.filter(pk=each.overlay.pk).update(base_digest=each.content["base"])


def preview_part(*, overlay: Overlay, source: Json) -> FrozenPart | None:
    """Return ``overlay`` as it is written now, for its editors' eyes; None where its spot or its text is gone."""
    base = rules.block_at(source, lesson=overlay.lesson, anchor=overlay.anchor)
    texts = _frozen_texts(overlay, LiveShelf())
    if base is None or not texts:
        return None
    regions: dict[str, Any] = dict(Region.objects.filter(code=overlay.place).values_list("code", "name"))
    content = _content(overlay, base, texts, regions.get(overlay.place, ""))
    return FrozenPart(rules.digest_of(content), content)
