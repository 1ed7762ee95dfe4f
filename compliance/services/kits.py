"""Keeping a site's response plan and who answers for its pieces."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from compliance.kit_sheets import sector_of
from compliance.models import KitDuty, SiteKit
from courses.models import Course
from people import audit
from people.models import Site, User


@transaction.atomic
def keep_kit(
    *,
    site: Site,
    answers: Mapping[str, str],
    contacts: Sequence[str],
    duties: Mapping[str, tuple[str, date]],
    by: User | None,
    on: date,
    at: datetime,
) -> SiteKit:
    """Write the plan of ``site``. ``duties``: owner and review date by piece. The same again changes nothing."""
    locked = Site.objects.select_for_update().get(pk=site.pk)
    kit = SiteKit.objects.filter(site=locked).first() or SiteKit(site=locked)
    held = {each.piece: (each.owner, each.review_by) for each in kit.duties.all()} if kit.pk else {}
    if kit.pk and (kit.answers, kit.contacts, held) == (dict(answers), list(contacts), dict(duties)):
        return kit
    kit.answers, kit.contacts, kit.changed_on = dict(answers), list(contacts), on
    kit.save()
    for piece, (owner, review_by) in duties.items():
        KitDuty.objects.update_or_create(kit=kit, piece=piece, defaults={"owner": owner, "review_by": review_by})
    audit.record(organisation=site.organisation, actor=by, verb="kit.kept", target=locked, at=at)
    return kit


def workplaces_with_kit_of(course: Course) -> list[str]:
    """Return the workplaces whose kit holds the booklets and cards of ``course``, as organisation and site."""
    kits = SiteKit.objects.select_related("site__organisation", "site__parent").order_by("site__organisation__name")
    found = [kit.site for kit in kits if sector_of(kit.site) == course.sector.code]
    return [f"{site.organisation.name}, {site.name}" for site in found]
