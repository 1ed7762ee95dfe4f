"""Where a site belongs decides who is asked: what is shown of a change is what comes of it, and nothing is left to mend."""

from datetime import date, timedelta

import pytest

from compliance import services
from compliance.exceptions import AlreadyWithdrawn
from compliance.models import Obligation, ObligationSpan, Requirement
from compliance.selectors import Choice
from people.models import AuditEntry, Membership, Site
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import SiteFactory
from tests.factories.rule_packs import loaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

LATER = AT + timedelta(days=10)
THEN = date(2026, 3, 12)


@pytest.fixture
def south(larch):
    """A second region, of another sector, with a hotel whose people nobody moves."""
    region = SiteFactory(organisation=larch.organisation, code="south", name="Larch Hotels South", sector="transport")
    larch.employ("Sam", site=SiteFactory(organisation=larch.organisation, parent=region, code="osoyoos"))
    return region


@pytest.fixture
def camp(larch):
    """A site with one below it, all of it in the north."""
    site = SiteFactory(organisation=larch.organisation, parent=larch.region, code="camp", name="Camp")
    below = SiteFactory(organisation=larch.organisation, parent=site, code="kitchen-tent", name="Kitchen tent")
    larch.employ("Jo", site=site)
    larch.employ("Ama", site=below)
    larch.employ("Li", site=larch.fort)
    return site


def asked(on=THEN):
    """Return by when each person is asked for what, by the spans that are kept."""
    spans = ObligationSpan.objects.covering(on).filter(required=True)
    names = ("obligation__membership__name", "obligation__certification__title", "due_on")
    return {(name, title): due_on for name, title, due_on in spans.values_list(*names)}


def nothing_to_mend():
    everybody = Membership.objects.values_list("pk", flat=True)
    return services.check_obligations(memberships=everybody, at=LATER) == []


def place(larch, site, parent):
    """Look at it, do it, and hold what was shown to what has come; return what has come."""
    before = asked()
    look = services.placement_of(site, parent=parent, on=THEN)
    shown = look.preview(at=LATER)
    services.place_site(site=site, parent=parent, on=THEN, by=larch.hr, at=LATER)
    after = asked()
    assert nothing_to_mend()
    title = look.parts[0].certification_id if len(look.parts) == 1 else None
    one = dict(Obligation.objects.values_list("certification", "certification__title")).get(title, "")

    def of(effects):
        return {((it.membership.name, it.training or one), it.before, it.after) for it in effects}

    kept = before.keys() & after.keys()
    assert of(shown.enters) == {(key, None, after[key]) for key in after.keys() - before.keys()}
    assert of(shown.leaves) == {(key, before[key], None) for key in before.keys() - after.keys()}
    assert of(shown.moves) == {(key, before[key], after[key]) for key in kept if before[key] != after[key]}
    return after


def test_what_is_asked_above_leaves_and_enters_with_a_site(larch, camp, south):
    north_wide, south_wide, by_sector, by_role, of_few = (
        factories.training(it) for it in ("North", "South", "Sector", "Role", "Not in the south")
    )
    larch.ask(north_wide, site=larch.region)
    larch.ask(south_wide, conditions={"all": [{"site": "south"}, {"role": "housekeeping"}]}, due_on=date(2026, 5, 1))
    larch.ask(by_sector, conditions={"sector": "transport"})
    larch.ask(by_role, role=larch.housekeeping)
    larch.ask(of_few, conditions={"not": {"site": "south"}})
    due = date(2026, 4, 1)
    assert place(larch, camp, south) == {
        ("Jo", "South"): date(2026, 5, 1), ("Ama", "South"): date(2026, 5, 1), ("Sam", "South"): date(2026, 5, 1),
        ("Jo", "Sector"): due, ("Ama", "Sector"): due, ("Sam", "Sector"): due,
        ("Jo", "Role"): due, ("Ama", "Role"): due, ("Li", "Role"): due, ("Sam", "Role"): due,
        ("Li", "North"): due, ("Li", "Not in the south"): due,
    }  # fmt: skip
    # What hangs on no site above is not even looked at.
    look = services.placement_of(Site.objects.get(pk=camp.pk), parent=larch.region, on=THEN)
    assert by_role.pk not in [it.certification_id for it in look.parts]
    logged = AuditEntry.objects.get(verb="site.placed")
    assert logged.data == {"parent": "south", "before": "north"}
    # To the top, where nobody is above; and below what lies beside it, which is asked for the same.
    assert {name for name, title in place(larch, Site.objects.get(pk=camp.pk), None) if title == "Sector"} == {"Sam"}


def test_of_adopted_rules_the_people_who_are_still_meant_keep_their_dates(larch, camp, south, hospitality):
    Site.objects.filter(organisation=larch.organisation).exclude(code="south").update(
        jurisdiction="us-tx", kind="hotel"
    )
    Site.objects.filter(code="osoyoos").update(kind="office")
    services.adopt(
        organisation=larch.organisation, pack=loaded(), choices={"us-tx-lodging": Choice(hospitality)},
        starts_on=TODAY, due_on=date(2026, 4, 1), by=larch.hr, at=AT,
    )  # fmt: skip
    assert [it.site.code for it in Requirement.objects.live()] == ["north"]
    before = asked()
    assert place(larch, Site.objects.get(pk=camp.pk), south) == before
    assert {it.site.code for it in Requirement.objects.live()} == {"north", "camp"}
    assert {it.starts_on for it in Requirement.objects.live()} == {TODAY}
    # Applied again it changes nothing, and back in the north nobody is asked by two.
    services.apply_adoptions(organisation=larch.organisation, on=THEN, by=None, at=LATER)
    assert Requirement.objects.live().count() == 2
    assert place(larch, Site.objects.get(pk=camp.pk), larch.region) == before


def test_a_site_belongs_to_none_below_it_of_another_employer_or_too_deep(larch, camp, south, monkeypatch):
    other = factories.workplace("other", "Other")
    for parent in (camp, Site.objects.get(code="kitchen-tent"), other.region):
        for change in (services.place_site, services.ask_to_place_site):
            with pytest.raises(AlreadyWithdrawn):
                change(site=camp, parent=parent, on=TODAY, by=larch.hr, at=AT)
    monkeypatch.setattr("people.selectors.MOST_LEVELS", 3)
    with pytest.raises(AlreadyWithdrawn):
        services.place_site(site=camp, parent=larch.fort, on=TODAY, by=larch.hr, at=AT)
    assert Site.objects.get(pk=camp.pk).parent == larch.region
    services.place_site(site=camp, parent=south, on=TODAY, by=larch.hr, at=AT)
    services.place_site(site=camp, parent=south, on=TODAY, by=larch.hr, at=AT)
    assert AuditEntry.objects.filter(verb="site.placed").count() == 1


def test_what_a_site_is_called_holds_at_once_and_its_people_live_by_its_calendar(larch, camp, hospitality):
    larch.ask(hospitality, site=camp)
    about = {"name": "Big camp", "languages": ["es", "en"], "contact": "The office"}
    services.change_site(site=camp, time_zone="Pacific/Auckland", **about, by=larch.hr, at=AT)
    assert set(Obligation.objects.values_list("membership__name", "time_zone")) == {
        ("Jo", "Pacific/Auckland"), ("Ama", "America/Vancouver"),
    }  # fmt: skip
    assert nothing_to_mend()
    services.change_site(site=camp, time_zone="Pacific/Auckland", **about, by=larch.hr, at=AT)
    logged = AuditEntry.objects.get(verb="site.changed")
    assert logged.data == {"changed": "name, time_zone, languages, contact"}
