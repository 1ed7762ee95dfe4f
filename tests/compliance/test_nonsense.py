"""What nobody means to send: refused or passed over in words, never a fault, and never half written."""

import pytest
from django.urls import reverse

from compliance import services
from compliance.models import CourseApproval
from compliance.selectors import Choice
from courses.models import Edition
from people import services as people_services
from people.models import Employment, WorkbookImport
from tests.corpus.workbooks import KEYS, csv_file
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally
from tests.factories.rule_packs import loaded
from tests.people.workbooks.conftest import looked_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

WORDS = ("a\x00b", "9" * 5000, "\u202e٣")


@pytest.fixture
def hr(client, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ(number="0042"))
    sign_in_personally(client, larch.hr)
    return client


def test_filters_that_nobody_offers_are_passed_over(hr):
    lists = {
        "organisation": ("q", "status", "site", "training", "ends", "page"),
        "assign_to_many": ("site", "training", "person"),
    }
    for name, filters in lists.items():
        for word in WORDS:
            answer = hr.get(reverse(f"compliance:{name}", args=["larch"]), dict.fromkeys(filters, word) | {"all": "1"})
            assert answer.status_code in (200, 302), (name, word)


def test_what_nobody_means_to_say_of_an_upload_writes_nothing(hr, larch):
    file = csv_file(KEYS, ["0099", "New", None, "fort-st-john", None, "2026-03-02", None])
    kept = looked_at(file, organisation=larch.organisation, mode="snapshot")
    for word in WORDS:
        said = dict.fromkeys(("sheet", "encoding", "dates", "column-0", "blank"), word)
        assert hr.post(reverse("compliance:import_again", args=["larch", kept.public_id]), said).status_code == 302
        page = reverse("compliance:import_confirm", args=["larch", kept.public_id])
        assert hr.post(page, {"endings": word}).status_code == 302
        assert hr.get(reverse("compliance:import", args=["larch", kept.public_id]), {"page": word}).status_code == 200
    assert Employment.objects.count() == 1
    assert WorkbookImport.objects.get().state in (WorkbookImport.State.READY, WorkbookImport.State.REFUSED)


def test_what_can_be_fetched_or_ended_takes_no_nonsense(hr, larch, hospitality, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pack = loaded()
    services.adopt(
        organisation=larch.organisation, pack=pack, choices={"us-tx-lodging": Choice(hospitality)},
        starts_on=TODAY, due_on=TODAY, by=None, at=AT,
    )  # fmt: skip
    approval = services.record_approval(
        organisation=larch.organisation, rule_code="us-tx-lodging", edition=Edition.objects.get(), body="B",
        reference="R", approved_on=TODAY, by=None, at=AT,
    )  # fmt: skip
    end = reverse("compliance:rule_approval_end", args=["larch", "us-lodging", "us-tx-lodging"])
    for word in (*WORDS, "", "-1", "1e3", "٣", "9" * 18, f"{approval.pk} ", [approval.pk, "x"]):
        assert hr.post(end, {"approval": word}).status_code == 404, word
    assert CourseApproval.objects.live().get() == approval
    assert hr.post(end, {"approval": approval.pk}).status_code == 302
    assert hr.post(end, {"approval": approval.pk}).status_code == 404
    assert CourseApproval.objects.count() == 2

    asked = services.request_evidence_pack(organisation=larch.organisation, site=None, on=TODAY, by=larch.hr, at=AT)
    proof = reverse("compliance:evidence_pack", args=["larch", asked.public_id])
    assert hr.get(proof).status_code == 404  # it is not made yet
    made = services.make_evidence_pack(public_id=str(asked.public_id))
    schedule = people_services.schedule_export(
        organisation=larch.organisation, kind="people", every="day", first_on=TODAY, recipient=larch.hr, by=larch.hr, at=AT
    )  # fmt: skip
    file = people_services.deliver_export({"schedule": schedule.pk, "due_at": AT.isoformat()}, at=AT)
    export = reverse("compliance:export_file", args=["larch", file.public_id])
    for address in (proof, export):
        for word in WORDS:
            assert b"".join(hr.get(address, {"on": word, "site": word}).streaming_content)[:2] == b"PK"
        assert hr.post(address).status_code == 405
    # What lies no longer where it lay, and what was sealed with another key, is not found.
    made.file.storage.delete(made.file.name)
    settings.SECRET_KEY = "another key"
    hr.force_login(larch.hr)
    sign_in_personally(hr, larch.hr)
    assert [hr.get(address).status_code for address in (proof, export)] == [404, 404]
