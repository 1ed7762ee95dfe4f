"""The page where anybody may check a number, and the holder's own pages."""

import io
import re
import uuid
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from certificates import services, views
from certificates.models import Certificate
from certificates.validity import Duration, ValidityPolicy
from courses.models import EditionText
from people.models import AccountChange
from tests.factories.certificates import CertificateFactory, CertificationFactory, completion_of
from tests.factories.people import PIN, MembershipFactory, UserFactory, sign_in_personally, sign_in_with_pin

pytestmark = pytest.mark.django_db

UNKNOWN = "7K3M-01AB-CDEF-GHJK-MNPQ"


@pytest.fixture
def clock(monkeypatch):
    """Set the clock to noon in Vancouver of a day."""

    def set_to(*day):
        monkeypatch.setattr("cms.clock.now", lambda: datetime(*day, 20, 0, tzinfo=UTC))

    set_to(2026, 9, 1)
    return set_to


@pytest.fixture
def certificate(clock):
    policy = ValidityPolicy(grace=Duration(14, "d")).to_json()
    return CertificateFactory(certification=CertificationFactory(policy=policy))


def check(client, number):
    return client.get(f"/verify/{number}/")


def looked_up(client, number):
    """Return the answer about a number, and the one question that was put to the table of certificates."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/verify/", {"number": number})
    (sql,) = (query["sql"] for query in queries if "certificates_certificate" in query["sql"])
    return response, sql.split("WHERE")[0]


def main_of(response):
    """Return the text of the main part of a page, in single spaces."""
    html = response.content.decode()
    main = html.split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").split())


# --- checking a number ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ((2026, 3, 10), "Valid Last valid day 9 March 2029 ( Vancouver time)"),
        ((2028, 12, 9), "Valid Last valid day 9 March 2029 ( Vancouver time)"),
        ((2028, 12, 10), "Valid Last valid day 9 March 2029 ( Vancouver time)"),
        ((2029, 3, 9), "Valid Last valid day 9 March 2029 ( Vancouver time)"),
        (
            (2029, 3, 10),
            "Expired, still in grace Last valid day 9 March 2029 ( Vancouver time) "
            "Grace through 23 March 2029 ( Vancouver time)",
        ),
        ((2029, 3, 23), "Expired, still in grace Last valid day 9 March 2029 ( Vancouver time)"),
        ((2029, 3, 24), "Expired Last valid day 9 March 2029 ( Vancouver time)"),
    ],
)
def test_verify_answers_first_in_a_word_with_its_day(client, certificate, clock, day, answer):  # R2
    clock(*day)
    response = check(client, certificate.number)
    assert response.status_code == 200
    main = main_of(response)
    assert main.startswith(answer)
    checked = f"Checked on {day[2]} {date(*day):%B} {day[0]} ( Vancouver time)"
    assert checked in main
    assert ("It may be renewed now." in main) is ((2028, 12, 10) <= day <= (2029, 3, 9))


def test_verify_says_no_more_than_is_printed(client, certificate):
    main = main_of(check(client, certificate.number))
    for printed in (
        "Working safely with guests",
        "Mary-Ann O’Brien",
        "Fieldfare",
        "Edition 3",
        certificate.number,
    ):
        assert printed in main
    page = check(client, certificate.number).content.decode()
    for withheld in (
        "Northern Lights Inn",
        "human trafficking in hotels",
        certificate.membership.employee_number,
        str(certificate.public_id),
    ):
        assert withheld not in page, withheld


@pytest.mark.parametrize("today", [(2026, 9, 1), (2030, 1, 1)])
def test_verify_of_a_revoked_certificate_gives_day_and_class_of_reason(client, clock, today):
    clock(*today)
    certificate = CertificateFactory(revoked=True)
    main = main_of(check(client, certificate.number))
    assert main.startswith("Revoked Revoked on 4 May 2026 ( Vancouver time) Reason Issued in error")
    assert "Last valid day" not in main


def test_verify_of_a_replaced_certificate_links_to_no_name(client, certificate, clock):
    new = services.replace_certificate(
        certificate=certificate, holder_name="Mary-Ann Brien", at=datetime(2026, 5, 5, 20, 0, tzinfo=UTC)
    )
    response = check(client, certificate.number)
    assert main_of(response).startswith("Replaced Replaced on 5 May 2026 ( Vancouver time)")
    for withheld in ("Mary-Ann", "Brien", new.number):
        assert withheld not in response.content.decode()
    assert main_of(check(client, new.number)).startswith("Valid")


def test_verify_of_a_renewal_before_its_first_day_leads_to_what_is_valid(client, certificate, clock):
    clock(2029, 1, 20)
    renewal = CertificateFactory(
        certification=certificate.certification,
        completed_on=date(2029, 1, 10),
        renews=certificate,
        valid_from=date(2029, 3, 10),
        valid_until=date(2032, 3, 10),
        window_opens_on=date(2031, 12, 10),
        grace_until=date(2032, 3, 24),
    )
    response = check(client, renewal.number)
    assert main_of(response).startswith(
        "Renewed in time First valid day 10 March 2029 ( Vancouver time) Last valid day 9 March 2032"
    )
    assert f"/verify/{certificate.number}/" in response.content.decode()
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=date(2029, 1, 15), revoked_at=datetime(2029, 1, 15, tzinfo=UTC), revocation_reason="error"
    )
    main = main_of(check(client, renewal.number))
    assert main.startswith("Not valid yet")
    assert certificate.number not in main


def test_verify_of_an_erased_holder_still_answers(client, certificate):
    services.erase_holder(learner=certificate.learner)
    main = main_of(check(client, certificate.number))
    assert main.startswith("Valid")
    assert "Name on the certificate" not in main


def test_verify_counts_days_where_the_certificate_is_from(client, monkeypatch):
    certificate = CertificateFactory()
    # 10 March 2029 has begun in London, and not in Vancouver.
    monkeypatch.setattr("cms.clock.now", lambda: datetime(2029, 3, 10, 7, 30, tzinfo=UTC))
    assert main_of(check(client, certificate.number)).startswith("Valid")
    monkeypatch.setattr("cms.clock.now", lambda: datetime(2029, 3, 10, 8, 0, tzinfo=UTC))
    assert main_of(check(client, certificate.number)).startswith("Expired")


@pytest.mark.parametrize(
    "typed",
    [
        "nonsense",
        "a/b/c",
        "..",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "é" * 50,
        "0" * 3000,
        "7K3M-01AB-CDEF-GHJK-MNPU",
    ],
)
def test_verify_answers_alike_about_unknown_and_malformed_numbers(client, typed):
    (expected, one_look_up), (got, another) = (looked_up(client, number) for number in (UNKNOWN, typed))
    assert one_look_up == another
    assert got.status_code == expected.status_code == 200
    assert got.templates[0].name == expected.templates[0].name
    shown = main_of(got).split("You asked for")
    assert shown[0] == main_of(expected).split("You asked for")[0]
    assert shown[0].startswith("No certificate has this number")
    assert b"<script>alert" not in got.content


@pytest.mark.parametrize("path", ["nonsense", "a/b/c", "%3Cscript%3E", UNKNOWN])
def test_verify_by_address_answers_the_same_way(client, path):
    response = check(client, path)
    assert response.status_code == 200
    assert main_of(response).startswith("No certificate has this number")


def test_verify_finds_whatever_way_the_number_is_typed(client, certificate):
    bare = certificate.number.replace("-", "").lower()
    for typed in (bare, f"  {certificate.number}  ", " ".join(bare), certificate.number.replace("0", "O")):
        assert main_of(client.get("/verify/", {"number": typed})).startswith("Valid"), typed


def test_verify_asks_the_database_once_whatever_the_state(client, certificate):
    _, unknown = looked_up(client, UNKNOWN)
    revoked = CertificateFactory(revoked=True, renews=certificate)
    replaced = CertificateFactory(replaced_by=certificate)
    for each in (certificate, revoked, replaced):
        assert looked_up(client, each.number)[1] == unknown


def test_verify_form_works_without_a_script_and_mends_an_empty_field(client):
    page = client.get("/verify/").content.decode()
    assert '<form class="form" method="get" action="/verify/"' in page
    assert 'name="number"' in page
    empty = client.get("/verify/", {"number": "  "})
    assert empty.status_code == 200
    assert "Type the number that stands on the certificate." in empty.content.decode()


@pytest.mark.parametrize("path", ["/verify/", f"/verify/{UNKNOWN}/", "/verify/?number=x"])
def test_verify_is_listed_nowhere_and_kept_nowhere(client, path):
    response = client.get(path)
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert response.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


def test_verify_refuses_what_is_no_reading(client):
    assert client.post("/verify/", {"number": UNKNOWN}).status_code == 405


@pytest.mark.parametrize("typed", ["\0", f"{UNKNOWN}\0", "7K3M\0\0"])
def test_verify_passes_over_characters_that_no_text_has(client, typed):
    main = main_of(client.get("/verify/", {"number": typed}))
    assert main.startswith("No certificate has this number" if typed.strip("\0") else "There is something to mend")
    assert "Null" not in main


def test_verify_is_limited_by_origin(client, certificate, monkeypatch):
    assert (views.CHECKS, views.CHECKS_SECONDS) == (300, 300)
    monkeypatch.setattr(views, "CHECKS", 3)
    for _ in range(3):
        assert check(client, UNKNOWN).status_code == 200
    limited = check(client, certificate.number)
    assert limited.status_code == 429
    assert limited.headers["Retry-After"] == "300"
    assert "Too many numbers were checked from here" in main_of(limited)
    assert "Mary-Ann" not in limited.content.decode()
    assert client.get("/verify/", {"number": certificate.number}).status_code == 429
    assert client.get("/verify/").status_code == 200
    assert client.get(f"/verify/{certificate.number}/", REMOTE_ADDR="198.51.100.7").status_code == 200


def test_verify_keeps_no_address_in_the_cache(client):
    client.get(f"/verify/{UNKNOWN}/", REMOTE_ADDR="198.51.100.7")
    if hasattr(cache, "_cache"):  # local memory; Redis holds the same keys
        assert not any("198.51.100.7" in key for key in cache._cache)


# --- the holder's pages ---------------------------------------------------------------------------------------


def pages_of(certificate):
    return [f"/certificates/{certificate.public_id}/", f"/certificates/{certificate.public_id}/document/"]


def test_holder_reaches_her_certificate_after_a_pin_and_after_her_own_sign_in(client, certificate):
    sign_in_with_pin(client, certificate.membership)
    assert [client.get(page).status_code for page in pages_of(certificate)] == [200, 200]
    client.logout()
    sign_in_personally(client, certificate.learner)
    assert [client.get(page).status_code for page in pages_of(certificate)] == [200, 200]


def test_pin_opens_the_certificates_of_its_workplace_alone(client, certificate):
    other = MembershipFactory(user=certificate.learner)
    own = CertificateFactory(own=True, learner=certificate.learner)
    sign_in_with_pin(client, other)
    for found in (certificate, own):
        assert [client.get(page).status_code for page in pages_of(found)] == [404, 404]
    client.logout()
    sign_in_personally(client, certificate.learner)
    assert [client.get(page).status_code for page in pages_of(own)] == [200, 200]


@pytest.mark.parametrize("door", ["pin", "personal"])
def test_somebody_elses_certificate_is_not_found(client, certificate, door):
    if door == "pin":
        sign_in_with_pin(client, MembershipFactory(organisation=certificate.membership.organisation))
    else:
        sign_in_personally(client, UserFactory(with_email=True))
    unknown = [page.replace(str(certificate.public_id), str(uuid.UUID(int=1))) for page in pages_of(certificate)]
    for page in pages_of(certificate) + unknown:
        assert client.get(page).status_code == 404


def test_nobody_signed_in_is_led_to_the_door(client, certificate):
    for page in pages_of(certificate):
        response = client.get(page)
        assert response.status_code == 302
        assert response.url == f"/sign-in/?next={page.replace('/', '%2F')}"


def test_certificate_page_has_a_neutral_title_and_all_that_is_printed(client, certificate):
    sign_in_with_pin(client, certificate.membership)
    response = client.get(pages_of(certificate)[0])
    assert "<title>Certificate</title>" in response.content.decode()
    main = main_of(response)
    for words in (
        "Valid",
        "Mary-Ann O’Brien",
        "Working safely with guests",
        "Valid through 9 March 2029 ( Vancouver time)",
        "Completed on 10 March 2026",
        "Issued on 10 March 2026",
        "Northern Lights Inn",
        certificate.number,
    ):
        assert words in main, words
    assert "human trafficking" not in main
    assert "its language alone" not in main


def test_certificate_page_offers_a_copy_without_her_language(client, clock):
    certificate = in_punjabi()
    sign_in_with_pin(client, certificate.membership)
    page = client.get(pages_of(certificate)[0]).content.decode()
    assert "ਸੁਰੱਖਿਅਤ ਕੰਮ" in page
    assert "?paper=a4&amp;copy=workplace" in page


def in_punjabi(**fields):
    """Return a certificate of somebody who learnt in Punjabi on 10 March 2026, with the completion it rests on."""
    certification = CertificationFactory()
    membership = MembershipFactory(name="Mary-Ann O’Brien")
    completion = completion_of(
        certification.courses.get(), completed_on=date(2026, 3, 10), membership=membership, language="pa"
    )
    return CertificateFactory(
        certification=certification,
        membership=membership,
        completion_ids=[str(completion.public_id)],
        language="pa",
        learner_title="ਸੁਰੱਖਿਅਤ ਕੰਮ",
        **fields,
    )


@pytest.mark.parametrize("is_draft", [False, True])
def test_document_marks_a_title_from_a_draft(client, is_draft):
    certificate = in_punjabi()
    text = EditionText.objects.get(language="pa")
    EditionText.objects.create(
        edition=text.edition,
        language="pa",
        revision=2,
        digest=certificate.edition_digest,
        snapshot=text.snapshot,
        is_draft=is_draft,
        frozen_at=text.frozen_at,
    )
    sign_in_personally(client, certificate.learner)
    _, document = pages_of(certificate)
    said = [
        PdfReader(io.BytesIO(client.get(document, {"copy": copy}).content)).pages[0].extract_text()
        for copy in ("holder", "workplace")
    ]
    assert ["Draft, not yet reviewed" in text for text in said] == [is_draft, False]


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("renamed", [False, True])
def test_pin_that_was_set_later_does_not_tell_in_which_language_she_learnt(client, clock, reset, renamed):
    certificate = in_punjabi()
    if reset:
        credential = certificate.membership.credential
        credential.pin_hash, credential.pin_set_at = make_password(PIN), datetime(2026, 4, 2, 17, tzinfo=UTC)
        credential.save()
    if renamed:  # it is issued anew after the reset, and still tells of the time before
        certificate = services.replace_certificate(
            certificate=certificate, holder_name="Mary-Ann Brien", at=datetime(2026, 5, 5, 20, 0, tzinfo=UTC)
        )
    sign_in_with_pin(client, certificate.membership)

    page = client.get(pages_of(certificate)[0]).content.decode()
    papers = [client.get(pages_of(certificate)[1], {"copy": copy}) for copy in ("holder", "workplace")]
    texts = [PdfReader(io.BytesIO(paper.content)).pages[0].extract_text() for paper in papers]

    assert ("ਸੁਰੱਖਿਅਤ" in page, "copy=workplace" in page) == (not reset, not reset)
    assert (texts[0] == texts[1]) is reset
    sign_in_personally(client, certificate.learner)  # a sign-in of her own, made before
    AccountChange.objects.create(
        user=certificate.learner, kind=AccountChange.Kind.RECOVERY_MADE, happened_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert "ਸੁਰੱਖਿਅਤ" in client.get(pages_of(certificate)[0]).content.decode()


def test_document_is_a_pdf_with_a_neutral_name(client, certificate):
    sign_in_with_pin(client, certificate.membership)
    response = client.get(pages_of(certificate)[1], {"paper": "letter"})
    assert response.headers["Content-Type"] == "application/pdf"
    name = f"certificate-{certificate.number[-4:].lower()}.pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    (page,) = PdfReader(io.BytesIO(response.content)).pages
    assert round(page.mediabox.width) == 612
    assert "Mary-Ann O’Brien" in page.extract_text()


@pytest.mark.parametrize("query", [{"paper": "a0"}, {"copy": "theirs"}])
def test_document_knows_two_papers_and_two_copies(client, certificate, query):
    sign_in_with_pin(client, certificate.membership)
    assert client.get(pages_of(certificate)[1], query).status_code == 404


def test_replaced_certificate_leads_to_the_one_that_stands_for_it(client, certificate):
    new = services.replace_certificate(
        certificate=certificate, holder_name="Mary-Ann Brien", at=datetime(2026, 5, 5, 20, 0, tzinfo=UTC)
    )
    sign_in_with_pin(client, certificate.membership)
    page, document = pages_of(certificate)
    assert client.get(page).url == pages_of(new)[0]
    assert client.get(document, {"paper": "letter"}).url == f"{pages_of(new)[1]}?paper=letter&copy=holder"


def test_revoked_certificate_is_shown_and_not_printed(client, clock):
    certificate = CertificateFactory(revoked=True)
    sign_in_with_pin(client, certificate.membership)
    page, document = pages_of(certificate)
    response = client.get(page)
    assert "Revoked on 4 May 2026. Reason: Issued in error." in main_of(response)
    assert document not in response.content.decode()
    assert client.get(document).status_code == 404


def test_name_without_a_font_gets_a_page_that_says_so(client, clock):
    certificate = CertificateFactory(holder_name="ᚠᚢ Ann")
    sign_in_with_pin(client, certificate.membership)
    response = client.get(pages_of(certificate)[1])
    assert response.status_code == 503
    assert "The letters are: ᚠᚢ" in main_of(response)
