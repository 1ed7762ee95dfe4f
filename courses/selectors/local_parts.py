"""Local parts: where somebody reads, which parts are theirs, and which an editor may see."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from cms.places import PLACES
from courses.models import EditionText, Enrolment, FrozenOverlay, LearningEvent, Overlay, Session, Withdrawal
from courses.models.overlay import OverlayQuerySet
from courses.overlays import FrozenPart, Reader, State, freshness_state
from courses.snapshot import Json
from people.models import Employment, Membership, Organisation, Site, User
from translations.freshness import summed
from translations.selectors import MatrixRow

APPROVE_OVERLAYS: Final = "courses.approve_overlay"


OVERLAY_KIND: Final = "local"
"""Of local parts among the texts of the matrix of languages."""


def places() -> set[str]:
    """Return the codes of the places that are known without a look at the regions: countries and their parts."""
    return {*PLACES, *(code.split("-")[0] for code in PLACES)}


def parts_of_text(snapshot: Json, organisation: Organisation | None) -> list[FrozenPart]:
    """Return the local parts that are frozen with a text and in force: everybody's, and those of ``organisation``.

    One query, none where the text has no local parts. Nobody is handed another organisation's.
    """
    if not (digests := snapshot.get("overlays")):
        return []
    ours = Q(organisation=None) if organisation is None else Q(organisation=None) | Q(organisation=organisation)
    rows = FrozenOverlay.objects.filter(ours, digest__in=digests).exclude(overlay__state=State.WITHDRAWN)
    return [FrozenPart(digest, content) for digest, content in rows.values_list("digest", "content")]


def reader_at_work(membership: Membership) -> Reader:
    """Return where somebody reads who works there: the site of the employment that began last, its sector or that above.

    Two queries.
    """
    jobs = Employment.objects.current_knowledge().filter(membership=membership).order_by("-starts_on", "-pk")
    site = jobs.values_list("site_id", flat=True).first()
    return reader_at_site(membership.organisation, site)


def reader_at_site(organisation: Organisation, site: int | None) -> Reader:
    """Return where people of a site read; ``site`` None: its organisation is all that is known. One query."""
    nowhere = Reader(organisation=organisation.code)
    return nowhere if site is None else readers_at_sites(organisation).get(site, nowhere)


def readers_at_sites(organisation: Organisation) -> dict[int, Reader]:
    """Return where people of each site of an organisation read, by the site's primary key. One query."""
    sites = Site.objects.filter(organisation=organisation)
    by_key = {each.pk: each for each in sites.only("parent_id", "sector", "jurisdiction")}

    def sector(site: Site | None) -> str:
        while site is not None and not site.sector:
            site = by_key.get(site.parent_id) if site.parent_id is not None else None
        return site.sector if site else ""

    return {key: Reader(each.jurisdiction, sector(each), organisation.code) for key, each in by_key.items()}


def sites_with_parts(text: EditionText, sites: QuerySet[Site], organisation: Organisation) -> list[Site]:
    """Return those of ``sites`` whose people have local parts in ``text``, by name; no query where it has none."""
    parts = parts_of_text(text.snapshot, organisation)
    readers = readers_at_sites(organisation) if parts else {}
    having = [key for key, reader in readers.items() if any(reader.is_in(part.reach) for part in parts)]
    return list(sites.filter(pk__in=having).order_by("name")) if having else []


def handed_out(session: Session) -> dict[str, list[str]]:
    """Return the digests of the local parts on what was made for a session, by lesson; no query where there are none."""
    found: dict[str, list[str]] = {}
    if session.local_parts:
        rows = FrozenOverlay.objects.filter(digest__in=session.local_parts).order_by("digest")
        for digest, lesson in rows.values_list("digest", "content__lesson"):
            found.setdefault(lesson, []).append(digest)
    return found


def overlays_seen(enrolment: Enrolment) -> list[FrozenOverlay]:
    """Return the local parts that somebody had before their eyes on the way, as they were frozen; two queries."""
    rows = LearningEvent.objects.filter(enrolment=enrolment, data__has_key="overlays").values_list("data", flat=True)
    digests = {digest for data in rows for digest in data["overlays"]}
    return list(FrozenOverlay.objects.filter(digest__in=digests).select_related("overlay").order_by("pk"))


def overlays_for(user: User) -> OverlayQuerySet:
    """Return the local parts that an editor may see: everybody's, and those of ``organisations_for`` or their own.

    ``is_base_withdrawn``: nobody is shown the words of their block any more, so their ``label`` is not shown either.
    """
    at_base = Q(kind="block", target=OuterRef("anchor")) | Q(kind="lesson", target=OuterRef("lesson"))
    gone = Withdrawal.objects.in_force().filter(at_base, course=OuterRef("course"))
    overlays = Overlay.objects.select_related("course", "sector", "organisation", "owner")
    overlays = overlays.annotate(is_base_withdrawn=Exists(gone))
    if user.has_perm(APPROVE_OVERLAYS):
        return overlays
    mine = Q(owner=user) | Q(organisation__in=organisations_for(user))
    return overlays.filter(Q(organisation=None) | mine)


def overlays_in_matrix(*, languages: Sequence[str], on: date, reader: User | None) -> list[MatrixRow]:
    """Return the local parts in use that ``reader`` may see (None: all) as rows of the matrix of languages; two queries.

    Each passage counts as a segment; where languages have different numbers of them, the most.
    """
    seen = Overlay.objects.all() if reader is None else overlays_for(reader)
    rows = []
    for each in seen.in_use().select_related("course__sector").prefetch_related("texts").order_by("course__code", "pk"):
        written = {text.language: len(text.body) for text in each.texts.all()}
        segments = max(written.values(), default=0)
        cells = {
            language: summed(
                {freshness_state(each.state, is_written=language in written, review_by=each.review_by, on=on): segments}
            )
            for language in languages
        }
        course = each.course.code
        about = (f"{OVERLAY_KIND}:{course}/{each.pk}", OVERLAY_KIND, each.title, f"course:{course}")
        rows.append(MatrixRow(*about, each.course.sector.code, segments, cells))
    return rows


def organisations_for(user: User) -> QuerySet[Organisation]:
    """Return the organisations that an editor may write for: their own, all for who approves."""
    if user.has_perm(APPROVE_OVERLAYS):
        return Organisation.objects.order_by("name")
    return Organisation.objects.filter(memberships__user=user).distinct().order_by("name")
