"""The portal: what it shows, what it does, what it costs."""

import html
import io
import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from assessments.models import Attempt
from certificates import services as certificate_services
from certificates.expressions import Attested
from certificates.models import Certificate
from compliance import services
from compliance.models import Message, Obligation, Requirement
from compliance.visibility import LISTED_FIELDS, VISIBLE_FIELDS
from courses.models import LearningEvent
from people import outbox
from people import services as people_services
from people.models import AccountChange, AuditEntry, Employment, Membership, StaffRole
from people.workbooks.writing import XLSX_TYPE
from tests.factories import certificates as certificate_factories
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture
def hr(client, larch):
    """A client with HR of Larch Hotels signed in."""
    sign_in_personally(client, larch.hr)
    return client


def url(name, *args):
    return reverse(f"compliance:{name}", args=["larch", *args])


def main_of(answer) -> str:
    return answer.content.decode().split('<main id="main" tabindex="-1">', 1)[1].split("</main>")[0]


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main_of(answer))).split())


def said(answer) -> list[str]:
    return [str(it) for it in get_messages(answer.wsgi_request)]


def fields_in(answer) -> set[str]:
    return set(re.findall(r'data-field="(\w+)"', answer.content.decode()))


# --- the first page ---


def test_home_leads_to_the_only_workplace(hr):
    assert hr.get(reverse("compliance:home")).headers["Location"] == "/workplace/larch/"


def test_home_lets_choose_between_several(hr, larch):
    other = factories.workplace("other", "Other")
    people_services.grant_staff_role(
        user=larch.hr, organisation=other.organisation, kind=StaffRole.Kind.AUDITOR, by=None, at=AT
    )
    text = text_of(hr.get(reverse("compliance:home")))
    assert "Larch Hotels" in text
    assert "Other" in text


def test_a_workplace_without_assignments_says_what_comes_next(hr):
    answer = hr.get(url("organisation"))
    text = text_of(answer)
    assert "Nobody was asked to do anything yet." in text
    assert "Assign a training" in text
    assert "<table" not in main_of(answer)


def test_the_first_sentence_says_what_needs_somebody(hr, larch, hospitality, the_clock):
    jo, ama = larch.employ(), larch.employ()
    larch.ask(hospitality, site=larch.region)
    assert "Nobody is past due, and no certificate ends within 60 days." in text_of(hr.get(url("organisation")))
    factories.learn(ama, hospitality)
    the_clock.now = datetime(2026, 4, 10, 18, 0, tzinfo=UTC)
    sign_in_personally(hr, larch.hr)
    assert "1 person is past due or expired." in text_of(hr.get(url("organisation")))
    the_clock.now = datetime(2029, 2, 1, 18, 0, tzinfo=UTC)
    sign_in_personally(hr, larch.hr)
    text = text_of(hr.get(url("organisation")))
    assert "1 person is past due or expired, and a certificate of 1 ends within 60 days." in text
    factories.learn(jo, hospitality, at=the_clock.now)
    assert "Nobody is past due. A certificate of 1 person ends within 60 days." in text_of(hr.get(url("organisation")))


def test_the_list_shows_the_listed_fields(hr, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ("Jo Castellan", number="0042"))
    answer = hr.get(url("organisation"))
    page = answer.content.decode()
    head = page.split('<table class="table table--stack">')[1].split("</thead>")[0]
    assert re.findall(r'<th scope="col">([^<]+)</th>', head) == [str(it.header) for it in LISTED_FIELDS]
    assert fields_in(answer) == {it.key for it in LISTED_FIELDS}
    assert (
        "0042 Jo Castellan Larch Hotels Fort St. John Housekeeping Working safely with guests Due soon 1 April 2026"
        in (text_of(answer))
    )


def test_filters_show_as_words_and_hold_for_the_workbook(hr, larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    larch.employ("Jo Castellan", number="0042")
    larch.employ("Ama Birch", number="0043", site=larch.prince)
    query = f"?status=due&site=prince-george&training={hospitality.code}&q=birch"
    answer = hr.get(url("organisation") + query)
    text = text_of(answer)
    assert "1 line: Due soon Larch Hotels Prince George Working safely with guests “birch” in name or number" in text
    assert "Jo Castellan" not in text
    link = re.search(r'href="([^"]*status\.xlsx[^"]*)"', answer.content.decode())[1]
    book = load_workbook(io.BytesIO(b"".join(hr.get(html.unescape(link)).streaming_content)))
    assert [cell.value for cell in book["Status"]["B"]] == ["Name", "Ama Birch"]
    assert "“birch” in name or number" in [line[1].value for line in book["About this list"]][4]


@pytest.mark.parametrize(
    "query", ["?status=nonsense", "?status=none", "?site=elsewhere", "?training=x", "?page=999", "?page=x", "?q=%00"]
)
def test_filters_that_make_no_sense_are_ignored(hr, larch, hospitality, query):
    larch.ask(hospitality, membership=larch.employ("Jo Castellan"))
    answer = hr.get(url("organisation") + query)
    assert answer.status_code == 200


def test_titles_to_choose_from_say_their_language(hr, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ())
    for name, value in (("organisation", hospitality.code), ("assignment_new", hospitality.pk)):
        listed = hr.get(url(name), headers={"accept-language": "ar"}).content.decode()
        assert f'<option value="{value}" lang="en" dir="ltr">Working safely with guests</option>' in listed


def test_a_filter_that_fits_nobody_says_so(hr, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ())
    assert "Nothing matches these filters." in text_of(hr.get(url("organisation") + "?q=zzz"))


def test_sites_with_something_urgent_are_listed_when_there_are_several(hr, larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    larch.employ()
    assert "By site" not in text_of(hr.get(url("organisation")))
    larch.employ(site=larch.prince)
    text = text_of(hr.get(url("organisation")))
    assert "Larch Hotels Fort St. John 0 0 1 0 Larch Hotels Prince George 0 0 1 0" in text


@pytest.mark.parametrize("people", [1, 3, 60])
def test_the_list_costs_the_same_for_one_and_for_many(hr, larch, hospitality, people):
    larch.ask(hospitality, site=larch.region)
    for number in range(people):
        larch.employ(site=larch.prince if number % 2 else larch.fort)
    hr.get(url("organisation"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert hr.get(url("organisation")).status_code == 200
    assert len(queries) == 20


def test_the_list_has_pages(hr, larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    for number in range(60):
        larch.employ(f"Person {number:02}")
    first, second = (text_of(hr.get(url("organisation") + f"?page={page}")) for page in (1, 2))
    assert "60 lines" in first
    assert "Page 1 of 2" in first
    assert ("Person 49" in first, "Person 50" in first) == (True, False)
    assert ("Person 49" in second, "Person 50" in second) == (False, True)


def test_the_workbook_is_streamed_named_by_its_day_and_noted(hr, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ("=1+1"))
    answer = hr.get(url("status_workbook"))
    assert answer.streaming
    assert answer.headers["Content-Type"] == XLSX_TYPE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="status-2026-03-02.xlsx"'
    cell = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["Status"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert AuditEntry.objects.get(verb="status.exported").actor == larch.hr


# --- people ---


def test_people_are_listed_found_and_counted(hr, larch):
    larch.employ("Jo Castellan", number="0042")
    larch.employ("Ama Birch", ends_on=date(2026, 2, 1))
    text = text_of(hr.get(url("people")))
    assert "2 people" in text
    assert "0042 Jo Castellan Larch Hotels Fort St. John Housekeeping since 2 June 2025" in text
    assert "Ama Birch not today" in text
    assert "Ama Birch" not in text_of(hr.get(url("people") + "?q=castel"))
    assert "Nobody has “zzz” in name or number." in text_of(hr.get(url("people") + "?q=zzz"))


def test_a_workplace_without_people_says_what_comes_next(hr):
    assert "Nobody is here yet" in text_of(hr.get(url("people")))


@pytest.mark.parametrize("people", [1, 3, 60])
def test_the_people_cost_the_same_for_one_and_for_many(hr, larch, people):
    for _ in range(people):
        larch.employ()
    hr.get(url("people"))
    with CaptureQueriesContext(connection) as queries:
        hr.get(url("people"))
    assert len(queries) == 11


NEW = {
    "employee_number": "0042",
    "name": "Mira  Dunlin ",
    "email": "",
    "starts_on": "2026-03-02",
}


def new_person(larch, **changes):
    return NEW | {"site": larch.fort.pk, "role": larch.housekeeping.pk} | changes


def test_a_person_is_added_with_the_first_employment(hr, larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    answer = hr.post(url("person_new"), new_person(larch))
    member = Membership.objects.get()
    assert answer.headers["Location"] == url("person", member.public_id)
    assert said(answer) == ["Mira Dunlin was added. Print a sign-in slip below."]
    assert (member.name, member.employee_number, member.organisation) == ("Mira Dunlin", "0042", larch.organisation)
    assert Employment.objects.get(membership=member).starts_on == TODAY
    assert Obligation.objects.filter(membership=member).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"employee_number": " 0043 "}, "employee_number"),
        ({"employee_number": ""}, "employee_number"),
        ({"name": "   "}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"starts_on": "9999-12-31"}, "starts_on"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"starts_on": "02/03/2026x"}, "starts_on"),
        ({"site": ""}, "site"),
    ],
)
def test_a_person_with_a_mistake_is_not_added(hr, larch, changes, field):
    larch.employ(number="0043")
    answer = hr.post(url("person_new"), new_person(larch, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "There is something to mend" in text_of(answer)
    assert "This field is required" not in text_of(answer)
    assert Membership.objects.count() == 1


def test_sites_and_roles_of_others_cannot_be_chosen(hr, larch):
    other = factories.workplace("other", "Other")
    answer = hr.post(url("person_new"), new_person(larch, site=other.fort.pk, role=other.kitchen.pk))
    assert list(answer.context["form"].errors) == ["site", "role"]
    assert "Other" not in text_of(answer)


def test_a_persons_page_says_what_is_asked_and_where_they_work(hr, larch, hospitality):
    jo = larch.employ("Jo Castellan", number="0042", email="jo@larch.example")
    larch.ask(hospitality, membership=jo)
    text = text_of(hr.get(url("person", jo.public_id)))
    assert "Jo Castellan Employee number 0042" in text
    assert "Working safely with guests Due soon 1 April 2026" in text
    assert "Larch Hotels Fort St. John , Housekeeping : since 2 June 2025" in text


def test_a_persons_page_of_whom_nothing_is_asked(hr, larch):
    jo = larch.employ()
    assert "Nothing is asked of this person today." in text_of(hr.get(url("person", jo.public_id)))


def test_a_preferred_name_stands_beside_the_name_and_greets(hr, larch):
    jo = larch.employ("Jo Castellan", number="0042", email="jo@larch.example")
    hr.post(url("person", jo.public_id), {"name": "Jo Castellan", "preferred_name": " Jo\njo ", "email": jo.email})
    jo.refresh_from_db()
    assert (jo.name, jo.preferred_name, jo.called) == ("Jo Castellan", "Jo jo", "Jo jo")
    for page in (url("person", jo.public_id), f"{url('people')}?q=jo+jo"):
        content = hr.get(page).content.decode()
        assert "<q>Jo jo</q>" in content
        assert "Jo Castellan" in content
    assert AuditEntry.objects.get(verb="membership.preferred_name").data == {}


def test_name_and_address_are_changed_and_the_person_can_see_it(hr, larch):
    jo = larch.employ("Jo Castelan")
    answer = hr.post(url("person", jo.public_id), {"name": "Jo Castellan", "email": "jo@larch.example"})
    assert answer.status_code == 302
    jo.refresh_from_db()
    assert (jo.name, jo.email) == ("Jo Castellan", "jo@larch.example")
    assert {it.kind for it in AccountChange.objects.filter(membership=jo)} == {"name_changed", "contact_changed"}
    assert hr.post(url("person", jo.public_id), {"name": "", "email": "x"}).status_code == 422
    before = AccountChange.objects.count()
    hr.post(url("person", jo.public_id), {"name": " Jo  Castellan", "email": "jo@larch.example"})
    assert AccountChange.objects.count() == before


def test_a_new_address_sends_again_what_failed(hr, larch, hospitality, mailoutbox):
    jo = larch.employ(email="wrong@larch.example")
    larch.ask(hospitality, membership=jo)
    services.sweep(at=AT)
    Message.objects.update(state="failed")
    assert "The mail of 2 March 2026 could not be delivered." in text_of(hr.get(url("person", jo.public_id)))
    assert "1 person could not be reached by mail" in text_of(hr.get(url("organisation")))
    assert "Mails that could not be delivered" in text_of(hr.get(url("letters")))
    hr.post(url("person", jo.public_id), {"name": jo.name, "email": "right@larch.example"})
    services.sweep(at=AT + timedelta(minutes=1))
    assert [it.to for it in mailoutbox] == [["wrong@larch.example"], ["right@larch.example"]]
    assert "could not be" not in text_of(hr.get(url("organisation")))


def test_an_employment_ends(hr, larch):
    jo = larch.employ()
    job = Employment.objects.get()
    answer = hr.post(url("employment_end", jo.public_id), {"reference": job.reference, "ends_on": "2026-03-31"})
    assert said(answer) == ["The last day is recorded. What was learnt stays on record."]
    assert Employment.objects.current_knowledge().get().ends_on == date(2026, 3, 31)
    text = text_of(hr.get(url("person", jo.public_id)))
    assert "2 June 2025 to 31 March 2026" in text
    assert "End this employment" not in text


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ends_on": "2025-06-01"}, "The last day cannot be before the first."),
        ({"ends_on": "9999-12-31"}, "Choose the last day at work."),
        ({"ends_on": ""}, "Choose the last day at work."),
        ({"reference": "nonsense"}, "Choose the last day at work."),
    ],
)
def test_an_end_with_a_mistake_is_not_recorded(hr, larch, changes, problem):
    jo = larch.employ()
    sent = {"reference": Employment.objects.get().reference, "ends_on": "2026-03-31"} | changes
    assert said(hr.post(url("employment_end", jo.public_id), sent)) == [problem]
    assert Employment.objects.get().ends_on is None


def test_somebody_moves_or_works_at_two_sites(hr, larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, site=larch.prince)
    page = url("employment_new", jo.public_id)
    assert "Work somewhere else or as something else" in text_of(hr.get(url("person", jo.public_id)))
    sent = {
        "site": larch.prince.pk,
        "role": larch.kitchen.pk,
        "starts_on": "2026-03-02",
        "employment_type": "direct",
    }
    for wrong, problem in (
        ({"ends_on": "2026-03-01"}, "The last day is before the first."),
        ({"hired_on": "2026-03-03"}, "The day of hiring is after the first day at work."),
        ({"site": larch.fort.pk, "role": larch.housekeeping.pk}, "These days overlap with another job of this person."),
        (
            {"site": larch.fort.pk, "role": larch.housekeeping.pk, "instead": "on"},
            "These days overlap with another job",
        ),
        ({"site": factories.workplace("other", "Other").fort.pk}, "Select a valid choice."),
        ({"starts_on": "soon"}, "Enter a valid date."),
    ):
        answer = hr.post(page, sent | wrong)
        assert answer.status_code == 422
        assert problem in text_of(answer)
    assert Employment.objects.filter(membership=jo).count() == 1
    assert hr.post(page, sent).status_code == 302
    jobs = Employment.objects.current_knowledge().filter(membership=jo).order_by("pk")
    assert [(it.site, it.ends_on) for it in jobs] == [(larch.fort, None), (larch.prince, None)]
    # From the next week on both end, and the third goes on.
    assert (
        hr.post(page, sent | {"site": larch.region.pk, "starts_on": "2026-03-09", "instead": "on"}).status_code == 302
    )
    assert {it.site: it.ends_on for it in jobs.all()} == {
        larch.fort: date(2026, 3, 8),
        larch.prince: date(2026, 3, 8),
        larch.region: None,
    }
    # Moving back to where they work ends nothing twice: the same once more is said to overlap.
    assert (
        hr.post(page, sent | {"site": larch.region.pk, "starts_on": "2026-03-09", "instead": "on"}).status_code == 422
    )
    assert services.check_obligations(memberships=[jo.pk], at=AT) == []


def test_the_employment_of_somebody_else_is_not_found(hr, larch):
    jo, ama = larch.employ(), larch.employ()
    job = Employment.objects.get(membership=ama)
    answer = hr.post(url("employment_end", jo.public_id), {"reference": job.reference, "ends_on": "2026-03-31"})
    assert answer.status_code == 404


def test_a_slip_is_printed(hr, larch):
    jo = larch.employ("Jo Castellan")
    answer = hr.post(url("slip", jo.public_id))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="slip.pdf"'
    assert "Jo Castellan" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert AccountChange.objects.get(membership=jo).kind == "code_printed"


@pytest.mark.parametrize("has_own", [True, False])
def test_who_left_gets_no_slip_whatever_sign_in_she_has(hr, larch, has_own):
    jo = larch.employ(ends_on=date(2026, 3, 1))
    if has_own:
        people_services.make_recovery_code(user=jo.user, at=AT)
    answer = hr.post(url("slip", jo.public_id))
    assert said(answer) == ["This person no longer works here, so no new code can be printed."]
    assert not AccountChange.objects.filter(kind="code_printed").exists()
    assert "Print a slip" not in text_of(hr.get(url("person", jo.public_id)))


def test_slips_are_printed_once_for_everybody_at_work(hr, larch):
    larch.employ("Jo")
    larch.employ("Ama")
    larch.employ("Gone", ends_on=date(2026, 3, 1))
    larch.employ("Coming", starts_on=date(2026, 4, 1))
    answer = hr.post(url("slips"))
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 2
    answer = hr.post(url("slips"))
    assert said(answer) == ["Everybody at work has had a slip. Who lost it gets a new one on their own page."]


# --- workbooks ---


def workbook(*rows, header=("employee_number", "name", "email", "site", "role", "starts_on", "ends_on")):
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("people.xlsx", content.getvalue(), content_type=XLSX_TYPE)


JO_AND_AMA = (
    ("0042", "Jo Castellan", None, "fort-st-john", "housekeeping", "2025-06-02", None),
    ("0043", "Ama Birch", "ama@larch.example", "prince-george", "kitchen", "2026-03-01", None),
)


def uploaded(hr, *rows):
    """Upload a workbook of people; return the address of its page."""
    answer = hr.post(url("upload"), {"file": workbook(*rows)})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_workbook_is_looked_at_confirmed_and_undone(hr, larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    larch.employ("Jo Castellan", number="0042")
    page = uploaded(hr, *JO_AND_AMA)
    text = text_of(hr.get(page))
    assert "1 new, 0 changed, 1 unchanged, 0 to correct." in text
    assert "At most 1 person gets a mail by it." in text
    assert "Add 1" in text
    html = hr.get(page).content.decode()
    assert all(html.count(f'href="#{it}"') == html.count(f'id="{it}"') == 1 for it in ("changes-title", "confirm"))
    assert Membership.objects.count() == 1
    hr.post(page + "confirm/")
    outbox.deliver_due(at=AT, limit=5)
    assert Obligation.objects.count() == 2
    assert "Undo this upload" in text_of(hr.get(page))
    hr.post(page + "undo/")
    outbox.deliver_due(at=AT, limit=5)
    assert "Undone" in text_of(hr.get(page))
    assert Employment.objects.current_knowledge().count() == 1
    assert "people.xlsx" in text_of(hr.get(url("workbooks")))
    page = uploaded(hr, *JO_AND_AMA)
    assert 'id="confirm"' in hr.get(page).content.decode()
    people_services.forget_files(at=AT + timedelta(days=91))
    assert 'id="confirm"' not in hr.get(page).content.decode()


def test_every_problem_is_told_by_row_and_column_and_nothing_is_written(hr):
    page = uploaded(
        hr,
        ("0042", "Jo", "nonsense", "fort-st-john", "housekeeping", "2025-06-02", None),
        ("0043", "=1+1", None, "elsewhere", None, "2026-03-01", None),
    )
    text = text_of(hr.get(page))
    for part in ("2 E-mail", "3 Name", "3 Site"):
        assert part in text
    assert not Membership.objects.exists()
    marked = hr.get(page + "marked-up.xlsx")
    book = load_workbook(io.BytesIO(b"".join(marked.streaming_content)))
    assert book.sheetnames == ["Sheet", "To correct"]
    report = hr.get(page + "report.json").json()
    assert [(it["row"], it["rule"]) for it in report["problems"]] == [
        (2, "not_email"),
        (3, "formula"),
        (3, "not_a_choice"),
    ]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(hr, content):
    answer = hr.post(url("upload"), {"file": SimpleUploadedFile("people.xlsx", content)}, follow=True)
    assert "The file cannot be taken as it is. Nothing was changed." in text_of(answer)


def test_an_upload_without_a_file_says_so(hr):
    answer = hr.post(url("upload"))
    assert answer.status_code == 422
    assert "There is something to mend" in text_of(answer)


def test_a_file_is_judged_again_with_what_was_said_of_it(hr, larch):
    answer = hr.post(
        url("upload"),
        {"file": workbook(("0042", "Jo", "fort-st-john", "2026-03-01"), header=("Nr", "name", "site", "starts_on"))},
    )
    page = answer.headers["Location"]
    assert "This column is missing." in text_of(hr.get(page))
    hr.post(
        page + "again/",
        {"column-0": "employee_number", "column-1": "name", "column-2": "site", "column-3": "starts_on"},
    )
    assert "1 new, 0 changed, 0 unchanged, 0 to correct." in text_of(hr.get(page))


def test_many_endings_are_confirmed_twice(hr, larch):
    for number in range(3):
        larch.employ(number=f"000{number}")
    data = {"file": workbook(JO_AND_AMA[0]), "mode": "snapshot"}
    page = hr.post(url("upload"), data).headers["Location"]
    assert "Yes, 3 people are not in the file and do not work here any more." in text_of(hr.get(page))
    answer = hr.post(page + "confirm/")
    assert said(answer) == ["Tick the box first: many people would end."]
    hr.post(page + "confirm/", {"endings": "3"})
    outbox.deliver_due(at=AT, limit=5)
    assert Employment.objects.current_knowledge().filter(ends_on__isnull=True).count() == 1


def test_uploads_of_others_are_not_there(hr, client, other_hr_page):
    assert hr.get(other_hr_page).status_code == 404


@pytest.fixture
def other_hr_page(client):
    other = factories.workplace("other", "Other")
    theirs = people_services.keep_upload(
        organisation=other.organisation, kind="people", file=workbook(JO_AND_AMA[0]).file, file_name="x", by=None, at=AT
    )
    return reverse("compliance:import", args=["larch", theirs.public_id])


def test_templates_and_exports_can_be_downloaded(hr, larch):
    larch.employ("Jo Castellan", number="0042")
    answer = hr.get(url("upload_template"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="people-template.xlsx"'
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book["People"]["A1"].value == "employee_number"
    answer = hr.get(url("export_csv", "people") + "?as_of=2026-03-01")
    assert "0042,Jo Castellan" in b"".join(answer.streaming_content).decode()
    assert hr.get(url("export_xlsx", "nothing")).status_code == 404
    assert hr.get(url("export_xlsx", "people") + "?as_of=soon").status_code == 404
    page = hr.get(url("workbooks") + "?as_of=2026-03-01").content.decode()
    (link,) = re.findall(r'href="([^"]*people/export.csv\?[^"]*semicolon)"', page)
    lines = b"".join(hr.get(html.unescape(link)).streaming_content).decode()
    assert "as_of=2026-03-01" in link
    assert "0042;Jo Castellan" in lines
    assert hr.get(url("workbooks") + "?as_of=soon").status_code == 422


# --- assignments ---


def asked(hospitality, **changes):
    return {"certification": hospitality.pk, "whom": "person", "number": "0042", "due_on": "2026-04-01"} | changes


def test_a_training_is_assigned_to_a_person(hr, larch, hospitality):
    jo = larch.employ(number="0042")
    page = hr.get(url("assignment_new") + f"?person={jo.public_id}")
    assert 'value="0042"' in page.content.decode()
    answer = hr.post(url("assignment_new"), asked(hospitality, confirm="1"))
    assert said(answer) == ["Assigned to 1 person. They will be told."]
    requirement = Requirement.objects.get()
    assert (requirement.membership, requirement.starts_on, requirement.due_on) == (jo, TODAY, date(2026, 4, 1))
    assert "Working safely with guests" in text_of(hr.get(url("assignments")))


@pytest.mark.parametrize(
    ("whom", "message"),
    [
        ("site", "Assigned to 2 people. They will be told."),
        ("role", "Assigned to 1 person. They will be told."),
        ("empty", "Assigned. Nobody works there yet; who comes will be told."),
    ],
)
def test_a_training_is_assigned_to_a_group(hr, larch, hospitality, whom, message):
    larch.employ(role=larch.kitchen)
    larch.employ()
    larch.employ(ends_on=date(2026, 3, 1))
    sent = {
        "site": {"whom": "site", "site": larch.region.pk, "role": larch.kitchen.pk},
        "role": {"whom": "role", "role": larch.kitchen.pk, "site": larch.fort.pk},
        "empty": {"whom": "site", "site": larch.prince.pk},
    }[whom]
    assert said(hr.post(url("assignment_new"), asked(hospitality, **sent, confirm="1"))) == [message]
    requirement = Requirement.objects.get()
    assert (requirement.site is None, requirement.role is None) == (whom == "role", whom != "role")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "9999"}, "number"),
        ({"number": "gone"}, "number"),
        ({"number": "there"}, "number"),
        ({"number": ""}, "number"),
        ({"whom": "site"}, "site"),
        ({"whom": "role"}, "role"),
        ({"whom": "all"}, "whom"),
        ({"due_on": "2026-03-01"}, "due_on"),
        ({"due_on": "9999-12-31"}, "due_on"),
        ({"certification": "0"}, "certification"),
    ],
)
def test_an_assignment_with_a_mistake_is_not_made(hr, larch, hospitality, changes, field):
    larch.employ(number="0042")
    larch.employ(number="gone", ends_on=date(2026, 3, 1))
    factories.workplace("other", "Other").employ(number="there")
    answer = hr.post(url("assignment_new"), asked(hospitality, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "This field is required" not in text_of(answer)
    assert not Requirement.objects.exists()


def test_only_what_is_released_and_recorded_can_be_assigned(hr, hospitality):
    certificate_factories.CertificationFactory(title="Not released")
    factories.training("Open to all").courses.update(tier="open")
    page = hr.get(url("assignment_new")).content.decode()
    assert "Working safely with guests" in page
    assert "Not released" not in page
    assert "Open to all" not in page


def test_an_assignment_is_withdrawn(hr, larch, hospitality):
    requirement = larch.ask(hospitality, membership=larch.employ())
    before = hr.post(url("assignment_withdraw", requirement.reference))
    assert "will not have to do it any more" in text_of(before)
    answer = hr.post(url("assignment_withdraw", requirement.reference), {"confirm": "1"})
    assert said(answer) == ["Withdrawn. Nobody is reminded of it any more; what was learnt stays on record."]
    assert "Nothing is assigned yet" in text_of(hr.get(url("assignments")))
    assert said(hr.post(url("assignment_withdraw", requirement.reference), {"confirm": "1"})) == [
        "It was withdrawn already."
    ]
    assert hr.post(url("assignment_withdraw", uuid4())).status_code == 404


def test_assignments_have_pages_and_cost_the_same(hr, larch, hospitality):
    counted = []
    for people in (1, 101):
        while Membership.objects.count() < people:
            larch.ask(hospitality, membership=larch.employ())
        hr.get(url("assignments"))
        with CaptureQueriesContext(connection) as queries:
            text = text_of(hr.get(url("assignments")))
        counted.append(len(queries))
    assert counted == [19, 19]
    assert "Page 1 of 2" in text


# --- letters ---


def test_letters_are_listed_printed_and_can_be_printed_again(hr, larch, hospitality):
    larch.employ("Jo Castellan", number="0042")
    larch.ask(hospitality, site=larch.region)
    services.sweep(at=AT)
    text = text_of(hr.get(url("letters")))
    assert "Print 1 letter" in text
    assert "Larch Hotels Fort St. John Jo Castellan 0042 2 March 2026" in text
    assert "1 letter waits to be printed" in text_of(hr.get(url("organisation")))
    answer = hr.post(url("letters_pdf"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="letters.pdf"'
    first = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", first)
    page = hr.get(url("letters"))
    assert "No letter waits to be printed" in text_of(page)
    assert "2 March 2026: 1 letter Print again" in text_of(page)
    instant = re.search(r'name="again" value="([^"]+)"', page.content.decode())[1]
    again = PdfReader(io.BytesIO(hr.post(url("letters_pdf"), {"again": instant}).content)).pages[0].extract_text()
    assert "Jo Castellan" in again
    assert not re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", again)
    assert [it.verb for it in AuditEntry.objects.filter(verb__startswith="letters").order_by("pk")] == [
        "letters.printed",
        "letters.printed_again",
    ]
    assert AuditEntry.objects.get(verb="letters.printed").data == {"count": 1}


def test_nothing_is_marked_as_printed_when_printing_fails(hr, larch, hospitality, monkeypatch):
    larch.ask(hospitality, membership=larch.employ())
    services.sweep(at=AT)
    monkeypatch.setattr("compliance.letters.typeset", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hr.post(url("letters_pdf"))
    assert Message.objects.get().state == "letter"
    assert not AccountChange.objects.exists()


@pytest.mark.parametrize("again", ["nonsense", "2026-03-02T17:00:00", "2026-03-02T17:00:00+00:00", "2026-99-99T00:00Z"])
def test_printing_what_is_not_there_says_so(hr, again):
    answer = hr.post(url("letters_pdf"), {"again": again})
    assert said(answer) == ["There is nothing to print. What was printed already stands below."]


def test_an_empty_letter_list_says_so(hr):
    assert "No letter waits to be printed" in text_of(hr.get(url("letters")))


# --- nothing beyond the visible fields ---


@pytest.fixture
def secrets(larch, hospitality):
    """A person with much that an employer must not see; returns what must stand nowhere."""
    other = factories.workplace("secret-employer", "Secret Employer")
    jo = larch.employ("Jo Castellan", number="0042", email="jo@larch.example")
    there = other.employ("Josephine Castellan-Secret", number="S-77")
    Membership.objects.filter(pk=there.pk).update(user=jo.user)
    there.refresh_from_db()
    jo.user.language = "fr"
    jo.user.save()
    people_services.make_recovery_code(user=jo.user, at=AT)
    hidden = factories.training("Training nobody asked for")
    open_one = factories.training("Training only begun")
    factories.learn(jo, hidden, at=datetime(2026, 3, 2, 17, 41, 23, tzinfo=UTC))
    factories.learn(there, hospitality, at=datetime(2026, 3, 2, 17, 42, 24, tzinfo=UTC))
    factories.begin(jo, open_one, at=datetime(2026, 3, 2, 17, 43, 25, tzinfo=UTC))
    larch.ask(hospitality, membership=jo)
    enrolment = factories.begin(jo, hospitality, at=datetime(2026, 3, 2, 17, 44, 26, tzinfo=UTC))
    attempt = Attempt.objects.create(
        learner=jo.user,
        quiz_code="secret-quiz",
        context=str(enrolment.public_id),
        form=1,
        paper={"questions": []},
        language="pa",
        started_at=datetime(2026, 3, 2, 17, 45, 27, tzinfo=UTC),
    )
    return [
        "Training nobody",
        "Training only",
        "Secret",
        "secret",
        "S-77",
        ":41",
        ":42",
        ":43",
        ":44",
        ":45",
        "17:4",
        "5:44 p.m.",
        str(jo.user.public_id),
        str(enrolment.public_id),
        str(attempt.public_id),
        *[str(it) for it in LearningEvent.objects.values_list("uuid", flat=True)],
        *[it for number, pk in Certificate.objects.values_list("number", "public_id") for it in (number, str(pk))],
        "in progress",
        "Started",
        "in_progress",
        "Punjabi",
        "recovery",
    ]


def test_no_page_of_the_portal_shows_more_than_the_visible_fields(hr, larch, secrets, the_clock):
    # The only other language in sight is that of the interface.
    jo = Membership.objects.get(employee_number="0042")
    requirement = Requirement.objects.get(membership=jo)
    no_mail = larch.employ("Ama Birch")
    larch.ask(requirement.certification, membership=no_mail)
    services.sweep(at=AT)
    Message.objects.filter(membership=jo).update(state="failed")
    services.record_leave(membership=jo, from_on=date(2027, 1, 4), last_on=None, by=None, at=AT)
    people_services.record_licence(membership=jo, kind="driver", renews_on=date(2027, 6, 1), by=None, at=AT)
    question = services.ask_for_another_way(
        membership=no_mail, certification=requirement.certification, on=TODAY, at=AT
    )
    trainer = larch.staff(StaffRole.Kind.TRAINER)
    services.agree_another_way(question=question, trainer=trainer, on=TODAY, last_on=date(2026, 5, 1), at=AT)
    certificate_services.attest(
        membership=jo, attested=Attested("shown", "Was shown whom to call."), given_on=TODAY, by=None, at=AT
    )
    seen = set()
    for path in (
        url("organisation"),
        url("people"),
        url("person", jo.public_id),
        url("person", no_mail.public_id),
        url("person_new"),
        url("upload"),
        url("assignments"),
        url("assignment_new") + f"?person={jo.public_id}",
        url("letters"),
    ):
        answer = hr.get(path)
        assert answer.status_code == 200
        seen |= fields_in(answer)
        page = main_of(answer)
        offered = ["Training nobody", "Training only"] if "assignments/new" in path else []
        assert [it for it in secrets if it in page] == offered, path
        # Every cell of a table, apart from those about assignments and counts and the boxes to choose by, is a visible field.
        if "assignments" not in path:
            bodies = re.findall(r'<table class="table[^"]*">(.*?)</table>', page, re.DOTALL)
            cells = [cell for body in bodies for cell in re.findall(r"<t[dh][^>]*>", body.split("<tbody>")[1])]
            assert all("data-field=" in cell or 'class="pick"' in cell for cell in cells), path
    # These stand in what is made for an inspector alone (tests/compliance/evidence).
    proof = {"edition", "minutes_met", "acknowledged", "certificate"}
    assert seen | proof == {it.key for it in VISIBLE_FIELDS}


def test_the_workbook_shows_no_more_than_the_listed_fields(hr, secrets):
    book = load_workbook(io.BytesIO(b"".join(hr.get(url("status_workbook")).streaming_content)))
    values = [cell.value for sheet in book for line in sheet for cell in line if cell.value is not None]
    texts = " ".join(str(it) for it in values)
    assert [it for it in secrets if it in texts] == []
    assert [cell.value for cell in book["Status"][1]] == [str(it.header) for it in LISTED_FIELDS]
    assert len(list(book["Status"].iter_rows())) == 2
    assert all(it.time().isoformat() == "00:00:00" for it in values if isinstance(it, datetime))


def test_slips_and_letters_show_no_more(hr, larch, secrets):
    jo = Membership.objects.get(employee_number="0042")
    Membership.objects.filter(pk=jo.pk).update(email="")
    services.sweep(at=AT)
    for path in (url("slip", jo.public_id), url("letters_pdf")):
        text = PdfReader(io.BytesIO(hr.post(path).content)).pages[0].extract_text()
        assert "0042" in text
        assert [it for it in secrets if it in text and it not in ("Started",)] == []


def test_what_is_done_unasked_changes_nothing_that_the_employer_can_see(hr, larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    paths = [url("organisation"), url("person", jo.public_id), url("people"), url("assignments"), url("letters")]

    def pages():
        shown = [main_of(hr.get(path)) for path in paths]
        return [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", it) for it in shown]

    before = pages()
    factories.begin(jo, hospitality)
    factories.learn(jo, factories.training("Unasked"))
    people_services.make_recovery_code(user=jo.user, at=AT)
    assert pages() == before


def test_the_public_page_lists_exactly_the_visible_fields(client):
    answer = client.get(reverse("compliance:visible"))
    assert answer.status_code == 200
    listed = re.findall(r'<li data-field="(\w+)">([^<]+)</li>', answer.content.decode())
    assert [(key, html.unescape(told)) for key, told in listed] == [(it.key, str(it.told_as)) for it in VISIBLE_FIELDS]
    [seen] = re.findall(r'<ul class="ticks">(.*?)</ul>', answer.content.decode(), re.DOTALL)
    assert seen.count("<li") == len(listed)


def test_assignments_by_condition_say_whom_and_by_when_in_words(hr, larch, hospitality):
    services.require(
        organisation=larch.organisation,
        certification=hospitality,
        starts_on=TODAY,
        conditions={"all": [{"site": "north"}, {"role": "kitchen"}]},
        due_rule={"after": "hire", "in": "90d"},
        label="Hotel rule",
        by=None,
        at=AT,
    )
    text = text_of(hr.get(url("assignments")))
    assert "Hotel rule Everybody who works at Larch Hotels North and works in Kitchen" in text
    assert "90 days after the day of hiring" in text


def test_what_needs_a_date_is_on_the_first_page_and_may_have_a_default(hr, larch, hospitality):
    larch.employ("Jo Castellan")
    requirement = services.require(
        organisation=larch.organisation,
        certification=hospitality,
        starts_on=TODAY,
        conditions={"site": "north"},
        due_rule={"after": "licence_renewal", "in": "0d"},
        licence_kind="driver-class-1",
        by=None,
        at=AT,
    )
    assert "1 training needs a date" in text_of(hr.get(url("organisation")))
    assert "Jo Castellan" in text_of(hr.get(url("organisation") + "?status=needs_date"))
    set_to = {"default_due_on": "2026-12-31"}
    look = text_of(hr.post(url("assignment_default", requirement.reference), set_to))
    assert "The last good day of 1 person moves." in look
    assert Requirement.objects.current_knowledge().get().default_due_on is None
    hr.post(url("assignment_default", requirement.reference), set_to | {"confirm": "1"})
    assert "needs a date" not in text_of(hr.get(url("organisation"))).replace("Needs a date", "")
    assert "where that is not known: 31 December 2026" in text_of(hr.get(url("assignments")))
    hr.post(url("assignment_default", requirement.reference), {"default_due_on": "", "confirm": "1"})
    assert "1 training needs a date" in text_of(hr.get(url("organisation")))
    for bad in ("soon", "2026-03-01"):
        hr.post(url("assignment_default", requirement.reference), {"default_due_on": bad})
    assert Requirement.objects.current_knowledge().get().default_due_on is None
