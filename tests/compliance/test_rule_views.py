"""The pages of rule packs: what they say, what they do, what they cost."""

import html
import re
from datetime import UTC, date, datetime

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from compliance import services
from compliance.models import (
    Adoption,
    ConditionStatement,
    CourseApproval,
    Obligation,
    PreviewRun,
    Proposal,
    Requirement,
)
from compliance.selectors import Choice
from people import outbox
from people.models import OutboxEntry, Role, Site, StaffRole
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import SiteFactory, sign_in_personally
from tests.factories.rule_packs import loaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture
def pack():
    return loaded()


@pytest.fixture
def texas(larch, pack):
    """Larch Hotels with a hotel in Texas and one of unknown kind in New York."""
    Site.objects.filter(pk=larch.fort.pk).update(jurisdiction="us-tx", kind="hotel", rooms=80)
    Site.objects.filter(pk=larch.prince.pk).update(jurisdiction="us-ny")
    return larch


@pytest.fixture
def hr(client, larch):
    sign_in_personally(client, larch.hr)
    return client


def url(name, *args):
    return reverse(f"compliance:{name}", args=["larch", *args])


def text_of(answer) -> str:
    assert answer.status_code in (200, 422)
    main = answer.content.decode().split('<main id="main" tabindex="-1">', 1)[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def said(answer) -> list[str]:
    return [str(it) for it in get_messages(answer.wsgi_request)]


def adopt(workplace, pack, certification, *codes):
    return services.adopt(
        organisation=workplace.organisation,
        pack=pack,
        choices={code: Choice(certification) for code in codes},
        starts_on=TODAY,
        due_on=date(2026, 4, 1),
        by=workplace.hr,
        at=AT,
    )


def section(answer, code):
    return text_of_html(answer.content.decode().split(f'id="{code}"', 1)[1].split("</section>")[0])


def text_of_html(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


# --- the list ---


def test_packs_about_the_sites_come_first(hr, texas):
    near, far = text_of(hr.get(url("rules"))).split("For other places and kinds of work")
    assert "Hotels and lodging in the United States" in near
    assert "Schools in Ontario" in far
    # Surely about a site comes before perhaps about one.
    assert near.index("Hotels and lodging in the United States") < near.index("Airports in Canada")


def test_the_list_shows_what_is_followed_and_what_is_not_known_of_sites(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    page = text_of(hr.get(url("rules")))
    assert "since 2 March 2026" in page
    assert "US-NY Not said yet" in page


def test_a_site_lead_sees_their_own_sites_alone(client, texas):
    sign_in_personally(client, texas.staff(StaffRole.Kind.SITE_LEAD, site=texas.fort))
    page = text_of(client.get(url("rules")))
    assert "Fort St. John" in page
    assert "Prince George" not in page
    assert "Prince George" not in text_of(client.get(url("rule_pack", "us-lodging")))
    assert client.get(url("rule_site", "prince-george")).status_code == 404


# --- one pack ---


def test_every_pack_says_that_it_is_no_advice_and_when_it_was_verified(hr, texas):
    for code in ("us-lodging", "ca-bc", "supply-chain-reports", "us-schools", "ca-airports"):
        page = text_of(hr.get(url("rule_pack", code)))
        assert "This is not legal advice. Last verified on" in page, code


def test_past_its_review_day_a_pack_says_so(hr, larch, texas, the_clock):
    assert "the law may have changed" not in text_of(hr.get(url("rule_pack", "us-lodging")))
    the_clock.now = datetime(2027, 5, 29, 17, 0, tzinfo=UTC)
    sign_in_personally(hr, larch.hr)
    page = text_of(hr.get(url("rule_pack", "us-lodging")))
    assert "It should have been looked at again by 28 May 2027: the law may have changed." in page
    assert "past its review date" in text_of(hr.get(url("rules")))


def test_required_by_law_is_said_of_laws_alone(hr, texas):
    assert "Required by law." in section(hr.get(url("rule_pack", "us-lodging")), "us-tx-lodging")
    for pack, code in (
        ("us-schools", "us-wi-school"),
        ("ca-bc", "ca-bc-network-corporate"),
        ("ca-bc", "ca-bc-truck-licence"),
        ("ca-airports", "ca-airport-staff"),
        ("ca-on-schools", "ca-on-ppm166"),
    ):
        assert "required by law" not in section(hr.get(url("rule_pack", pack)), code).lower(), code


def test_a_rule_says_what_it_asks_and_where(hr, texas):
    said_of_it = section(hr.get(url("rule_pack", "us-lodging")), "us-tx-lodging")
    for words in (
        "Within 90 days, from the first day at work.",
        "Every 12 months, counted from the last time.",
        "20 minutes",
        "Shown within 72 hours of being asked.",
        "A sign of at least 11 by 17 inches, letters of at least 16 points, in: English, Spanish.",
        "Larch Hotels Fort St. John : applies",
        "Not approved. Nothing counts for this rule until you record who approved which edition.",
        "114.0051",
        "Verified on 28 November 2026; to be looked at again by 28 May 2027.",
    ):
        assert words in said_of_it, words


def test_a_rule_that_may_be_about_a_site_says_what_is_missing(hr, texas):
    said_of_it = section(hr.get(url("rule_pack", "us-lodging")), "us-ny-lodging")
    assert (
        "Larch Hotels Prince George : may apply; say what kind of place it is, say how many guest rooms it has"
        in said_of_it
    )


def test_the_chosen_training_is_held_against_the_rule_and_nobody_is_called_compliant(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    said_of_it = section(hr.get(url("rule_pack", "us-lodging")), "us-tx-lodging")
    assert "3 conditions are open. Until they are met, do not call anybody compliant with this rule." in said_of_it
    assert "The training holds people for at least 0 minutes; the rule asks for 20." in said_of_it
    assert "No lesson covers, for this place: “What human trafficking is”" in said_of_it
    assert "edition 1. An approval of an earlier edition does not count for it." in said_of_it


def test_an_earlier_day_than_the_printed_one_is_named_with_its_reason(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    assert (
        "Who does the training today has a certificate that is valid through 1 March 2029, and has to do it again by "
        "1 March 2027, because of this rule." in section(hr.get(url("rule_pack", "us-lodging")), "us-tx-lodging")
    )


def test_an_unknown_pack_is_not_found(hr, texas):
    assert hr.get(url("rule_pack", "no-such-pack")).status_code == 404
    assert hr.get(url("rule_pack_adopt", "supply-chain-reports")).status_code == 404
    assert hr.get(url("rule_pack_stop", "us-lodging")).status_code == 404


def test_a_newer_version_is_offered_and_what_is_followed_stays(hr, texas, pack, hospitality):
    from tests.compliance.test_rule_packs import changed

    adopt(texas, pack, hospitality, "us-tx-lodging")
    services.load_packs(book=changed(minimum_minutes=30), at=AT)
    page = hr.get(url("rule_pack", "us-lodging"))
    assert "Version 2 is here. What you follow stays as it is until you adopt it." in text_of(page)
    assert "20 minutes" in section(page, "us-ca-hotel")


# --- adopting ---


def test_adopting_shows_whom_it_reaches_before_anything_is_assigned(hr, texas, hospitality):
    texas.employ("Jo", site=texas.fort)
    sent = {"training-us-tx-lodging": hospitality.pk, "due_on": "2026-04-01"}
    page = text_of(hr.post(url("rule_pack_adopt", "us-lodging"), sent))
    assert "Nothing is assigned yet." in page
    assert "1 person gets “Working safely with guests”." in page
    assert "Everybody at Larch Hotels Fort St. John" in page
    assert not Adoption.objects.exists()
    answer = hr.post(url("rule_pack_adopt", "us-lodging"), {**sent, "confirm": "1"})
    assert said(answer) == ["Adopted. What it asks for is assigned, and people will be told."]
    assert [it.source for it in Requirement.objects.live()] == ["us-tx-lodging"]


def test_an_adoption_that_reaches_many_waits_for_a_second_person(client, hr, texas, hospitality, monkeypatch):
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 1)
    texas.employ("Jo", site=texas.fort)
    sent = {
        "training-us-tx-lodging": hospitality.pk,
        "roles-us-tx-lodging": texas.housekeeping.pk,
        "due_on": "2026-04-01",
    }
    assert "Somebody else of HR has to agree" in text_of(hr.post(url("rule_pack_adopt", "us-lodging"), sent))
    for _ in range(2):
        answer = hr.post(url("rule_pack_adopt", "us-lodging"), {**sent, "confirm": "1"})
    assert said(answer)[-1].startswith("This touches many people")
    assert not Adoption.objects.exists()
    proposal = Proposal.objects.get()
    page = url("proposal", proposal.public_id)
    assert "1 person gets “Working safely with guests”." in text_of(client.get(page))
    client.post(page, {"agree": "1"})
    assert not Adoption.objects.exists()
    sign_in_personally(client, texas.staff(StaffRole.Kind.HR))
    client.post(page, {"agree": "1"})
    asked = Requirement.objects.live().get()
    assert (asked.source, asked.role, asked.starts_on) == ("us-tx-lodging", texas.housekeeping, TODAY)


def test_a_proposed_adoption_whose_day_has_passed_is_not_made(client, hr, texas, hospitality, monkeypatch, the_clock):
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 1)
    texas.employ("Jo", site=texas.fort)
    sent = {"training-us-tx-lodging": hospitality.pk, "due_on": "2026-04-01", "confirm": "1"}
    hr.post(url("rule_pack_adopt", "us-lodging"), sent)
    the_clock.forward(days=60)
    sign_in_personally(client, texas.staff(StaffRole.Kind.HR))
    answer = client.post(url("proposal", Proposal.objects.get().public_id), {"agree": "1"})
    assert said(answer)[-1].startswith("Its last good day has passed meanwhile.")
    assert not Adoption.objects.exists()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"due_on": "2026-04-01"}, "Choose a training for one rule at least."),
        ({"due_on": "2026-03-01"}, "Choose today or a later day."),
        ({}, "Choose the last good day."),
    ],
)
def test_an_adoption_that_cannot_be_says_why(hr, texas, hospitality, sent, error):
    answer = hr.post(url("rule_pack_adopt", "us-lodging"), {**sent, "confirm": "1"})
    assert answer.status_code == 422
    assert error in text_of(answer)
    assert not Adoption.objects.exists()


def test_roles_of_another_organisation_cannot_be_chosen(hr, texas, hospitality):
    other = factories.workplace("other", "Other")
    sent = {
        "training-us-tx-lodging": hospitality.pk,
        "roles-us-tx-lodging": [other.kitchen.pk],
        "due_on": "2026-04-01",
        "confirm": "1",
    }
    assert hr.post(url("rule_pack_adopt", "us-lodging"), sent).status_code == 422
    # Nor one with a key that no database has.
    sent["roles-us-tx-lodging"] = ["9" * 19]
    assert hr.post(url("rule_pack_adopt", "us-lodging"), sent).status_code == 422
    assert not Adoption.objects.exists()


def test_stopping_says_what_ends_and_ends_it(hr, texas, pack, hospitality):
    texas.employ("Jo", site=texas.fort)
    adopt(texas, pack, hospitality, "us-tx-lodging")
    for look in (hr.get, hr.post):
        page = text_of(look(url("rule_pack_stop", "us-lodging")))
        assert "Asked no longer Working safely with guests: everybody at Larch Hotels Fort St. John" in page
        assert "1 person will not have to do it any more." in page
    assert Requirement.objects.live().exists()
    hr.post(url("rule_pack_stop", "us-lodging"), {"confirm": "1"})
    assert not Requirement.objects.live().exists()


# --- approvals, conditions, sites ---


def test_an_approval_is_recorded_shown_and_ended(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    edition = hospitality.courses.get().editions.get()
    address = url("rule_approval", "us-lodging", "us-tx-lodging")
    assert "Attorney General of Texas" in hr.get(address).content.decode()
    sent = {"edition": edition.pk, "body": "Attorney General", "reference": "TX-7", "approved_on": "2026-03-02"}
    assert hr.post(address, {**sent, "approved_on": "2026-03-03"}).status_code == 422
    hr.post(address, sent)
    approval = CourseApproval.objects.get()
    assert (approval.edition, approval.body, approval.approval_reference) == (edition, "Attorney General", "TX-7")
    assert "edition 1: Attorney General, TX-7, 2 March 2026" in section(
        hr.get(url("rule_pack", "us-lodging")), "us-tx-lodging"
    )
    hr.post(url("rule_approval_end", "us-lodging", "us-tx-lodging"), {"approval": approval.pk})
    assert not CourseApproval.objects.live().exists()


def test_an_approval_of_another_organisation_cannot_be_ended(hr, texas, pack, hospitality):
    other = factories.workplace("other", "Other")
    approval = services.record_approval(
        organisation=other.organisation,
        rule_code="us-tx-lodging",
        edition=hospitality.courses.get().editions.get(),
        body="B",
        reference="OTHER-1",
        approved_on=TODAY,
        by=None,
        at=AT,
    )
    address = url("rule_approval_end", "us-lodging", "us-tx-lodging")
    assert hr.post(address, {"approval": approval.pk}).status_code == 404
    assert hr.post(address, {"approval": "x"}).status_code == 404
    assert CourseApproval.objects.live().exists()
    assert "OTHER-1" not in hr.get(url("rule_pack", "us-lodging")).content.decode()


def test_a_rule_without_approval_asks_for_none(hr, texas):
    assert hr.get(url("rule_approval", "us-lodging", "us-ca-hotel")).status_code == 404


def test_what_only_hr_knows_is_asked_and_kept(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-ny-lodging")
    address = url("rule_condition", "us-lodging", "us-ny-lodging")
    hr.post(address, {"condition": "paid-time", "answer": "yes"})
    assert ConditionStatement.objects.get().is_met is True
    assert "In paid time Met You said so." in section(hr.get(url("rule_pack", "us-lodging")), "us-ny-lodging")
    for sent in ({"condition": "video", "answer": "yes"}, {"condition": "paid-time", "answer": "maybe"}, {}):
        assert hr.post(address, sent).status_code == 404


def test_a_site_shows_the_strictest_of_what_is_followed_with_its_rule(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    airports = loaded("ca-bc")
    adopt(texas, airports, hospitality, "ca-bc-network-corporate")
    page = text_of(hr.get(url("rule_site", "fort-st-john")))
    assert "Who does it today does it again by 1 March 2027 Texas: directly employed hotel staff (Law)" in page
    page = text_of(hr.get(url("rule_site", "north")))
    assert "1 March 2029 British Columbia: companies and partners, every three years (Recommendation)" in page


def test_describing_a_site_moves_what_is_asked_there(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    texas.employ("Jo", site=texas.fort)
    sent = {"jurisdiction": "us-tx", "kind": "restaurant", "rooms": "", "size": "12"}
    page = text_of(hr.post(url("rule_site", "fort-st-john"), sent))
    assert "Place described anew: Larch Hotels Fort St. John" in page
    assert "Asked no longer Working safely with guests: everybody at Larch Hotels Fort St. John Texas: directly" in page
    assert "1 person will not have to do it any more." in page
    assert "Jo" in page
    assert Site.objects.get(pk=texas.fort.pk).kind == "hotel"
    hr.post(url("rule_site", "fort-st-john"), {**sent, "confirm": "1"})
    site = Site.objects.get(pk=texas.fort.pk)
    assert (site.jurisdiction, site.kind, site.rooms, site.size) == ("us-tx", "restaurant", None, 12)
    assert not Requirement.objects.live().exists()
    assert hr.post(url("rule_site", "fort-st-john"), {**sent, "kind": "castle"}).status_code == 422
    assert hr.post(url("rule_site", "fort-st-john"), {**sent, "rooms": "-1"}).status_code == 422


def test_what_asks_nobody_for_anything_else_is_written_at_once(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    assert hr.post(url("rule_site", "fort-st-john"), {"jurisdiction": "us-tx", "kind": "hotel", "rooms": "90"}).url
    assert Site.objects.get(pk=texas.fort.pk).rooms == 90


def test_describing_a_site_of_many_waits_for_a_second_person(client, hr, texas, pack, hospitality, monkeypatch):
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 1)
    texas.employ("Jo", site=texas.fort)
    adopt(texas, pack, hospitality, "us-tx-lodging")
    sent = {"jurisdiction": "us-tx", "kind": "restaurant", "rooms": "", "size": "", "confirm": "1"}
    assert said(hr.post(url("rule_site", "fort-st-john"), sent))[-1].startswith("This touches many people")
    page = url("proposal", Proposal.objects.get().public_id)
    shown = text_of(client.get(page))
    assert "Place described anew" in shown
    assert "Asked no longer Working safely with guests: everybody at Larch Hotels Fort St. John" in shown
    client.post(page, {"agree": "1"})
    assert Site.objects.get(pk=texas.fort.pk).kind == "hotel"
    sign_in_personally(client, texas.staff(StaffRole.Kind.HR))
    client.post(page, {"agree": "1"})
    assert Site.objects.get(pk=texas.fort.pk).kind == "restaurant"
    assert not Requirement.objects.live().exists()


def test_a_place_of_very_many_is_looked_at_in_the_background(hr, texas, pack, hospitality, monkeypatch):
    monkeypatch.setattr("compliance.services.previews.AT_ONCE", 1)
    for name in ("Jo", "Ama"):
        texas.employ(name, site=texas.prince)
    sent = {"training-us-tx-lodging": hospitality.pk, "training-us-ny-lodging": hospitality.pk, "due_on": "2026-04-01"}

    def looked_at(address, sent):
        answer = hr.post(address, sent)
        run = PreviewRun.objects.first()
        assert answer.url == url("preview", run.public_id)
        for entry in OutboxEntry.objects.filter(kind="compliance.preview", done_at=None):
            outbox.deliver(key=entry.key, at=AT)
        return answer.url

    page = looked_at(url("rule_pack_adopt", "us-lodging"), sent)
    assert "2 people will have to do it." in text_of(hr.get(page))
    assert not Adoption.objects.exists()
    hr.post(page, {"confirm": "1"})
    assert {it.source for it in Requirement.objects.live()} == {"us-tx-lodging", "us-ny-lodging"}
    page = looked_at(url("rule_site", "prince-george"), {"jurisdiction": "us-ny", "kind": "airport"})
    shown = text_of(hr.get(page))
    assert "Place described anew: Larch Hotels Prince George" in shown
    assert "2 people will not have to do it any more." in shown
    hr.post(page, {"confirm": "1"})
    assert {it.source for it in Requirement.objects.live()} == {"us-tx-lodging"}
    for name in ("Li", "Sam"):
        texas.employ(name, site=texas.fort)
    runs = PreviewRun.objects.count()
    assert 'name="confirm"' not in hr.get(url("rule_pack_stop", "us-lodging")).content.decode()
    assert PreviewRun.objects.count() == runs
    page = looked_at(url("rule_pack_stop", "us-lodging"), {})
    assert "2 people will not have to do it any more." in text_of(hr.get(page))
    hr.post(page, {"confirm": "1"})
    assert not Requirement.objects.live().exists()
    assert "This was decided or changed meanwhile." in said(hr.get(page, follow=True))


# --- roles ---


def test_what_rules_call_a_role_is_looked_at_before_it_holds(client, hr, larch, pack, hospitality, monkeypatch):
    jo = larch.employ("Jo", role=larch.kitchen)
    larch.ask(hospitality, conditions={"role_tag": "food_service"})
    assert "Kitchen kitchen –" in text_of(hr.get(url("roles")))
    form = text_of(hr.get(url("role", "kitchen")))
    assert "food service" in form
    page = text_of(hr.post(url("role", "kitchen"), {"tags": ["food_service"], "others": "Night shift"}))
    assert "Kind of work called otherwise: Kitchen" in page
    assert "1 person will have to do it." in page
    assert Role.objects.get(code="kitchen").tags == []
    assert not Obligation.objects.filter(membership=jo).exists()
    sent = {"others": "food_service، night_shift", "confirm": "1"}
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 1)
    assert said(hr.post(url("role", "kitchen"), sent))[-1].startswith("This touches many people")
    proposal = url("proposal", Proposal.objects.get().public_id)
    sign_in_personally(client, larch.staff(StaffRole.Kind.HR))
    assert "1 person will have to do it." in text_of(client.get(proposal))
    client.post(proposal, {"agree": "1"})
    assert Role.objects.get(code="kitchen").tags == ["food_service", "night_shift"]
    assert Obligation.objects.filter(membership=jo).exists()
    assert "food service, night shift" in text_of(client.get(url("roles")))
    # A role that nobody is asked because of is written at once.
    client.post(url("role", "housekeeping"), {"others": "", "tags": []})
    assert client.post(url("role", "kitchen"), {"others": "‮"}).status_code == 422
    assert client.post(url("role", "kitchen"), {"tags": ["castle"]}).status_code == 422


def test_a_site_is_added_and_what_is_followed_holds_there(hr, texas, pack, hospitality):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    sent = {
        "name": "Larch Hotels Austin", "code": "austin", "parent": texas.region.pk, "time_zone": "America/Chicago",
        "jurisdiction": "us-tx", "kind": "hotel", "rooms": "60",
    }  # fmt: skip
    other = factories.workplace("other", "Other")
    for wrong, problem in (
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus is not a time zone such as America/Vancouver."),
        ({"code": "fort-st-john"}, "Another site has this code."),
        ({"code": "no code"}, "Use lower-case letters, digits and hyphens."),
        ({"parent": other.region.pk}, "Select a valid choice."),
        ({"jurisdiction": "xx"}, "Select a valid choice."),
    ):
        answer = hr.post(url("site_new"), sent | wrong)
        assert answer.status_code == 422, wrong
        assert problem in text_of(answer)
    assert hr.post(url("site_new"), sent).url == url("rule_site", "austin")
    made = Site.objects.get(code="austin")
    assert (made.parent, made.organisation, made.time_zone, made.rooms) == (
        texas.region, texas.organisation, "America/Chicago", 60,
    )  # fmt: skip
    assert {it.site.code for it in Requirement.objects.live()} == {"fort-st-john", "austin"}
    assert "Larch Hotels Austin" in text_of(hr.get(url("rules")))


def test_what_a_site_is_called_is_changed_at_once(client, hr, larch):
    page = url("site_change", "fort-st-john")
    assert f'href="{page}"' in hr.get(url("rules")).content.decode()
    assert f'href="{page}"' in hr.get(url("rule_site", "fort-st-john")).content.decode()
    sent = {
        "name": "The Fort", "time_zone": "America/Edmonton", "contact": "Front desk", "first": "es",
        "languages": ["ar", "en"],
    }  # fmt: skip
    larch.fort.languages = ["en", "de"]
    larch.fort.save()
    assert "Deutsch" in hr.get(page).content.decode()
    assert hr.post(page, sent).url == page
    made = Site.objects.get(code="fort-st-john")
    assert (made.name, made.time_zone, made.contact, made.languages) == (
        "The Fort", "America/Edmonton", "Front desk", ["es", "en", "ar"],
    )  # fmt: skip
    assert (made.parent, made.jurisdiction) == (larch.region, larch.fort.jurisdiction)
    for wrong in (
        {"time_zone": "Mars/Olympus"},
        {"name": " "},
        {"first": "xx"},
        {"languages": ["xx"]},
        {"name": "a\x00"},
    ):
        assert hr.post(page, sent | wrong).status_code == 422, wrong
    for word in ("", "a\x00b", "9" * 30, "9" * 5000, "\u202e٣", "-1", "1e3", str(larch.fort.pk)):
        assert hr.post(page, {"parent": word, "confirm": "1"}).status_code == (302 if not word else 422), word
    assert Site.objects.get(code="fort-st-john").parent is None
    sign_in_personally(client, larch.staff(StaffRole.Kind.SITE_LEAD, site=larch.fort))
    assert client.get(page).status_code == client.post(page, sent).status_code == 404
    assert page not in client.get(url("rules")).content.decode()
    other = factories.workplace("other", "Other")
    sign_in_personally(client, other.hr)
    assert client.post(page, sent).status_code == 404


def test_where_a_site_belongs_is_looked_at_before_it_holds(client, hr, larch, hospitality, the_clock, monkeypatch):
    jo = larch.employ("Jo")
    south = SiteFactory(organisation=larch.organisation, code="south", name="Larch Hotels South")
    larch.ask(hospitality, site=larch.region)
    page, sent = url("site_change", "fort-st-john"), {"parent": south.pk}
    shown = text_of(hr.post(page, sent))
    assert "Place belongs to another site: Larch Hotels Fort St. John (Belongs to: Larch Hotels South)" in shown
    assert "1 person will not have to do it any more." in shown
    assert hr.post(page, {"parent": larch.fort.pk}).status_code == 422
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 1)
    assert said(hr.post(page, sent | {"confirm": "1"}))[-1].startswith("This touches many people")
    assert Site.objects.get(code="fort-st-john").parent == larch.region
    proposal = url("proposal", Proposal.objects.get().public_id)
    client.post(proposal, {"agree": "1"})
    assert Site.objects.get(code="fort-st-john").parent == larch.region
    sign_in_personally(client, larch.staff(StaffRole.Kind.HR))
    assert "(Belongs to: Larch Hotels South)" in text_of(client.get(proposal))
    # Meanwhile it has become impossible: that is said, nothing is done, and it can still be taken off the list.
    Site.objects.filter(pk=south.pk).update(parent=larch.fort)
    assert "Do not agree" in text_of(client.get(proposal))
    assert "Agree: it holds" not in text_of(client.get(proposal))
    assert said(client.post(proposal, {"agree": "1"}))[-1] == "This was decided or changed meanwhile."
    Site.objects.filter(pk=south.pk).update(parent=None)
    client.post(proposal, {"agree": "1"})
    assert Site.objects.get(code="fort-st-john").parent == south
    assert not Obligation.objects.filter(membership=jo).exists()
    Site.objects.filter(pk=south.pk).update(parent=larch.fort)
    assert text_of(client.get(proposal))
    Site.objects.filter(pk=south.pk).update(parent=None)
    # For very many it is looked at in the background.
    monkeypatch.setattr("compliance.services.previews.AT_ONCE", 0)
    monkeypatch.setattr("compliance.services.proposals.FROM_PEOPLE", 50)
    answer = client.post(page, {"parent": larch.region.pk})
    services.place_site(site=larch.prince, parent=None, on=TODAY, by=None, at=the_clock.forward(minutes=1))
    the_clock.forward(minutes=1)
    old, answer = answer, client.post(page, {"parent": larch.region.pk})
    assert old.url != answer.url  # what was begun before another site moved is not taken for what is
    outbox.deliver(key=OutboxEntry.objects.filter(kind="compliance.preview").latest("pk").key, at=AT)
    assert "1 person will have to do it." in text_of(client.get(answer.url))
    client.post(answer.url, {"confirm": "1"})
    assert Site.objects.get(code="fort-st-john").parent == larch.region
    assert Obligation.objects.filter(membership=jo).exists()


def test_a_role_is_added_once(hr, larch):
    assert hr.post(url("roles"), {"name": "Night audit", "code": "night-audit"}).status_code == 302
    for sent in ({"name": "Other", "code": "night-audit"}, {"name": "", "code": "x"}, {"name": "X", "code": "No code"}):
        assert hr.post(url("roles"), sent).status_code == 422, sent
    assert list(larch.organisation.roles.filter(code="night-audit").values_list("name", "tags")) == [
        ("Night audit", [])
    ]


# --- cost ---


@pytest.mark.parametrize("more", [1, 3])
def test_pages_cost_the_same_for_few_sites_and_for_many(hr, texas, pack, hospitality, django_assert_num_queries, more):
    adopt(texas, pack, hospitality, "us-tx-lodging")
    for number in range(more):
        SiteFactory(organisation=texas.organisation, code=f"more-{number}", jurisdiction="us-tx", kind="hotel")
        factories.training()
    hr.get(url("rules"))
    for name, args, queries in (
        ("rules", (), 15),
        ("rule_pack", ("us-lodging",), 23),
        ("rule_site", ("fort-st-john",), 16),
        ("site_change", ("fort-st-john",), 11),
    ):
        with django_assert_num_queries(queries, info=name):
            hr.get(url(name, *args))
