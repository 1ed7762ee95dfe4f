"""Who may open the portal: foreign and unknown are the same, and an employer's PIN opens none of it."""

import html
import io
import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import get_resolver, reverse
from openpyxl import load_workbook

from compliance import services
from compliance.models import (
    Adjustment,
    Adoption,
    ConditionStatement,
    CountingPolicy,
    CourseApproval,
    Message,
    Requirement,
    SavedFilter,
)
from compliance.selectors import Choice
from courses.models import Edition
from people import services as people_services
from people.models import (
    AccountChange,
    AuditEntry,
    Employment,
    ExportColumns,
    ExportFile,
    ExportSchedule,
    Licence,
    Membership,
    Role,
    SamePerson,
    Site,
    StaffRole,
    WorkbookImport,
)
from tests.corpus.workbooks import KEYS, csv_file
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import UserFactory, sign_in_personally, sign_in_with_pin
from tests.factories.rule_packs import loaded
from tests.people.workbooks.conftest import looked_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

READ = (
    "organisation",
    "status_workbook",
    "people",
    "people_as_of",
    "person",
    "person_history",
    "assignments",
    "letters",
    "planned",
    "sent",
    "rules",
    "rule_pack",
    "rule_site",
    "kits",
)
WRITE_PAGES = (
    "employment_new",
    "role",
    "roles",
    "site_change",
    "site_new",
    "counting",
    "drafts",
    "adjustment_change",
    "assignment_edit",
    "licence_change",
    "licence_new",
    "record_of_many",
    "same_person",
    "assign_to_many",
    "trainers",
    "person_new",
    "upload",
    "upload_template",
    "assignment_new",
    "adjustment_new",
    "rule_pack_adopt",
    "rule_pack_stop",
    "rule_approval",
    "workbooks",
    "workbook_upload",
    "workbook_template",
    "export_xlsx",
    "export_csv",
    "import",
    "import_marked_up",
    "import_report",
    "exports",
    "export_columns",
    "export_file",
)
WRITE_ACTS = (
    "employment_new",
    "role",
    "roles",
    "site_change",
    "site_new",
    "counting",
    "record_of_many",
    "same_person",
    "assign_to_many",
    "drafts",
    "filter_save",
    "filter_forget",
    "assignment_edit",
    "adjustment_change",
    "licence_new",
    "licence_change",
    "trainers",
    "trainer_withdraw",
    "person_new",
    "upload",
    "slips",
    "address_again",
    "person",
    "employment_end",
    "slip",
    "assignment_new",
    "assignment_withdraw",
    "assignment_default",
    "adjustment_new",
    "adjustment_undo",
    "letters_pdf",
    "rule_pack_adopt",
    "rule_pack_stop",
    "rule_approval",
    "rule_approval_end",
    "rule_condition",
    "rule_site",
    "workbook_upload",
    "import_confirm",
    "import_undo",
    "import_again",
    "exports",
    "export_columns",
    "export_stop",
)

# For HR and site leads; tests/compliance/evidence says who gets what.
PROOF_PAGES = ("evidence", "evidence_pdf", "evidence_pack")
PROOF_ACTS = ("evidence_request",)
KITS = ("kit", "kit_piece", "kit_whole")
"""For HR and site leads, each for their own sites; their own tests are in test_kits."""
PROPOSAL = "proposal"
"""Between two of HR; its own tests are in test_preview."""
CONFIRMING = ("confirm_new", "confirm_undo")
"""Only where a training asks for it; their own tests are in test_in_person."""
PREVIEW = "preview"
"""Of one change that somebody of HR is about to make; its own tests are in test_previews."""
NOT_HR = ("another_way", "other_ways")
"""Between a person and a trainer; their own tests are in test_another_way."""


@pytest.fixture
def larch_with_people(larch, hospitality):
    """Larch Hotels with somebody at each hotel, an assignment, leave, a letter that waits and a pack that is followed."""
    jo = larch.employ("Jo Castellan", number="0042", site=larch.fort)
    services.record_leave(membership=jo, from_on=date(2027, 1, 4), last_on=date(2027, 1, 8), by=None, at=AT)
    larch.employ("Ama Birch", number="0043", site=larch.prince)
    larch.ask(hospitality, site=larch.region)
    services.sweep(at=AT)
    services.adopt(
        organisation=larch.organisation,
        pack=loaded(),
        choices={"us-ny-lodging": Choice(hospitality)},
        starts_on=TODAY,
        due_on=date(2026, 5, 1),
        by=None,
        at=AT,
    )
    file = csv_file(KEYS, ["0099", "New", None, "fort-st-john", None, "2026-03-02", None])
    looked_at(file, organisation=larch.organisation)
    schedule = people_services.schedule_export(
        organisation=larch.organisation,
        kind="people",
        every="day",
        first_on=TODAY,
        recipient=larch.hr,
        by=larch.hr,
        at=AT,
    )
    due = {"schedule": schedule.pk, "due_at": AT.isoformat()}
    people_services.deliver_export(due, at=AT)
    return larch


def address(name: str, organisation: str = "larch") -> str:
    if name in ("person", "employment_end", "employment_new", "slip", "address_again", "person_history", "same_person"):
        return reverse(
            f"compliance:{name}", args=[organisation, Membership.objects.get(employee_number="0042").public_id]
        )
    if name == "record_of_many":
        return reverse(f"compliance:{name}", args=[organisation, "leave"])
    if name == "filter_save":
        return reverse(f"compliance:{name}", args=[organisation]) + "?status=due"
    if name == "filter_forget":
        return reverse(f"compliance:{name}", args=[organisation, UUID(int=1)])
    if name == "evidence_pack":
        return reverse(f"compliance:{name}", args=[organisation, UUID(int=1)])
    if name.startswith("import"):
        return reverse(f"compliance:{name}", args=[organisation, WorkbookImport.objects.get().public_id])
    if name == "export_file":
        return reverse(f"compliance:{name}", args=[organisation, ExportFile.objects.get().public_id])
    if name == "export_stop":
        return reverse(f"compliance:{name}", args=[organisation, ExportSchedule.objects.get().public_id])
    if name in ("workbook_upload", "workbook_template", "export_xlsx", "export_csv", "export_columns"):
        return reverse(f"compliance:{name}", args=[organisation, "people"])
    jo = Membership.objects.get(employee_number="0042")
    if name == "adjustment_new":
        return reverse(f"compliance:{name}", args=[organisation, jo.public_id, "leave"])
    if name == "licence_new":
        return reverse(f"compliance:{name}", args=[organisation, jo.public_id])
    if name == "licence_change":
        return reverse(f"compliance:{name}", args=[organisation, jo.public_id, UUID(int=1)])
    if name == "trainer_withdraw":
        return reverse(
            f"compliance:{name}", args=[organisation, StaffRole.objects.values_list("pk", flat=True).first() or 1]
        )
    if name in ("adjustment_undo", "adjustment_change"):
        return reverse(f"compliance:{name}", args=[organisation, jo.public_id, Adjustment.objects.get().reference])
    if name in ("assignment_withdraw", "assignment_default", "assignment_edit"):
        return reverse(f"compliance:{name}", args=[organisation, Requirement.objects.get().reference])
    if name in ("rule_site", "site_change"):
        return reverse(f"compliance:{name}", args=[organisation, "fort-st-john"])
    if name == "role":
        return reverse(f"compliance:{name}", args=[organisation, "kitchen"])
    if name in ("rule_approval", "rule_approval_end", "rule_condition"):
        return reverse(f"compliance:{name}", args=[organisation, "us-lodging", "us-ny-lodging"])
    if name.startswith("rule_pack"):
        return reverse(f"compliance:{name}", args=[organisation, "us-lodging"])
    return reverse(f"compliance:{name}", args=[organisation])


def body_of(name: str) -> dict[str, object]:
    """Return what would do something, if it were let."""
    jo = Membership.objects.get(employee_number="0042")
    return {
        "person_new": {
            "employee_number": "9",
            "name": "New",
            "site": Employment.objects.first().site_id,
            "starts_on": "2026-03-02",
        },
        "person": {"name": "Renamed", "email": ""},
        "filter_save": {"name": "Mine"},
        "same_person": {"number": "0043"},
        "record_of_many": {
            "person": [str(jo.public_id)],
            "from_on": "2026-07-01",
            "last_on": "2026-07-31",
            "confirm": "1",
        },
        "assign_to_many": {
            "person": [str(jo.public_id)],
            "certification": Requirement.objects.get().certification_id,
            "due_on": "2026-05-01",
            "confirm": "1",
        },
        "assignment_edit": {"who": "keep", "when": "on", "due_on": "2026-06-01", "usual": "on", "confirm": "1"},
        "adjustment_change": {"last_on": "2027-01-20"},
        "licence_new": {"kind": "driver-class-1", "renews_on": "2026-09-30"},
        "licence_change": {"kind": "driver-class-1", "renews_on": "2026-09-30"},
        "trainers": {"name": "Ama", "email": "ama@pine.example"},
        "adjustment_new": {"from_on": "2026-07-01", "last_on": "2026-07-31"},
        "employment_new": {
            "site": Employment.objects.first().site_id,
            "starts_on": "2026-03-09",
            "employment_type": "direct",
            "instead": "on",
        },
        "employment_end": {
            "reference": Employment.objects.get(membership=jo).reference,
            "ends_on": "2026-03-31",
        },
        "assignment_new": {
            "certification": Requirement.objects.get().certification_id,
            "whom": "person",
            "number": "0042",
            "due_on": "2026-05-01",
        },
        "rule_pack_adopt": {
            "training-us-tx-lodging": Requirement.objects.get().certification_id,
            "due_on": "2026-05-01",
            "confirm": "1",
        },
        "rule_approval": {
            "edition": Edition.objects.order_by("pk").values_list("pk", flat=True).first(),
            "body": "B",
            "reference": "R",
            "approved_on": "2026-03-02",
        },
        "rule_condition": {"condition": "paid-time", "answer": "yes"},
        "exports": {
            "kind": "people",
            "file_format": "csv",
            "every": "week",
            "first_on": "2026-03-09",
            "kept_days": "30",
            "recipient": StaffRole.objects.filter(kind="hr").values_list("user", flat=True).first() or 1,
        },
        "export_columns": {"column": "name"},
        "rule_site": {"jurisdiction": "us-ny", "kind": "hotel", "rooms": "40", "confirm": "1"},
        "site_change": {"parent": "", "confirm": "1"},
        "rule_pack_stop": {"confirm": "1"},
        "role": {"others": "food service", "confirm": "1"},
        "site_new": {"name": "Austin", "code": "austin", "time_zone": "America/Chicago", "jurisdiction": "us-tx"},
        "roles": {"name": "Night audit", "code": "night-audit"},
        "counting": {"due_after_leave_days": "40", "grace_after_leave_days": "0", "confirm": "1"},
    }.get(name, {})


def everything() -> list[object]:
    """Return what writing would change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            Membership,
            Employment,
            Requirement,
            Adjustment,
            AccountChange,
            Message,
            Site,
            Role,
            Adoption,
            CountingPolicy,
            CourseApproval,
            ConditionStatement,
            WorkbookImport,
            ExportSchedule,
            ExportColumns,
            SavedFilter,
            Licence,
            SamePerson,
            StaffRole,
        )
    ]


def test_every_address_of_the_portal_is_in_these_tests():
    resolver = next(it for it in get_resolver().url_patterns if getattr(it, "app_name", "") == "compliance")
    names = {it.name for it in resolver.url_patterns}
    assert names == {
        *READ,
        *WRITE_PAGES,
        *WRITE_ACTS,
        *PROOF_PAGES,
        *PROOF_ACTS,
        PREVIEW,
        *CONFIRMING,
        *KITS,
        PROPOSAL,
        "home",
        "visible",
        *NOT_HR,
    }


@pytest.fixture(params=["hr of another", "nobody", "editor", "learner with a PIN", "staff with a PIN", "inactive"])
def outsider(request, client, larch_with_people):
    """A client to whom Larch Hotels must be as unknown as any other word."""
    if request.param == "hr of another":
        other = factories.workplace("other", "Other")
        sign_in_personally(client, other.hr)
    elif request.param == "nobody":
        sign_in_personally(client, UserFactory(with_email=True))
    elif request.param == "editor":
        editor = UserFactory(with_email=True)
        group = Group.objects.create(name="editors")
        group.permissions.add(*Permission.objects.filter(codename="access_admin"))
        editor.groups.add(group)
        sign_in_personally(client, editor)
    elif request.param == "learner with a PIN":
        sign_in_with_pin(client, Membership.objects.get(employee_number="0042"))
    elif request.param == "staff with a PIN":
        member = Membership.objects.get(employee_number="0042")
        Membership.objects.filter(pk=member.pk).update(user=larch_with_people.hr)
        sign_in_with_pin(client, Membership.objects.get(pk=member.pk))
    elif request.param == "inactive":
        StaffRole.objects.filter(user=larch_with_people.hr).delete()
        sign_in_personally(client, larch_with_people.hr)
    return client


def test_every_page_is_not_found_for_an_outsider_as_if_there_were_none(outsider):
    for name in (*READ, *WRITE_PAGES, *PROOF_PAGES):
        answer = outsider.get(address(name))
        unknown = outsider.get(address(name, "no-such-place"))
        assert (answer.status_code, unknown.status_code) == (404, 404), name
        assert apart_from(answer, "larch") == apart_from(unknown, "no-such-place"), name


def apart_from(answer, word: str) -> str:
    """Return a page without a word of its address and without the tokens of its forms."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode().replace(word, ""))


def test_every_act_is_not_found_for_an_outsider_and_changes_nothing(outsider):
    before = everything()
    for name in (*WRITE_ACTS, *PROOF_ACTS):
        assert outsider.post(address(name), body_of(name)).status_code == 404, name
    assert everything() == before
    assert not AuditEntry.objects.filter(verb="status.exported").exists()


def test_home_is_not_found_for_who_has_no_workplace(client, larch):
    sign_in_personally(client, UserFactory(with_email=True))
    assert client.get(reverse("compliance:home")).status_code == 404
    client.logout()
    sign_in_with_pin(client, larch.employ())
    assert client.get(reverse("compliance:home")).status_code == 404


def test_anonymous_is_led_to_the_door_and_back(client, larch_with_people):
    for name in (*READ, *WRITE_PAGES):
        answer = client.get(address(name))
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={address(name)}"), name
    for name in WRITE_ACTS:
        answer = client.post(address(name), body_of(name))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/workplace/"), name
    # The same door for what does not exist.
    assert client.get("/workplace/no-such-place/").headers["Location"] == "/sign-in/?next=/workplace/no-such-place/"
    assert client.get(reverse("compliance:home")).headers["Location"] == "/sign-in/?next=/workplace/"


def test_a_learner_who_follows_a_link_to_the_portal_is_not_sent_in_circles(client, larch):
    sign_in_with_pin(client, larch.employ())
    answer = client.get("/sign-in/?next=/workplace/larch/", follow=True)
    assert answer.status_code == 404
    assert len(answer.redirect_chain) == 1


def test_people_and_assignments_of_another_organisation_are_not_found_by_their_names(
    client, larch_with_people, hospitality
):
    other = factories.workplace("other", "Other")
    other.ask(hospitality, membership=other.employ("Lee Bramble"))
    sign_in_personally(client, other.hr)
    before = everything()
    jo = Membership.objects.get(employee_number="0042")
    reference = Requirement.objects.get(organisation=larch_with_people.organisation).reference
    for name, key in (("person", jo.public_id), ("employment_end", jo.public_id), ("slip", jo.public_id)):
        assert client.post(reverse(f"compliance:{name}", args=["other", key]), body_of_other()).status_code == 404
    assert client.get(reverse("compliance:person", args=["other", jo.public_id])).status_code == 404
    assert client.post(reverse("compliance:assignment_withdraw", args=["other", reference])).status_code == 404
    page = client.get(reverse("compliance:assignment_new", args=["other"]) + f"?person={jo.public_id}")
    # The number alone may stand in a token.
    assert 'value="0042"' not in page.content.decode()
    sent = {"certification": hospitality.pk, "whom": "person", "number": "0042", "due_on": "2026-05-01"}
    answer = client.post(reverse("compliance:assignment_new", args=["other"]), sent)
    assert list(answer.context["form"].errors) == ["number"]
    for path in ("", "people/", "letters/", "assignments/", "?q=Jo+Cast", "?site=fort-st-john", "people/?q=Ama"):
        page = client.get(f"/workplace/other/{path}").content.decode()
        assert [it for it in ("Larch", "0042", "0043", "Castellan", "Birch") if it in page] == [], path
    assert everything() == before


def body_of_other() -> dict[str, object]:
    return {"name": "Renamed", "email": "", "reference": str(uuid4()), "ends_on": "2026-03-31"}


def shown(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("kind", [StaffRole.Kind.SITE_LEAD, StaffRole.Kind.AUDITOR, StaffRole.Kind.HR])
def test_a_role_for_a_site_sees_the_people_of_that_site_alone(client, larch_with_people, kind):
    sign_in_personally(client, larch_with_people.staff(kind, site=larch_with_people.fort))
    for name in ("organisation", "people", "letters"):
        page = shown(client, address(name))
        assert "Jo Castellan" in page, name
        assert "Ama Birch" not in page, name
        assert "Prince George" not in page, name
    assert "1 line" in re.sub(r"\s+", " ", shown(client, address("organisation")))
    ama = Membership.objects.get(employee_number="0043")
    assert client.get(reverse("compliance:person", args=["larch", ama.public_id])).status_code == 404
    assert shown(client, address("person"))
    content = b"".join(client.get(address("status_workbook")).streaming_content)
    names = [cell.value for cell in load_workbook(io.BytesIO(content))["Status"]["B"]]
    assert names == ["Name", "Jo Castellan"]


def test_a_region_sees_all_below_it(client, larch_with_people):
    sign_in_personally(client, larch_with_people.staff(StaffRole.Kind.SITE_LEAD, site=larch_with_people.region))
    page = shown(client, address("people"))
    assert "Jo Castellan" in page
    assert "Ama Birch" in page


def test_who_moved_away_is_no_longer_the_site_leads_to_see(client, larch_with_people):
    jo = Membership.objects.get(employee_number="0042")
    larch_with_people.end(jo, date(2026, 3, 1))
    larch_with_people.place(jo, site=larch_with_people.prince, starts_on=date(2026, 3, 2))
    sign_in_personally(client, larch_with_people.staff(StaffRole.Kind.SITE_LEAD, site=larch_with_people.fort))
    assert "Jo Castellan" not in shown(client, address("people"))
    assert client.get(address("person")).status_code == 404


def test_assignments_of_people_elsewhere_are_not_the_site_leads_to_see(client, larch_with_people, hospitality):
    ama = Membership.objects.get(employee_number="0043")
    larch_with_people.ask(hospitality, membership=ama, due_on=date(2026, 4, 20))
    sign_in_personally(client, larch_with_people.staff(StaffRole.Kind.SITE_LEAD, site=larch_with_people.fort))
    assert "Ama Birch" not in shown(client, address("assignments"))


@pytest.mark.parametrize(
    ("kind", "at_site"),
    [
        (StaffRole.Kind.AUDITOR, False),
        (StaffRole.Kind.SITE_LEAD, False),
        (StaffRole.Kind.SITE_LEAD, True),
        (StaffRole.Kind.HR, True),
    ],
)
def test_who_only_reads_can_do_nothing_and_is_offered_nothing(client, larch_with_people, kind, at_site):
    site = larch_with_people.fort if at_site else None
    sign_in_personally(client, larch_with_people.staff(kind, site=site))
    before = everything()
    for name in WRITE_PAGES:
        assert client.get(address(name)).status_code == 404, name
    for name in WRITE_ACTS:
        assert client.post(address(name), body_of(name)).status_code == 404, name
    assert everything() == before
    for name in READ:
        if name == "status_workbook":
            continue
        page = shown(client, address(name)).split("<main")[1].split("</main>")[0]
        assert 'method="post"' not in page, name
        assert "/new/" not in page, name


def test_a_reading_role_elsewhere_lends_no_right_to_write_here(client, larch_with_people):
    other = factories.workplace("other", "Other")
    user = other.hr
    StaffRole.objects.create(user=user, organisation=larch_with_people.organisation, kind=StaffRole.Kind.AUDITOR)
    sign_in_personally(client, user)
    assert client.get(address("people")).status_code == 200
    assert client.post(address("person_new"), body_of("person_new")).status_code == 404


def test_acts_are_done_by_post_alone(client, larch_with_people):
    sign_in_personally(client, larch_with_people.hr)
    before = everything()
    for name in ("slips", "employment_end", "slip", "assignment_withdraw", "letters_pdf"):
        assert client.get(address(name)).status_code == 405, name
    for name in ("organisation", "people", "assignments", "letters", "status_workbook", "upload_template"):
        assert client.post(address(name)).status_code == 405, name
    assert everything() == before


def test_the_public_page_is_open_to_everybody(client, larch):
    path = reverse("compliance:visible")
    assert client.get(path).status_code == 200
    sign_in_with_pin(client, larch.employ())
    assert client.get(path).status_code == 200
