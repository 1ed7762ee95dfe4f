"""Packs: asked for, made, downloaded, forgotten."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from certificates import services as certificate_services
from certificates.models import Certificate
from compliance import services
from compliance.evidence import sheet as sheet_module
from compliance.exceptions import AfterToday, NotOfThisOrganisation
from compliance.models import EvidencePack
from courses.models import EditionText
from people import outbox
from people.faults import FaultInjected
from people.models import AuditEntry, StaffRole
from tests.factories import compliance as factories
from tests.factories.certificates import CertificateFactory
from tests.factories.compliance import AT, TODAY
from tests.factories.people import sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def done(larch, hospitality):
    """Jo has done what is asked, Ama has not."""
    larch.ask(hospitality, site=larch.fort)
    jo = larch.employ("Jo Castellan", number="=0042")
    factories.learn(jo, hospitality)
    larch.employ("Ama Birch", number="|0043")
    return jo


def make(larch, site=None, on=TODAY):
    pack = services.request_evidence_pack(organisation=larch.organisation, site=site, on=on, by=larch.hr, at=AT)
    return services.make_evidence_pack(public_id=str(pack.public_id))


def opened(pack):
    return zipfile.ZipFile(io.BytesIO(pack.file.read()))


def table(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


@pytest.mark.usefixtures("done")
def test_a_pack_holds_people_certificates_texts_and_facts(larch):
    pack = make(larch)
    archive = opened(pack)
    number = Certificate.objects.get().number
    assert sorted(archive.namelist()) == sorted(
        [
            "people.csv",
            "adjustments.csv",
            "past-completions.csv",
            "in-person.csv",
            f"certificates/{number}.pdf",
            "training-record.pdf",
            f"texts/{Certificate.objects.get().certification.courses.get().code}-edition-1-en-1.txt",
            "texts.csv",
            "requirements.csv",
            "employments.csv",
            "log.csv",
            "verify.py",
            "READ-ME.txt",
            "manifest.json",
            "manifest.sig",
            "public-key.txt",
        ]
    )
    jo, ama = sorted(table(archive, "people.csv"), key=lambda it: it["employee_number"])
    assert (ama["employee_number"], ama["status"], ama["certificate_number"]) == ("'|0043", "Due soon", "")
    assert (jo["status"], jo["completed_on"], jo["last_good_day"]) == ("Done", "2026-03-02", "2029-03-01")
    assert "Jo Castellan" in PdfReader(io.BytesIO(archive.read("training-record.pdf"))).pages[0].extract_text()
    assert [it["last_good_day"] for it in table(archive, "requirements.csv")] == ["2026-04-01"]
    assert (pack.state, pack.people_total, pack.people_done) == (EvidencePack.State.READY, 2, 2)


@pytest.mark.usefixtures("done")
def test_a_pack_is_checked_by_the_script_in_it(larch, tmp_path):
    opened(make(larch)).extractall(tmp_path / "unpacked")
    done = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "unpacked" / "verify.py"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split("\n")[1:3]) == (0, ["Organisation: Larch Hotels", "As of: 2026-03-02"])


@pytest.mark.usefixtures("done")
def test_no_cell_is_a_formula_and_no_file_tells_a_time_or_a_language(larch):
    archive = opened(make(larch))
    assert sorted(row["employee_number"] for row in table(archive, "people.csv")) == ["'=0042", "'|0043"]
    for name in archive.namelist():
        if name.endswith((".csv", ".json")):
            text = archive.read(name).decode("utf-8-sig")
            assert "17:00" not in text
            assert "09:00" not in text
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "language" not in archive.read("people.csv").decode("utf-8-sig").splitlines()[0]


@pytest.mark.usefixtures("done")
def test_answers_to_questions_are_not_in_a_pack(larch, hospitality):
    archive = opened(make(larch))
    [name] = [it for it in archive.namelist() if it.startswith("texts/")]
    assert "+ " not in archive.read(name).decode()
    assert "= " not in archive.read(name).decode()


def test_a_pack_of_nobody_is_whole_too(larch):
    archive = opened(make(larch))
    assert table(archive, "people.csv") == []
    assert json.loads(archive.read("manifest.json"))["as_of"] == "2026-03-02"


@pytest.mark.usefixtures("done")
def test_made_twice_it_is_the_same_pack(larch):
    pack = make(larch)
    again = services.make_evidence_pack(public_id=str(pack.public_id))
    assert (again.sha256, again.file.name) == (pack.sha256, pack.file.name)


@pytest.mark.usefixtures("done")
def test_a_worker_that_dies_leaves_nothing_half_made(larch, monkeypatch):
    pack = services.request_evidence_pack(organisation=larch.organisation, site=None, on=TODAY, by=larch.hr, at=AT)
    monkeypatch.setenv("FIELDFARE_FAULT", "evidence.written")
    monkeypatch.setenv("FIELDFARE_FAULT_MODE", "raise")
    with pytest.raises(FaultInjected):
        services.make_evidence_pack(public_id=str(pack.public_id))
    pack.refresh_from_db()
    assert (pack.state, pack.file.name) == (EvidencePack.State.MAKING, "")
    monkeypatch.delenv("FIELDFARE_FAULT")
    assert services.make_evidence_pack(public_id=str(pack.public_id)).state == EvidencePack.State.READY


@pytest.mark.usefixtures("done")
def test_the_outbox_makes_what_was_asked_for(larch, django_capture_on_commit_callbacks):
    pack = services.request_evidence_pack(organisation=larch.organisation, site=None, on=TODAY, by=larch.hr, at=AT)
    outbox._handlers[services.evidence.KIND]({"pack": str(pack.public_id)})
    pack.refresh_from_db()
    assert pack.state == EvidencePack.State.READY


def test_a_name_that_no_font_has_does_not_stop_the_rest(larch, hospitality):
    larch.ask(hospitality, site=larch.fort)
    jo = larch.employ("𓀀𓁐", number="0042")
    factories.learn(jo, hospitality)
    archive = opened(make(larch))
    assert "0042" in PdfReader(io.BytesIO(archive.read("training-record.pdf"))).pages[0].extract_text()
    [missing] = [it for it in archive.namelist() if it.startswith("certificates/")]
    assert missing.endswith(".txt")


def test_too_long_for_a_sheet_is_in_the_table_alone(larch, hospitality, monkeypatch):
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 1)
    larch.ask(hospitality, site=larch.fort)
    larch.employ("One")
    larch.employ("Two")
    archive = opened(make(larch))
    assert "training-record.pdf" not in archive.namelist()
    assert len(table(archive, "people.csv")) == 2


def test_a_day_ahead_and_a_foreign_site_are_refused(larch):
    with pytest.raises(AfterToday):
        services.request_evidence_pack(
            organisation=larch.organisation, site=None, on=date(2026, 3, 3), by=larch.hr, at=AT
        )
    other = factories.workplace("other", "Other")
    with pytest.raises(NotOfThisOrganisation):
        services.request_evidence_pack(organisation=larch.organisation, site=other.fort, on=TODAY, by=larch.hr, at=AT)


def test_packs_are_forgotten_after_a_month(larch, the_clock):
    pack = make(larch)
    storage = pack.file.storage
    assert services.forget_evidence_packs(at=the_clock.forward(days=30)) == 0
    assert services.forget_evidence_packs(at=the_clock.forward(days=1)) == 1
    pack.refresh_from_db()
    assert pack.state == EvidencePack.State.FORGOTTEN
    assert not storage.exists(pack.file.name)


def test_packs_with_a_text_go_also_where_a_session_alone_earned_the_certificate(larch, hospitality):
    course = hospitality.courses.get()
    text = EditionText.objects.get(edition__course=course)
    CertificateFactory(membership=larch.employ(), certification=hospitality, edition_digest=text.digest)
    pack = make(larch)
    other = make(factories.workplace("other", "Other"))
    assert services.forget_packs_of_course(course=course) == 1
    for each, state in ((pack, EvidencePack.State.FORGOTTEN), (other, EvidencePack.State.READY)):
        each.refresh_from_db()
        assert each.state == state


# --- the pages ---


def url(name, *args):
    return reverse(f"compliance:{name}", args=["larch", *args])


@pytest.fixture
def hr(client, larch):
    sign_in_personally(client, larch.hr)
    return client


@pytest.mark.usefixtures("done")
def test_the_sheet_opens_at_the_desk(hr):
    answer = hr.get(url("evidence_pdf"), {"site": "fort-st-john", "on": "2026-03-02"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="training-record-2026-03-02.pdf"'
    text = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    assert "Jo Castellan" in text
    assert "1 March 2029" in text
    assert AuditEntry.objects.get(verb="evidence.printed").data == {"as_of": "2026-03-02"}


@pytest.mark.usefixtures("done")
@pytest.mark.parametrize(("language", "said"), [("en", "en"), ("zh-hant", "zh-TW"), ("ar", "ar")])
def test_the_sheet_is_set_for_the_language_of_the_desk(hr, language, said):
    hr.cookies["language"] = language
    answer = hr.get(url("evidence_pdf"), {"on": "2026-03-02"})
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"] == said


def test_a_day_that_lies_ahead_is_told_on_the_page(hr):
    answer = hr.get(url("evidence_pdf"), {"on": "2026-03-03"})
    assert answer.status_code == 422
    assert "This day lies ahead." in answer.content.decode()


def test_a_pack_is_asked_for_and_downloaded(hr, larch, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert hr.post(url("evidence_request"), {"on": "2026-03-02"}).status_code == 302
    pack = EvidencePack.objects.get()
    services.make_evidence_pack(public_id=str(pack.public_id))
    assert f"/evidence/{pack.public_id}.zip" in hr.get(url("evidence")).content.decode()
    answer = hr.get(url("evidence_pack", pack.public_id))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="evidence-2026-03-02.zip"'
    assert zipfile.is_zipfile(io.BytesIO(b"".join(answer.streaming_content)))


def test_a_site_lead_makes_proof_for_their_own_site_alone(client, larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    larch.employ("At Fort", site=larch.fort)
    larch.employ("At Prince", site=larch.prince)
    of_all = make(larch)
    sign_in_personally(client, larch.staff(StaffRole.Kind.SITE_LEAD, larch.fort))
    assert client.get(url("evidence_pdf"), {"on": "2026-03-02"}).status_code == 422
    assert client.get(url("evidence_pdf"), {"site": "prince-george", "on": "2026-03-02"}).status_code == 422
    answer = client.get(url("evidence_pdf"), {"site": "fort-st-john", "on": "2026-03-02"})
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "At Fort" in text
    assert "At Prince" not in text
    assert client.get(url("evidence_pack", of_all.public_id)).status_code == 404


def test_an_auditor_and_another_organisation_find_no_such_page(client, larch):
    pack = make(larch)
    sign_in_personally(client, larch.staff(StaffRole.Kind.AUDITOR))
    assert client.get(url("evidence")).status_code == 404
    other = factories.workplace("other", "Other")
    sign_in_personally(client, other.hr)
    assert client.get(url("evidence_pack", pack.public_id)).status_code == 404
    own = reverse("compliance:evidence_pack", args=["other", pack.public_id])
    assert client.get(own).status_code == 404


def test_a_file_is_never_served_by_its_address(client, larch):
    pack = make(larch)
    assert client.get(f"/media/{pack.file.name}").status_code == 404


def test_storage_is_left_alone_by_what_is_not_ready(larch):
    storage = EvidencePack._meta.get_field("file").storage
    storage.save("evidence/x.zip", ContentFile(b""))
    assert services.forget_evidence_packs(at=AT) == 0
    assert storage.exists("evidence/x.zip")


def test_adjustments_are_in_it_with_what_was_undone(larch, hospitality):
    larch.ask(hospitality, site=larch.region)
    jo = larch.employ("Jo Castellan", number="0042")
    larch.employ("Ama Birch", number="0043", site=larch.prince)
    leave = services.record_leave(membership=jo, from_on=TODAY, last_on=date(2026, 3, 20), by=None, at=AT)
    services.undo_adjustment(adjustment=leave, by=None, at=AT)
    services.grant_extension(
        membership=jo,
        certification=hospitality,
        from_on=TODAY,
        last_on=date(2026, 5, 1),
        reason="season",
        by=None,
        at=AT,
    )
    found = table(opened(make(larch, larch.fort)), "adjustments.csv")
    assert [(it["employee_number"], it["kind"], it["last_day"], it["reason"], it["holds"]) for it in found] == [
        ("0042", "Leave", "2026-03-20", "", "no"),
        ("0042", "Leave", "2026-03-20", "", "no"),
        ("0042", "More time", "2026-05-01", "Busy season", "yes"),
    ]
    assert table(opened(make(larch, larch.prince)), "adjustments.csv") == []


def test_past_completions_and_what_staff_did_are_in_it_and_of_a_site_nothing_of_others(larch, hospitality, done):
    ama = larch.employ("Ama Elsewhere", number="0099", site=larch.prince)
    larch.ask(hospitality, site=larch.prince)
    for member in (done, ama):
        services.accept_prior_learning(
            membership=member, certification=hospitality, issuer="Pine College", title="Guest safety",
            document_number="A-1", completed_on=date(2025, 9, 1), by=None, at=AT,
        )  # fmt: skip
    certificate_services.revoke_certificate(certificate=Certificate.objects.get(), reason="error", by=larch.hr, at=AT)
    archive = opened(make(larch, larch.fort))
    [found] = table(archive, "past-completions.csv")
    assert (found["employee_number"], found["issuer"], found["title"], found["document_number"], found["holds"]) == (
        "'=0042", "Pine College", "Guest safety", "A-1", "yes",
    )  # fmt: skip
    assert "past-completions.csv  Past completions" in archive.read("READ-ME.txt").decode()
    assert "Guest safety, Pine College" in " ".join(
        PdfReader(io.BytesIO(archive.read("training-record.pdf"))).pages[0].extract_text().split()
    )
    certificate_services.revoke_certificate(
        certificate=CertificateFactory(membership=ama, certification=hospitality), reason="error", by=larch.hr, at=AT
    )
    log = table(opened(make(larch, larch.fort)), "log.csv")
    assert len([it for it in log if it["act"] == "certificate_revoked"]) == 1
    assert {"certificate_revoked", "prior_learning.accepted", "requirement.added"} <= {it["act"] for it in log}
    assert str(done.public_id) in {it["key"] for it in log}
    assert str(ama.public_id) not in {it["key"] for it in log}
    assert str(ama.public_id) in {it["key"] for it in table(opened(make(larch)), "log.csv")}


def test_days_in_a_pack_are_those_at_the_organisation(larch, hospitality):
    evening = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # 6 in the evening of 2 March in Vancouver
    larch.ask(hospitality, site=larch.fort, at=evening)
    jo = larch.employ("Jo Castellan", number="0042", at=evening)
    services.record_leave(membership=jo, from_on=TODAY, last_on=date(2026, 3, 20), by=None, at=evening)
    archive = opened(make(larch))
    for name in ("requirements.csv", "employments.csv", "adjustments.csv"):
        assert [it["recorded_on"] for it in table(archive, name)] == ["2026-03-02"], name
    log = [it for it in table(archive, "log.csv") if it["act"].startswith(("requirement.", "adjustment."))]
    assert [it["date"] for it in log] == ["2026-03-02"] * 2
    assert table(opened(make(larch, on=date(2026, 3, 1))), "log.csv") == []


def test_what_was_asked_says_by_which_rule_of_whom_by_when_and_how_often(larch, hospitality):
    larch.ask(
        hospitality, conditions={"role": "kitchen"}, due_on=None, due_rule={"after": "hire", "in": "60d"}, recurs="12m",
        label="Florida: front desk", source="us-fl-lodging",
    )  # fmt: skip
    [asked] = table(opened(make(larch)), "requirements.csv")
    assert [asked[name] for name in ("rule", "rule_title", "by_when", "last_good_day")] == [
        "us-fl-lodging",
        "Florida: front desk",
        "60 days after the day of hiring",
        "",
    ]
    assert "Kitchen" in asked["of_whom"]
    assert "12 months" in asked["again"]
    assert "<" not in asked["of_whom"] + asked["by_when"] + asked["again"]
