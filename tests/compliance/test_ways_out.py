"""What its owner took back leaves no words behind: on every way out of the house, in every language."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.test import override_settings

from assessments.models import Question
from certificates.models import Certification
from cms import clock
from compliance.services.kits import workplaces_with_kit_of
from courses.curriculum import read_curriculum
from courses.curriculum.loader import load
from courses.models import Course, EditionText
from courses.services import end_expired_consents, let_show, own_part, take_back, withdraw_consent, withdraw_part
from courses.withdrawn import Part
from tests import ways_out
from tests.assessments.test_question_bank_kind import bring, export
from tests.courses import curricula
from tests.courses.curricula import PICTURE
from tests.courses.test_consenting import consent
from tests.courses.test_owning import LICENCE, nation
from tests.courses.test_translated_curriculum import ship
from tests.factories.compliance import Workplace, workplace
from tests.factories.people import SiteFactory, sign_in_with_pin
from tests.people.workbooks.conftest import counted, said
from translations.selectors import file_for
from translations.services import import_file

# As a load leaves it.
pytestmark = [pytest.mark.django_db, pytest.mark.reference_index]

AT = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
TODAY = date(2026, 11, 28)
SIGN = "answers every question for another"
QUESTION = "Somebody shouts for help"
OPTION = "Write it down"
LESSON = "tell your manager what you saw"
PRACTICE = "In which order?"
MARKER = "A part was here that its owner withdrew on"


NOW = AT + timedelta(hours=1)


@pytest.fixture(scope="module")
def media(tmp_path_factory: Any) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def _settled(module_rows: Any, media: Path, tmp_path_factory: Any) -> Workplace:
    course = curricula.COURSE.replace("minimum_minutes: 5\n", "")
    root = curricula.write(
        tmp_path_factory.mktemp("curriculum"),
        **{"hospitality/media/door.svg": PICTURE, "hospitality/course.yaml": course},
    )
    ship(root)
    at_work = override_settings(MEDIA_ROOT=media, RENDITIONS=True)
    with module_rows.unblock(), at_work, mock.patch.object(clock, "now", return_value=NOW):
        load(read_curriculum(root), at=AT)
        return workplace()


@pytest.fixture
def place(_settled: Workplace, media: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A hotel whose people take a course in English and French."""
    settings.MEDIA_ROOT = media
    settings.RENDITIONS = True
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return _settled


@pytest.fixture
def site(place: Any) -> Any:
    return SiteFactory(
        organisation=place.organisation, code="harbour", name="Harbour", sector="hospitality", languages=["en", "fr"]
    )


@pytest.fixture
def course(place: Any) -> Course:
    return Course.objects.get()


def sign_block(course: Course) -> Part:
    lesson = EditionText.objects.filter(edition__course=course, language="en").get().snapshot["lessons"][0]
    return Part("block", next(each["id"] for each in lesson["body"] if each["type"] == "sign"))


def take_away(course: Course, part: Part) -> None:
    about: dict[str, Any] = {"label": "A part", "reason": "owner", "instead": "", "by": None}
    withdraw_part(course=course, part=part, at=AT, **about)


def ways_with(found: dict[str, str], secret: str) -> list[str]:
    return [name for name, text in found.items() if ways_out.squeezed(secret) in ways_out.squeezed(text)]


def with_readers(client: Any, place: Any, site: Any, course: Course) -> None:
    """Let one person have done the course with a certificate, and another be on the way."""
    about = {"starts_on": TODAY - timedelta(days=20), "due_on": TODAY + timedelta(days=30)}
    place.ask(Certification.objects.get(), site=site, at=AT, **about)
    member = place.employ("Jo Castellan", site=site, starts_on=TODAY - timedelta(days=30))
    ways_out.take_course(member, course, AT)
    newcomer = place.employ("Ama Birch", site=site, starts_on=TODAY - timedelta(days=30))
    sign_in_with_pin(client, newcomer)
    client.post(f"/learn/{course.slug}/start/")


def test_withdrawn_parts_are_on_no_way_out(client: Any, place: Any, site: Any, course: Course) -> None:
    with_readers(client, place, site, course)
    before = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    everywhere = {name.split()[0] for name in before}
    assert everywhere == {"page", "file", "spoken", "bundle", "exchange", "questions", "pack", "kit"}
    assert {name.split()[0] for name in ways_with(before, SIGN)} == everywhere - {"questions"}
    assert {name.split()[0] for name in ways_with(before, LESSON)} == everywhere - {"questions"}
    assert {name.split()[0] for name in ways_with(before, QUESTION)} >= {"bundle", "exchange", "questions"}

    take_away(course, sign_block(course))
    take_away(course, Part("lesson", "act"))
    take_away(course, Part("question", "hos-emergency-1"))
    take_away(course, Part("question", "hos-order"))
    assert ways_out.packs_kept() == {}
    after = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    for secret in (SIGN, LESSON, QUESTION, OPTION, PRACTICE, "What to do, step by step", "Call 911 if someone is"):
        assert ways_with(after, secret) == [], secret
    assert {name.split()[0] for name in ways_with(after, MARKER)} == everywhere
    assert "A part was here that its owner withdrew on 28 November 2026." in after["page lesson signs en"]

    # What went out with markers comes back without harm.
    stems = list(Question.objects.order_by("pk").values_list("stem", flat=True))
    kept = bring(export("csv"))
    assert (said(kept), counted(kept)[:2]) == ([], (0, 0))
    file = file_for(language="fr", group=f"course:{course.code}")
    assert import_file(file=file, language="fr", by=None, at=AT).taken == 0
    assert list(Question.objects.order_by("pk").values_list("stem", flat=True)) == stems


def test_a_nation_takes_back_what_is_its_own_and_lets_it_be_shown_again(
    client: Any, place: Any, site: Any, course: Course
) -> None:
    with_readers(client, place, site, course)
    mine, heron, _token = nation()
    sign = sign_block(course)
    parts = [sign, Part("lesson", "act"), Part("question", "hos-emergency-1"), Part("question", "hos-order")]
    held = [own_part(course=course, part=part, nation=mine, by=None, at=AT) for part in parts]
    before = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    shown = {name.split()[0] for name in ways_with(before, LICENCE)}
    assert shown >= {"page", "file", "spoken", "bundle", "pack", "kit"}

    for each in held:
        take_back(owned=each, by=heron, at=AT)
    assert ways_out.packs_kept() == {}
    after = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    for secret in (SIGN, LESSON, QUESTION, OPTION, PRACTICE, "What to do, step by step"):
        assert ways_with(after, secret) == [], secret
    assert {name.split()[0] for name in ways_with(after, MARKER)} == {name.split()[0] for name in after}

    for each in held:
        let_show(owned=each, by=heron, at=AT)
    again = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    assert {name.split()[0] for name in ways_with(again, SIGN)} >= {"page", "file", "spoken", "bundle", "pack", "kit"}


def test_a_nation_takes_back_a_whole_course(client: Any, place: Any, site: Any, course: Course) -> None:
    with_readers(client, place, site, course)
    mine, heron, _token = nation()
    whole = own_part(course=course, part=Part("course", course.code), nation=mine, by=None, at=AT)
    take_back(owned=whole, by=heron, at=AT)
    after = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    secrets = (SIGN, LESSON, QUESTION, PRACTICE, "Four rooms", "For everybody who works in a hotel", "act in order")
    for secret in secrets:
        assert ways_with(after, secret) == [], secret
    assert {name.split()[0] for name in ways_with(after, MARKER)} == {name.split()[0] for name in after}


@pytest.mark.parametrize("ends", ["withdrawn", "expired"])
def test_a_story_goes_with_its_consent(client: Any, place: Any, site: Any, course: Course, ends: str) -> None:
    with_readers(client, place, site, course)
    under = consent(languages=["en", "fr"], last_good_on=date(2026, 11, 27))
    for part in (sign_block(course), Part("lesson", "act"), Part("question", "hos-emergency-1")):
        own_part(course=course, part=part, consent=under, by=None, at=AT)
    before = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    assert {name.split()[0] for name in ways_with(before, SIGN)} >= {"page", "file", "spoken", "bundle", "pack", "kit"}
    if ends == "withdrawn":
        withdraw_consent(consent=under, by=None, at=AT)
    else:
        assert end_expired_consents(at=AT) == 3
    assert workplaces_with_kit_of(course) == ["Larch Hotels, Harbour"]
    assert ways_out.packs_kept() == {}
    after = ways_out.everything(client, course, site=site, at=AT, on=TODAY)
    for secret in (SIGN, LESSON, QUESTION, OPTION, "What to do, step by step"):
        assert ways_with(after, secret) == [], secret
    assert {name.split()[0] for name in ways_with(after, MARKER)} == {name.split()[0] for name in after}


def test_nothing_is_made_in_a_form_to_which_nobody_agreed(place: Any, course: Course) -> None:
    under = consent(languages=["en", "fr"], forms=["read", "print"])
    own_part(course=course, part=sign_block(course), consent=under, by=None, at=AT)
    made = ways_out.renditions(course, AT)
    assert not any("slides.pptx" in name for name in made)
    assert any("booklet.pdf" in name for name in made)
