"""The response plan of each site: filled in once, printed in its languages, kept by whoever manages the site."""

import io
import re
import subprocess
import zipfile
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from cms.models import SupportService
from compliance.kit_sheets import kit_data, kit_file, sector_of
from compliance.kit_words import questions_for
from compliance.models import KitDuty, SiteKit
from courses.blocks import OverlayBody
from courses.services import approve_overlay, write_overlay
from people.models import AuditEntry, StaffRole
from tests.factories.cms import SectorFactory, SupportServiceFactory
from tests.factories.courses import RELEASED_AT, course_with_pages, release
from tests.factories.people import MembershipFactory, SiteFactory, UserFactory, sign_in_personally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_clock")]

SENT = {
    "contacts": "Night manager, extension 4\n\n Regional office, 604-555-0100 ",
    "emergency": "Any telephone, 911; then tell the desk.",
    "rooms": "Two of us, after a knock.",
    **{f"owner-{piece}": "Night manager" for piece in KitDuty.Piece.values},
    **{f"review-{piece}": "2026-09-01" for piece in KitDuty.Piece.values},
}


@pytest.fixture
def site(larch):
    return SiteFactory(
        organisation=larch.organisation, code="harbour", name="Harbour", sector="hospitality", languages=["en", "fr"]
    )


@pytest.fixture
def lead(site):
    user = UserFactory(with_email=True)
    StaffRole.objects.create(user=user, organisation=site.organisation, site=site, kind=StaffRole.Kind.SITE_LEAD)
    return user


def address(site, *more):
    name = "compliance:kit_piece" if more else "compliance:kit"
    return reverse(name, args=[site.organisation.code, site.code, *more])


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_a_site_lead_fills_in_the_plan_and_prints_it(client, site, lead):
    SupportServiceFactory(code="line", name="Night Line", phone="1-800-555-0199", coverage="ca-bc")
    sign_in_personally(client, lead)
    assert "Not written yet" in client.get("/workplace/larch/kits/").content.decode()
    assert client.post(address(site), SENT).status_code == 302
    kit = SiteKit.objects.get(site=site)
    assert kit.contacts == ["Night manager, extension 4", "Regional office, 604-555-0100"]
    assert kit.answers == {"emergency": SENT["emergency"], "rooms": SENT["rooms"]}
    assert {(duty.piece, duty.owner, duty.review_by) for duty in kit.duties.all()} == {
        (piece, "Night manager", date(2026, 9, 1)) for piece in KitDuty.Piece.values
    }
    page = client.get(address(site)).content.decode()
    assert "Night manager, by 1 September 2026" in page
    plan = client.get(address(site, "protocol"))
    assert plan["Content-Disposition"] == 'attachment; filename="protocol.pdf"'
    said = text_of(plan.content)
    for words in ("Night manager, extension 4", "Two of us, after a knock.", "Night Line", "1-800-555-0199", "Never", "1 September 2026"):  # fmt: skip
        assert words in said
    screen = client.get(address(site, "screen") + "?language=en")
    assert screen.content[:4] == b"\x89PNG"
    assert int.from_bytes(screen.content[16:20], "big") == 1920


def test_pack_holds_the_local_parts_of_its_own_organisation_alone(client, site, lead):
    course = course_with_pages(sector=SectorFactory(code="hospitality"))
    owner = UserFactory()
    anchor = next(block.id for block in course.pages.get().get_children().first().specific.body)
    for organisation in (site.organisation, MembershipFactory().organisation):
        words = f"<p>Tell the porter of {organisation.code}.</p>"
        overlay = write_overlay(
            course=course, overlay=None, title="Porter", lesson="facts", anchor=anchor, label="Facts", act="after",
            place="", sector=None, organisation=organisation, owner=owner, review_by=date(2030, 1, 1), language="en",
            body=OverlayBody().to_python([{"type": "text", "value": {"heading": "", "text": words}}]),
            by=None, at=RELEASED_AT, on=date(2026, 3, 1),
        )  # fmt: skip
        approve_overlay(overlay=overlay, by=None, at=RELEASED_AT, on=date(2026, 3, 1))
    release(course)
    sign_in_personally(client, lead)
    client.post(address(site), SENT)
    packed = client.get(reverse("compliance:kit_whole", args=[site.organisation.code, site.code]))
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        said = text_of(archive.read(f"{course.slug}-en-local.pdf"))
    assert f"Tell the porter of {site.organisation.code}." in said
    assert said.count("Tell the porter") == 1


def test_the_same_again_is_not_logged_twice(client, site, lead):
    sign_in_personally(client, lead)
    for _ in range(2):
        client.post(address(site), SENT)
    assert AuditEntry.objects.filter(verb="kit.kept").count() == 1


def test_help_lines_are_those_of_today(site, lead, client):
    sign_in_personally(client, lead)
    client.post(address(site), SENT)
    SupportServiceFactory(code="old", name="Doubtful Line", phone="1", review_by=date(2026, 3, 1), coverage="ca-bc")
    line = SupportServiceFactory(code="line", name="Night Line", phone="2", coverage="ca-bc")
    kit = SiteKit.objects.get()
    names = [each["name"] for each in kit_data(kit, "poster", on=date(2026, 3, 2))["texts"][0]["lines"]]
    assert names == ["Night Line"]
    SupportService.objects.filter(pk=line.pk).update(withdrawn=True)
    assert kit_data(kit, "poster", on=date(2026, 3, 2))["texts"][0]["lines"] == []


def test_all_pieces_speak_the_languages_of_the_site_and_are_tagged(site, lead, client, tmp_path):
    sign_in_personally(client, lead)
    client.post(address(site), SENT)
    whole = client.get(reverse("compliance:kit_whole", args=["larch", "harbour"]))
    packed = zipfile.ZipFile(io.BytesIO(whole.content))
    assert packed.namelist() == ["protocol.pdf", "poster.pdf", "stickers.pdf", "screen-en.png", "screen-fr.png"]
    for name in packed.namelist()[:3]:
        (tmp_path / name).write_bytes(packed.read(name))
        info = subprocess.run(["pdfinfo", tmp_path / name], capture_output=True, check=True, text=True).stdout
        assert "Tagged:          yes" in info


def test_an_address_keeps_its_order_on_a_sheet_that_runs_the_other_way(site, lead, client, tmp_path):
    sign_in_personally(client, lead)
    site.languages = ["ar"]
    site.save()
    client.post(address(site), {**SENT, "where": "12 Spruce Road, gate B."})
    (tmp_path / "plan.pdf").write_bytes(kit_file(SiteKit.objects.get(), "protocol", on=date(2026, 3, 2)))
    command = ["pdftotext", "-bbox", tmp_path / "plan.pdf", "-"]
    words = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    at = {word: float(left) for left, word in re.findall(r'xMin="([\d.]+)"[^>]*>(12|Road,|B\.)<', words)}
    assert list(at) == sorted(at, key=at.get) == ["12", "Road,", "B."]


def test_pieces_are_set_for_their_script(site, lead, client, monkeypatch):
    from compliance import kit_sheets

    sign_in_personally(client, lead)
    client.post(address(site), SENT)
    monkeypatch.setattr(kit_sheets, "printed_languages", lambda languages: ["zh-hant", "ar"])
    for piece in ("protocol", "poster", "stickers"):
        file = kit_sheets.kit_file(SiteKit.objects.get(), piece, on=date(2026, 3, 2))
        made = PdfReader(io.BytesIO(file))
        assert made.trailer["/Root"]["/Lang"] == "zh-TW", piece
        assert len(made.pages) == (2 if piece == "protocol" else 1), piece


def test_a_language_that_has_words_for_it_is_printed_beside(site, lead, client, monkeypatch):
    from compliance import kit_sheets

    sign_in_personally(client, lead)
    client.post(address(site), SENT)
    monkeypatch.setattr(kit_sheets, "_title", lambda: f"Title {translation.get_language()}")
    texts = kit_data(SiteKit.objects.get(), "poster", on=date(2026, 3, 2))["texts"]
    assert [(text["language"], text["title"]) for text in texts] == [("en", "Title en"), ("fr", "Title fr")]
    assert "ébauche" in texts[1]["draft"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contacts", "", "Name at least one."),
        ("contacts", "\n".join(["a"] * 9), "Eight lines at most"),
        ("owner-poster", "", "Say who keeps it true."),
        ("review-poster", "2026-03-01", "Choose a day from today on"),
        ("review-poster", "2029-03-01", "within two years"),
        ("emergency", "x" * 501, "at most 500"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_kept(client, site, lead, field, value, words):
    sign_in_personally(client, lead)
    answer = client.post(address(site), {**SENT, field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SiteKit.objects.exists()


def test_a_review_that_is_past_is_said(client, site, lead, the_clock):
    sign_in_personally(client, lead)
    client.post(address(site), SENT)
    the_clock.forward(days=200)
    sign_in_personally(client, lead)
    assert "the day has passed" in client.get("/workplace/larch/kits/").content.decode()
    assert "the day has passed" in client.get(address(site)).content.decode()


def test_only_those_who_manage_the_site_open_its_plan(client, larch, site, lead):
    other = SiteFactory(organisation=larch.organisation, code="other")
    sign_in_personally(client, lead)
    assert client.get(address(other)).status_code == 404
    assert client.post(address(other), SENT).status_code == 404
    assert client.get(address(site, "everything")).status_code == 404
    assert other.name not in client.get("/workplace/larch/kits/").content.decode()
    auditor = UserFactory(with_email=True)
    StaffRole.objects.create(user=auditor, organisation=larch.organisation, kind=StaffRole.Kind.AUDITOR)
    sign_in_personally(client, auditor)
    assert client.get(address(site)).status_code == 404
    foreign = SiteFactory(code="foreign")
    sign_in_personally(client, larch.hr)
    assert client.get(address(foreign)).status_code == 404
    assert client.get(address(site)).status_code == 200


def test_the_list_costs_the_same_for_many_sites(client, larch, site, lead, django_assert_num_queries):
    sign_in_personally(client, larch.hr)
    client.get("/workplace/larch/kits/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as before:
        client.get("/workplace/larch/kits/")
    for number in range(3):
        SiteFactory(organisation=larch.organisation, code=f"more-{number}")
    with django_assert_num_queries(len(before)):
        client.get("/workplace/larch/kits/")


def test_templates_follow_the_sector_of_the_site_or_of_the_one_above(site):
    below = SiteFactory(organisation=site.organisation, parent=site, sector="")
    assert sector_of(below) == "hospitality"
    assert [each.code for each in questions_for("hospitality")][-1] == "rooms"
    assert questions_for("nothing") == questions_for("hospitality")[:-1]


def test_a_poster_in_every_language_is_one_sheet(site, lead, client):
    for number in range(4):
        SupportServiceFactory(code=f"line-{number}", name=f"Line {number}", phone="1-800-555-0199", coverage="ca-bc")
    sign_in_personally(client, lead)
    site.languages = ["en", "fr", "es", "pa", "ar", "zh-hans", "zh-hant", "tl"]
    site.save()
    client.post(address(site), SENT)
    pdf = kit_file(SiteKit.objects.get(), "poster", on=date(2026, 3, 2))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_a_language_without_words_of_ours_is_english(site, lead, client):
    sign_in_personally(client, lead)
    site.languages = ["so"]
    site.save()
    client.post(address(site), SENT)
    assert "If somebody needs help" in text_of(kit_file(SiteKit.objects.get(), "poster", on=date(2026, 3, 2)))
