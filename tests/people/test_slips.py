from datetime import date
from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from people import slips
from people.exceptions import EmploymentEnded
from people.models import AccountChange
from people.slips import Slip, printed_languages, slips_for, slips_pdf
from tests.factories.people import AT, PIN, EmploymentFactory, MembershipFactory, SiteFactory

ORIGIN = "https://learn.example.org"


def slip(**changed: object) -> Slip:
    given = {
        "name": "Jo Castellan",
        "employee_number": "0042",
        "organisation_name": "Larch Hotels",
        "organisation_code": "larch",
        "code": "7KM01-QR1VX",
        "last_good_on": date(2026, 3, 23),
        "contact": "Dana at the back office",
        "languages": ("en",),
    }
    return Slip(**given | changed)  # type: ignore[arg-type]


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_sheet_says_who_code_last_day_and_whom_to_ask() -> None:
    (text,) = pages(slips_pdf(slips=[slip()], origin=ORIGIN))
    for said in (
        "Jo Castellan",
        "larch",
        "0042",
        "7KM01-QR1VX",
        "23 March 2026",
        "Dana at the back office",
        f"{ORIGIN}/sign-in/code/",
    ):
        assert said.replace(" ", "") in text.replace(" ", "")


def test_each_person_has_a_sheet_of_her_own() -> None:
    found = pages(slips_pdf(slips=[slip(), slip(name="Ama Birch", code="AAAAA-BBBBB")], origin=ORIGIN))
    assert ["Jo Castellan" in text for text in found] == [True, False]
    assert ["AAAAA-BBBBB" in text for text in found] == [False, True]


def test_no_word_tells_the_topic() -> None:
    reader = PdfReader(BytesIO(slips_pdf(slips=[slip()], origin=ORIGIN)))
    said = " ".join(
        [*pages(slips_pdf(slips=[slip()], origin=ORIGIN)), str(reader.metadata.title if reader.metadata else "")]
    )
    assert not [word for word in ("traffick", "exploit", "victim", "human", "slavery") if word in said.lower()]


def test_square_holds_organisation_and_number_and_never_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    squares: list[str] = []
    draw = slips._qr
    monkeypatch.setattr(slips, "_qr", lambda address: squares.append(address) or draw(address))
    slips_pdf(slips=[slip(employee_number="A&B 7")], origin=ORIGIN)
    assert squares == [f"{ORIGIN}/sign-in/code/?o=larch&n=A%26B+7"]


def test_language_without_a_catalogue_is_left_to_english() -> None:
    assert printed_languages(["xx", "en", "not a language"]) == ["en"]
    assert printed_languages([]) == ["en"]


@pytest.mark.parametrize(("languages", "on_the_right"), [(("ar", "en"), True), (("en", "ar"), False)])
def test_sheet_runs_as_its_first_language_does(languages: tuple[str, ...], on_the_right: bool) -> None:
    (page,) = PdfReader(BytesIO(slips_pdf(slips=[slip(languages=languages)], origin=ORIGIN))).pages
    starts: list[float] = []

    def look(text: str, at: list[float], *_rest: object) -> None:
        if "7KM01" in text:
            starts.append(at[4])

    page.extract_text(visitor_text=look)
    assert [start > page.mediabox.width / 2 for start in starts] == [on_the_right]


def test_day_is_in_full_in_every_language() -> None:
    texts = slips._data([slip(languages=("pa", "en"))], ORIGIN, unprintable=frozenset())["pages"][0]["texts"]
    assert ["23 ਮਾਰਚ 2026" in texts[0]["notes"][0], "23 March 2026" in texts[1]["notes"][0]] == [True, True]


def test_texts_stand_in_all_languages_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        slips, "_title", lambda: {"fr": "Votre accès", "pa": "ਤੁਹਾਡਾ"}.get(translation.get_language(), "Your sign-in")
    )
    assert printed_languages(["pa", "fr", "en", "fr"]) == ["pa", "fr", "en"]
    (text,) = pages(slips_pdf(slips=[slip(languages=("en", "fr"))], origin=ORIGIN))
    assert "Votre accès" in text
    assert "23 March 2026" in text
    assert "23 mars 2026" in text


def test_eight_languages_still_are_one_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    languages = ("en", "fr", "pa", "es", "ar", "tl", "de", "pl")
    monkeypatch.setattr(slips, "printed_languages", list)
    assert len(pages(slips_pdf(slips=[slip(languages=languages)], origin=ORIGIN))) == 1


def test_name_without_a_font_leaves_the_number_and_the_other_sheets() -> None:
    found = pages(
        slips_pdf(
            slips=[slip(name="\N{EGYPTIAN HIEROGLYPH A001}"), slip(contact="\N{EGYPTIAN HIEROGLYPH A002}")],
            origin=ORIGIN,
        )
    )
    assert found[0].startswith("0042")
    assert "Jo Castellan" in found[1]
    assert "whoever gave you this sheet" in found[1]


def test_markup_in_a_name_prints_literally() -> None:
    (text,) = pages(slips_pdf(slips=[slip(name="#evil() $x$ *Jo*")], origin=ORIGIN))
    assert "#evil() $x$ *Jo*" in text


@pytest.mark.django_db
def test_slips_for_issues_codes_and_prints_the_site_of_today() -> None:
    member = MembershipFactory(employee_number="0042", pin=PIN)
    old = SiteFactory(organisation=member.organisation, contact="the old desk")
    new = SiteFactory(organisation=member.organisation, contact="the new desk")
    later = SiteFactory(organisation=member.organisation, contact="the later desk")
    EmploymentFactory(membership=member, site=old, starts_on=date(2025, 1, 1), ends_on=date(2026, 2, 28))
    EmploymentFactory(membership=member, site=new, starts_on=date(2026, 3, 1))
    EmploymentFactory(membership=member, site=later, starts_on=date(2026, 8, 1))
    (text,) = pages(slips_for(memberships=[member], by=None, at=AT))
    assert "the new desk" in text
    assert "23 March 2026" in text
    member.credential.refresh_from_db()
    assert member.credential.code_hash


@pytest.mark.django_db
def test_slips_for_prints_all_or_none() -> None:
    stays, left = MembershipFactory(pin=PIN), MembershipFactory(pin=PIN)
    EmploymentFactory(membership=stays)
    EmploymentFactory(membership=left, ends_on=date(2026, 2, 1))
    with pytest.raises(EmploymentEnded):
        slips_for(memberships=[stays, left], by=None, at=AT)
    stays.credential.refresh_from_db()
    assert stays.credential.pin_hash
    assert not AccountChange.objects.filter(kind=AccountChange.Kind.CODE_PRINTED).exists()
