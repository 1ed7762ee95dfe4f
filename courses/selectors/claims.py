"""Claims: where each is used, and what is known of those that a text relies on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from wagtail.models import Page, ReferenceIndex

from cms.models import Source
from courses.claims import ClaimNow, uses_in
from courses.models import Claim, ClaimUse, RenditionSet
from courses.snapshot import Json


def claims_named(codes: Collection[str]) -> list[Claim]:
    """Return the claims with these codes; no query where there are none."""
    return list(Claim.objects.filter(code__in=codes)) if codes else []


@dataclass(frozen=True, slots=True)
class ClaimUses:
    """Where a claim is used: released ``texts`` with lesson and block, live ``pages`` of the CMS, and ``files``.

    ``files`` are the sets of files that were made of these texts.
    """

    texts: tuple[ClaimUse, ...]
    pages: tuple[Page, ...]
    files: tuple[RenditionSet, ...]


def uses_of(claim: Claim) -> ClaimUses:
    """Return where ``claim`` is used, in every edition and language; four queries."""
    texts = tuple(claim.uses.select_related("text__edition__course").order_by("text__edition__course__code", "-text"))
    places = {(use.text.edition_id, use.text.language) for use in texts}
    sets = RenditionSet.objects.filter(edition__in={edition for edition, _language in places})
    files = tuple(each for each in sets.select_related("edition__course") if (each.edition_id, each.language) in places)
    naming = ReferenceIndex.get_references_to(claim).values_list("object_id", flat=True)
    pages = Page.objects.filter(pk__in=[int(pk) for pk in set(naming) if pk.isdigit()]).select_related("locale")
    return ClaimUses(texts, tuple(pages.order_by("title", "pk")), files)


def sources_of(snapshot: Json) -> tuple[list[Source], list[Claim]]:
    """Return the sources that a text cites and the claims that it relies on, as they are today."""
    codes = {source["code"] for lesson in snapshot["lessons"] for source in lesson["sources"]}
    claims = Claim.objects.filter(code__in={use.claim for use in uses_in(snapshot)}).select_related("source")
    return list(Source.objects.filter(code__in=codes).order_by("title", "code")), list(claims)


def claims_now(snapshot: Json, *, on: date) -> dict[str, ClaimNow]:
    """Return what is known on a day of the claims that a text relies on, by code; one query, none without claims."""
    return {claim.code: claim.now(on) for claim in claims_named({use.claim for use in uses_in(snapshot)})}
