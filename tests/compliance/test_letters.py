"""Letters: a folded sheet a person, in the languages of the site, telling nothing of the topic."""

import io
import re
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from certificates import services as certificate_services
from certificates.models import Certificate
from compliance import letters, selectors, services
from compliance.letters import letters_for, letters_pdf
from compliance.models import Message
from people import services as people_services
from people.models import AccountChange, Credential, Membership
from tests.compliance.test_mails import TOPIC, french
from tests.factories import compliance as factories
from tests.factories.compliance import AT
from tests.factories.people import PIN

__all__ = ["french"]  # a fixture

pytestmark = pytest.mark.django_db


def waiting() -> list[Message]:
    return list(selectors.letters(memberships=Membership.objects.all()))


def made(*, with_codes: bool = False) -> list[letters.Letter]:
    return letters_for(messages=waiting(), with_codes=with_codes, by=None, at=AT)


def printed(found: list[letters.Letter]) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(letters_pdf(found))).pages]


@pytest.fixture
def jo(larch, hospitality):
    member = larch.employ("Jo Castellan", number="0042")
    larch.ask(hospitality, membership=member)
    services.sweep(at=AT)
    return member


def test_a_letter_says_who_what_by_when_where_and_whom_to_ask(jo):
    [text] = printed(made())
    for part in (
        "Jo Castellan",
        "Larch Hotels · 0042",
        "Something for you to do",
        "Working safely with guests",
        "Please finish it by 1 April 2026.",
        "http://testserver/sign-in/",
        "Type your PIN.",
        "Dana at the back office",
        "Your workplace never sees your answers.",
    ):
        assert part in text.replace("\u2068", "").replace("\u2069", ""), part
    assert not TOPIC.search(text)


def test_the_document_is_tagged_neutral_and_a_page_a_person(larch, hospitality, jo):
    larch.ask(hospitality, membership=larch.employ("Ama Birch"))
    services.sweep(at=AT)
    reader = PdfReader(io.BytesIO(letters_pdf(made())))
    assert len(reader.pages) == 2
    assert reader.metadata.title == "Something for you to do"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_who_never_had_a_slip_gets_a_code_that_works(jo):
    [letter] = made(with_codes=True)
    [text] = printed([letter])
    code = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", text)[0]
    assert code == letter.code
    assert "The code is good through 23 March 2026." in text
    assert "http://testserver/sign-in/code/" in text
    member = people_services.set_pin(
        organisation_code="larch", employee_number="0042", code=code, pin=PIN, at=AT, origin="here"
    )
    assert member == jo
    assert AccountChange.objects.filter(membership=jo, kind="code_printed").count() == 1


def test_who_had_a_slip_keeps_its_code_and_the_pin(jo):
    code = people_services.issue_code(membership=jo, by=None, at=AT)
    people_services.set_pin(organisation_code="larch", employee_number="0042", code=code, pin=PIN, at=AT, origin="here")
    before = Credential.objects.values().get(membership=jo)
    assert [it.code for it in made(with_codes=True)] == [""]
    assert Credential.objects.values().get(membership=jo) == before


def test_a_letter_is_in_all_the_languages_of_the_site(jo, larch, french):
    larch.fort.languages = ["en", "fr", "pa"]
    larch.fort.save()
    [text] = printed(made())
    assert "Something for you to do" in text
    assert "Quelque chose à faire" in text
    # There is no catalogue of Punjabi: it is left to English, which stands there once.
    assert text.count("Something for you to do") == 1


def test_a_name_without_a_font_does_not_keep_the_others_from_being_printed(jo, larch, hospitality):
    larch.ask(hospitality, membership=larch.employ("ᚠᚢᚦ", number="0043"))
    services.sweep(at=AT)
    texts = printed(made())
    assert ["Jo Castellan" in it for it in texts] == [False, True] or ["Jo Castellan" in it for it in texts] == [
        True,
        False,
    ]
    assert any("Larch Hotels · 0043" in it for it in texts)


def test_what_is_no_longer_so_is_not_printed(jo, hospitality):
    messages = waiting()
    factories.learn(jo, hospitality, at=AT + timedelta(days=1))
    assert letters_for(messages=messages, with_codes=True, by=None, at=AT + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("days", "line"),
    [
        (33, "It was due by 1 April 2026. Please do it when you next can."),
        (16, "Please finish it by 1 April 2026."),
    ],
)
def test_what_a_letter_says_of_what_is_due(larch, hospitality, days, line):
    larch.ask(hospitality, membership=larch.employ())
    at = AT + timedelta(days=days)
    services.sweep(at=at)
    found = letters_for(messages=waiting(), with_codes=False, by=None, at=at)
    assert line in printed(found)[0]


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (AT + timedelta(days=1040), "Your certificate is good through 1 March 2029. Please renew it by then."),
        (AT + timedelta(days=1100), "Your certificate has ended. Please renew it."),
    ],
)
def test_what_a_letter_says_of_a_certificate(larch, hospitality, at, line):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    services.sweep(at=at)
    found = letters_for(messages=waiting(), with_codes=False, by=None, at=at)
    assert line in printed(found)[0]


def test_a_revoked_certificate_is_told_without_a_reason(larch, hospitality):
    jo = larch.employ()
    larch.ask(hospitality, membership=jo)
    factories.learn(jo, hospitality)
    certificate_services.revoke_certificate(
        certificate=Certificate.objects.get(), reason=Certificate.RevocationReason.IDENTITY, by=None, at=AT
    )
    services.sweep(at=AT)
    text = printed(made())[0]
    assert "Your certificate has ended. Please renew it." in text
    assert "Not the work" not in text


def test_letters_cost_the_same_for_one_and_for_many(larch, hospitality, django_assert_num_queries):
    for _ in range(4):
        larch.employ()
    larch.ask(hospitality, site=larch.region)
    services.sweep(at=AT)
    messages = waiting()
    for some in (messages[:1], messages):
        with django_assert_num_queries(7):  # two of them savepoints
            letters_for(messages=some, with_codes=False, by=None, at=AT)


def test_the_square_fills_in_organisation_and_number(jo):
    data = letters._data(made(), frozenset())
    assert data["pages"][0]["organisation"] == "larch"
    assert "<svg" in data["pages"][0]["qr"]
    assert date(2026, 4, 1).isoformat() not in data["pages"][0]["qr"]
