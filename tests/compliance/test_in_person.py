"""Sessions and attestations as parts of what a certification asks for: what they earn, and who sees what is open."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from certificates import services as certificate_services
from certificates.exceptions import AttestationTakenBack
from certificates.expressions import Attested, InSession
from certificates.forms.certification import CertificationForm
from certificates.models import Attestation, Certificate
from compliance import selectors, services
from compliance.models import EvidencePack, ObligationSpan
from compliance.training import training_items
from courses import services as course_services
from courses.models import Attendance, Edition
from people import outbox
from people.models import OutboxEntry, StaffRole
from people.scope import Scope
from tests.factories import compliance as factories
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

STARTS = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
SAID = "Was shown whom to call on this floor."
SHOWN = {"attestation": "shown-whom-to-call", "text": SAID}


@pytest.fixture
def training():
    """Ask for a course, being there at a session of it, and a confirmation."""
    found = factories.training()
    code = found.courses.get().code
    found.expression = {"all": [{"course": code}, {"session": code}, SHOWN]}
    found.save()
    return found


@pytest.fixture
def jo(larch, training):
    member = larch.employ("Jo Castellan", number="0042")
    larch.ask(training, membership=member)
    return member


def attend(larch, training, member, starts_at=STARTS, result="attended"):
    facilitator = larch.staff(StaffRole.Kind.FACILITATOR)
    session = course_services.hold_session(
        organisation=larch.organisation,
        edition=Edition.objects.get(course=training.courses.get()),
        language="en",
        starts_at=starts_at,
        minutes=45,
        time_zone="America/Vancouver",
        place="Staff room",
        facilitator=facilitator,
        at=AT,
    )
    course_services.expect(session=session, memberships=[member], by=None, at=AT)
    there = Attendance.objects.get(session=session, membership=member)
    course_services.mark_attendance(attendance=there, result=result, by=None, at=AT)
    course_services.count_attendance(session=session, by=None, at=AT)
    work()


def confirm(member, on=TODAY):
    attested = Attested("shown-whom-to-call", SAID)
    given = certificate_services.attest(membership=member, attested=attested, given_on=on, by=None, at=AT)
    work()
    return given


def work():
    for entry in OutboxEntry.objects.filter(kind=certificate_services.ISSUE_FOR_PART, done_at=None):
        outbox.deliver(key=entry.key, at=AT)


def held(member):
    return [(it.completed_on, len(it.completion_ids)) for it in Certificate.objects.filter(membership=member)]


def lacks(member):
    return [part for it in selectors.in_person_of(member, on=TODAY) for part in it.parts]


def said(answer):
    return " ".join(answer.content.decode().split())


def test_the_last_part_issues_the_certificate_whichever_it_is(larch, training, jo):
    confirm(jo, on=date(2026, 2, 20))
    assert held(jo) == []
    attend(larch, training, jo)  # at the session the course is learnt too
    assert held(jo) == [(date(2026, 3, 1), 3)]
    assert ObligationSpan.objects.covering(TODAY).get(obligation__membership=jo).state == "valid"


def test_a_confirmation_issues_it_when_the_rest_is_done(larch, training, jo):
    attend(larch, training, jo)
    assert held(jo) == []
    confirm(jo)
    [certificate] = Certificate.objects.filter(membership=jo)
    assert (certificate.completed_on, certificate.edition_number, certificate.language) == (TODAY, 1, "en")
    confirm(jo)
    assert len(held(jo)) == 1


def test_a_session_alone_can_be_asked_and_names_its_text(larch, training, jo):
    code = training.courses.get().code
    training.expression = {"any": [{"session": code}, {"all": [{"course": code}, SHOWN]}]}
    training.save()
    attend(larch, training, jo)
    [certificate] = Certificate.objects.filter(membership=jo)
    assert (certificate.completed_on, certificate.edition_number) == (date(2026, 3, 1), 1)
    assert len(certificate.completion_ids) == 1


def test_one_confirmation_counts_for_every_certification_that_names_it(larch, training, jo):
    other = factories.training()
    other.expression = {"all": [{"course": other.courses.get().code}, SHOWN]}
    other.save()
    factories.learn(jo, other)
    attend(larch, training, jo)
    confirm(jo)
    assert {it.certification for it in Certificate.objects.filter(membership=jo)} == {training, other}


def test_what_was_taken_back_earns_nothing(larch, training, jo):
    given = confirm(jo)
    certificate_services.take_back_attestation(attestation=given, by=None, at=AT)
    with pytest.raises(AttestationTakenBack):
        certificate_services.take_back_attestation(attestation=given, by=None, at=AT)
    attend(larch, training, jo)
    assert held(jo) == []


def test_what_is_taken_back_revokes_the_certificate_that_rests_on_it_and_its_page_says_so(client, larch, training, jo):
    attend(larch, training, jo)
    given = confirm(jo)
    certificate_services.take_back_attestation(attestation=given, by=larch.hr, at=AT)
    [certificate] = Certificate.objects.filter(membership=jo)
    assert (certificate.revoked_on, certificate.revocation_reason) == (TODAY, "unconfirmed")
    assert certificate.revoked_by == larch.hr
    assert ObligationSpan.objects.covering(TODAY).get(obligation__membership=jo).state == "revoked"
    page = said(client.get(reverse("certificates:verify_number", args=[certificate.number])))
    assert "Revoked" in page
    assert "The workplace took back what it had confirmed" in page


def test_what_is_confirmed_again_earns_a_new_certificate_from_what_was_learnt(larch, training, jo):
    attend(larch, training, jo)
    given = confirm(jo)
    certificate_services.take_back_attestation(attestation=given, by=None, at=AT)
    confirm(jo)
    old, new = Certificate.objects.filter(membership=jo).order_by("pk")
    assert (old.revocation_reason, new.revoked_on, new.completed_on) == ("unconfirmed", None, TODAY)
    assert ObligationSpan.objects.covering(TODAY).get(obligation__membership=jo).state == "valid"


def test_what_was_confirmed_twice_still_holds_when_one_is_taken_back(larch, training, jo):
    first = confirm(jo, on=date(2026, 2, 20))
    attend(larch, training, jo)
    second = confirm(jo)
    [before] = Certificate.objects.filter(membership=jo)
    assert str(first.reference) in before.completion_ids
    certificate_services.take_back_attestation(attestation=first, by=None, at=AT)
    after = Certificate.objects.get(membership=jo, revoked_on=None)
    assert (after.completed_on, str(second.reference) in after.completion_ids) == (TODAY, True)


def test_where_nobody_asks_for_a_session_nothing_is_put_in_the_outbox(larch):
    plain = factories.training()
    member = larch.employ()
    larch.ask(plain, membership=member)
    attend(larch, plain, member)
    assert len(held(member)) == 1
    assert not OutboxEntry.objects.filter(kind=certificate_services.ISSUE_FOR_PART).exists()


def test_what_is_open_is_said_part_by_part(larch, training, jo):
    course = training.courses.get()
    assert lacks(jo) == [InSession(course.pk), Attested("shown-whom-to-call")]
    attend(larch, training, jo)
    assert lacks(jo) == [Attested("shown-whom-to-call")]
    confirm(jo)
    assert lacks(jo) == []


def test_what_an_earlier_certificate_rests_on_is_asked_again(larch, training, jo):
    attend(larch, training, jo)
    confirm(jo)
    later = TODAY + timedelta(days=3 * 366)
    assert [part for it in selectors.in_person_of(jo, on=later) for part in it.parts] == [
        InSession(training.courses.get().pk),
        Attested("shown-whom-to-call"),
    ]


def test_the_learner_reads_what_is_open_beside_the_course(larch, training, jo):
    scope = Scope(user=jo.user, membership=jo, memberships=(jo,))
    [item] = training_items(scope, AT)
    code = training.courses.get().code
    assert item.also == (f"be there at a session in person ({code})", f"confirmed by the workplace: “{SAID}”")


def test_a_training_of_courses_alone_costs_no_further_query(larch, hospitality, django_assert_num_queries):
    member = larch.employ()
    larch.ask(hospitality, membership=member)
    with django_assert_num_queries(1):
        assert selectors.in_person_of(member, on=TODAY) == []


# --- the pages ---


def url(name, member, *more):
    return reverse(f"compliance:{name}", args=["larch", member.public_id, *more])


def test_hr_sees_what_is_open_confirms_it_and_takes_it_back(client, larch, training, jo):
    sign_in_personally(client, larch.hr)
    page = said(client.get(url("person", jo)))
    assert "Still to be done in person" in page
    assert "be there at a session in person" in page
    body = {"code": "shown-whom-to-call", "given_on": "2026-03-02"}
    assert client.post(url("confirm_new", jo), body).status_code == 302
    given = Attestation.objects.get()
    assert (given.text, given.given_on, given.recorded_by) == (SAID, TODAY, larch.hr)
    assert f"Confirmed for 2 March 2026: “{SAID}”" in said(client.get(url("person", jo)))
    client.post(url("confirm_undo", jo, given.reference))
    assert not Attestation.objects.current_knowledge().exists()


def test_hr_sees_which_certificates_go_before_taking_back_what_they_rest_on(client, larch, training, jo):
    attend(larch, training, jo)
    given = confirm(jo)
    [certificate] = Certificate.objects.filter(membership=jo)
    sign_in_personally(client, larch.hr)
    page = said(client.post(url("confirm_undo", jo, given.reference)))
    assert "They are revoked at once" in page
    assert certificate.number in page
    assert Attestation.objects.current_knowledge().exists()
    assert client.post(url("confirm_undo", jo, given.reference), {"seen": "1"}).status_code == 302
    assert not Attestation.objects.current_knowledge().exists()
    certificate.refresh_from_db()
    assert certificate.revoked_on == TODAY


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"code": "shown-whom-to-call", "given_on": "2026-03-03"}, "Choose today or an earlier day."),
        ({"code": "", "given_on": "2026-03-02"}, "Choose what you confirm."),
        ({"code": "other", "given_on": "2026-03-02"}, "other"),
    ],
)
def test_what_cannot_be_confirmed_is_said_beside_its_field(client, larch, jo, body, error):
    sign_in_personally(client, larch.hr)
    answer = client.post(url("confirm_new", jo), body)
    assert answer.status_code == 422
    assert error in said(answer)
    assert not Attestation.objects.exists()


def test_nobody_confirms_what_no_training_asks_or_of_people_elsewhere(client, larch, hospitality, jo):
    plain = larch.employ()
    larch.ask(hospitality, membership=plain)
    sign_in_personally(client, larch.hr)
    assert client.get(url("confirm_new", plain)).status_code == 404
    sign_in_personally(client, larch.staff(StaffRole.Kind.SITE_LEAD))
    assert client.get(url("confirm_new", jo)).status_code == 404
    sign_in_personally(client, factories.workplace("other", "Other").hr)
    there = reverse("compliance:confirm_new", args=["other", jo.public_id])
    assert client.get(there).status_code == 404


def test_the_evidence_pack_lists_sessions_and_confirmations(larch, training, jo):
    attend(larch, training, jo)
    given = confirm(jo)
    certificate_services.take_back_attestation(attestation=given, by=None, at=AT)
    pack = services.request_evidence_pack(organisation=larch.organisation, site=None, on=TODAY, by=None, at=AT)
    services.make_evidence_pack(public_id=str(pack.public_id))
    with zipfile.ZipFile(EvidencePack.objects.get().file.open()) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("in-person.csv").decode("utf-8-sig"))))
    code = training.courses.get().code
    assert rows[1:] == [
        ["0042", "session", code, "2026-03-01-1", "2026-03-01", "2026-03-02", "yes"],
        ["0042", "confirmed", "shown-whom-to-call", SAID, "2026-03-02", "2026-03-02", "no"],
    ]


# --- the form of publishers ---


def errors(certification, expression):
    form = CertificationForm(instance=certification)
    found = {}
    form.add_error = lambda field, error: found.setdefault(field, str(error.messages[0]))
    form._check_expressions({"expression": [expression], "refreshers": [], "courses": certification.courses.all()})
    return found.get("expression", "")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (SHOWN, "It can be fulfilled without learning anything, by shown-whom-to-call alone."),
        ({"attestation": "Shown", "text": "x"}, "Shown: a code has lower-case letters, digits and hyphens."),
        ({"attestation": "shown", "text": ""}, "shown: write as text, in at most 300 characters"),
        ({"session": "elsewhere"}, "elsewhere is none of the courses that are ticked above."),
        ({"all": []}, "A list is empty."),
    ],
)
def test_an_expression_that_cannot_be_is_refused_in_words(training, expression, message):
    assert errors(training, expression).startswith(message)


def test_a_code_says_one_thing_in_every_certification(training):
    other = factories.training()
    code = other.courses.get().code
    same = {"all": [{"course": code}, SHOWN]}
    assert errors(other, same) == ""
    differs = {"all": [{"course": code}, SHOWN | {"text": "Something else."}]}
    assert errors(other, differs).startswith("shown-whom-to-call stands for something else already: “Was shown")
