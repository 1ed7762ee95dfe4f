"""By every door: what a reviewer, an owner, a ledger or a fact stands against is neither released nor assigned anew."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.html import escape

from certificates.curriculum import CertificationPart
from certificates.models import Certification
from certificates.viewsets import CertificationViewSet
from cms import clock, signing
from compliance import services as assigning
from compliance.exceptions import TrainingHeld
from compliance.models import Proposal, Requirement, RulePackVersion
from compliance.selectors import Choice
from courses import services
from courses.bundle import OnConflict, import_bundle, open_bundle, write_bundle
from courses.curriculum import read_curriculum
from courses.curriculum.loader import load
from courses.exceptions import ReleaseRefused
from courses.models import Claim, Course, EditionText, LessonPage, ReviewDate
from courses.sign_offs import Said
from courses.snapshot import reviewed_digest
from courses.withdrawn import Part
from people.models import Membership, User, WorkbookImport
from people.services import make_api_key, write_import
from tests.certificates.test_viewsets import filled_in
from tests.corpus.workbooks import xlsx
from tests.courses import curricula
from tests.courses.curricula import PICTURE
from tests.courses.test_consenting import consent
from tests.courses.test_loader import CLAIMS
from tests.courses.test_owning import nation
from tests.courses.test_release import LOOKED_AT_ALL
from tests.courses.test_translated_curriculum import ship
from tests.factories.certificates import CertificationFactory
from tests.factories.certificates import course as new_course
from tests.factories.compliance import Workplace, workplace
from tests.factories.courses import asked_to_review, says
from tests.factories.people import StaffRoleFactory, UserFactory, sign_in_personally
from tests.factories.rule_packs import loaded
from tests.people.workbooks.conftest import Hand, said

AT = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
TODAY = date(2026, 11, 28)
DUE = date(2027, 1, 31)
RULE = "us-tx-lodging"
LANGUAGES = ("en", "fr")
WIDER = "wider"

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class House:
    """A released course in English and French whose page has changed since, and a workplace that asks some for it."""

    root: Path
    bundle: bytes
    larch: Workplace
    asked: Requirement
    group: Requirement
    pack: RulePackVersion
    ama: Membership
    administrator: User

    @property
    def course(self) -> Course:
        return Course.objects.get(code="hospitality")

    @property
    def wider(self) -> Certification:
        return Certification.objects.get(code=WIDER)

    @property
    def training(self) -> Certification:
        return Certification.objects.get(code="hospitality")


@pytest.fixture(scope="module")
def house(module_rows: Any, tmp_path_factory: Any) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    signs = curricula.LESSON_SIGNS.replace("source: scan-2024}", "source: scan-2024, claims: [incidents]}")
    law = CLAIMS.replace("kind: statistic", "kind: legal")
    with override_settings(MEDIA_ROOT=folder / "media", RENDITIONS=False), module_rows.unblock():
        root = curricula.write(
            folder / "curriculum",
            **{"hospitality/media/door.svg": PICTURE, curricula.SHORT["signs"]: signs, "claims.yaml": law},
        )
        ship(root)
        load(read_curriculum(root), at=AT - timedelta(days=1))
        course, larch = Course.objects.get(), workplace()
        stream = io.BytesIO()
        write_bundle(stream, course=course)
        about: dict[str, Any] = {"at": AT, "starts_on": TODAY, "due_on": DUE}
        training = Certification.objects.get()
        jo = larch.employ(number="0042")
        ama = larch.employ("Ama Birch", number="0043", role=larch.kitchen)
        pack = loaded()
        assigning.describe_site(
            site=larch.fort, jurisdiction="us-tx", kind="hotel", rooms=80, size=None, on=TODAY, by=None, at=AT
        )
        assigning.adopt(
            organisation=larch.organisation, pack=pack, choices={RULE: Choice(training, (larch.kitchen,))},
            starts_on=TODAY, due_on=DUE, by=larch.hr, at=AT,
        )  # fmt: skip
        # A part of what people are asked for: whatever it asks, they are asked.
        other = new_course()
        asking_it = CertificationFactory(expression={"certification": WIDER}, courses=[other, course])
        CertificationFactory(code=WIDER, courses=[other])
        larch.ask(asking_it, membership=jo, **about)
        for page in LessonPage.objects.filter(lesson__code="act"):
            page.title += "!"
            page.save_revision().publish()
        yield House(
            root=root,
            bundle=stream.getvalue(),
            larch=larch,
            asked=larch.ask(training, membership=jo, **about),
            group=larch.ask(training, conditions={"role": ["housekeeping"]}, **about),
            pack=pack,
            ama=ama,
            administrator=UserFactory(with_email=True, is_superuser=True),
        )


def english(code: str) -> LessonPage:
    return LessonPage.objects.get(lesson__code=code, lesson__course__code="hospitality", locale__language_code="en")


def sign(house: House) -> str:
    """The id of the block that tells of a sign: a story, or a Nation's."""
    return next(str(each.id) for each in english("signs").body if each.block_type == "sign")


# What happens.


def nothing(house: House) -> None:
    """Nobody says anything."""


def everybody(house: House, verdict: str, known_as: str = "Wren", **fields: Any) -> None:
    """Let a survivor say a word to the text of each language."""
    for language in LANGUAGES:
        request = asked_to_review(house.course, "survivor", language=language, known_as=known_as)
        says(request, verdict, at=AT, **fields)


def no_to_what_is_served(house: House) -> None:
    for language in LANGUAGES:
        served = EditionText.objects.get(language=language).snapshot
        request = asked_to_review(house.course, "survivor", language=language)
        says(request, "no", content=reviewed_digest(served), at=AT)


def yes_taken_back(house: House) -> None:
    everybody(house, "yes", known_as="Robin")
    everybody(house, "withdrawn", known_as="Robin")


def a_nation_took_a_part_back(house: House, kind: str = "block", target: str = "") -> None:
    mine, heron, _token = nation()
    part = Part(kind, target or sign(house))
    owned = services.own_part(course=house.course, part=part, nation=mine, by=None, at=AT)
    services.take_back(owned=owned, by=heron, at=AT)


def a_nation_took_the_course_back(house: House) -> None:
    a_nation_took_a_part_back(house, "course", "hospitality")


def consent_ended(house: House) -> None:
    given = consent(languages=["en", "fr"], last_good_on=date(2027, 6, 30))
    services.own_part(course=house.course, part=Part("block", sign(house)), consent=given, by=None, at=AT)
    services.withdraw_consent(consent=given, by=None, at=AT)


def law_past_its_review(house: House) -> None:
    Claim.objects.update(verified_on=date(2025, 11, 22), review_by=date(2026, 11, 27))


def fact_withdrawn(house: House) -> None:
    services.withdraw_claim(claim=Claim.objects.get(), why="The office took it back.", by=None, at=AT)


def review_past_its_grace(house: House) -> None:
    late = {"reviewed_on": date(2025, 2, 1), "review_by": date(2026, 2, 1), "grace_days": 28}
    ReviewDate.objects.update_or_create(course=house.course, defaults=late)


def only_what_comes_is_forbidden(house: House) -> None:
    everybody(house, "no")
    everybody(house, "yes", known_as="Robin")  # whom nobody has paid
    a_nation_took_a_part_back(house)
    law_past_its_review(house)


def what_is_served_is_forbidden_too(house: House) -> None:
    no_to_what_is_served(house)
    yes_taken_back(house)
    review_past_its_grace(house)


def a_story_and_a_fact_are_gone(house: House) -> None:
    consent_ended(house)
    fact_withdrawn(house)


HAPPENS: list[tuple[Callable[[House], None], set[str], set[str]]] = [
    # What happens; why nothing is released then; why nobody new is asked.
    (nothing, set(), set()),
    (only_what_comes_is_forbidden, {"said_no", "unpaid", "withdrawn", "claim"}, set()),
    (what_is_served_is_forbidden_too, {"said_no", "taken_back"}, {"no", "withdrawn", "late"}),
    (a_story_and_a_fact_are_gone, {"withdrawn", "claim"}, set()),
    # Its pages are down, and nobody publishes them.
    (a_nation_took_the_course_back, {"no_page"}, {"withdrawn"}),
]


# Ways to release. Each is tried in a transaction that is undone.


def release(house: House, by: User | None) -> None:
    services.release_course(course=house.course, severity="finish_on_old", by=by, at=LATER)


def in_the_cms(client: Client, house: House, **form: Any) -> None:
    sign_in_personally(client, house.administrator)
    client.post(reverse("courses_admin:release", args=[house.course.pk]), {"change": "meaning", **form})


def from_files(house: House) -> None:
    call_command("load_curriculum", house.root, "--release", "--no-input", verbosity=0)


def from_a_bundle(house: House) -> None:
    opened = open_bundle(io.BytesIO(house.bundle), trusted={signing.public_key()})
    import_bundle(opened, at=LATER, on_conflict=OnConflict.KEEP, apply=True)
    release(house, None)


RELEASES: dict[str, Callable[[Client, House], object]] = {
    "an administrator": lambda client, house: release(house, house.administrator),
    "a shell": lambda client, house: release(house, None),
    "one language": lambda client, house: services.release_course(
        course=house.course, severity="none", by=house.administrator, at=LATER, languages=["fr"]
    ),
    "a text that is added": lambda client, house: services.add_text(
        edition=house.course.editions.get(), language="en", by=house.administrator, at=LATER
    ),
    "a language that is added": lambda client, house: services.add_text(
        edition=house.course.editions.get(), language="fr", by=None, at=LATER
    ),
    "the button": lambda client, house: in_the_cms(client, house, severity="finish_on_old", looked_at=LOOKED_AT_ALL),
    "the other button": lambda client, house: in_the_cms(client, house, add_text="fr"),
    "files": lambda client, house: from_files(house),
    "a bundle": lambda client, house: from_a_bundle(house),
}


def tried(door: Callable[[], object], count: Callable[[], object]) -> tuple[bool, set[str]]:
    """Return whether anything came of going through a door, and why not where it says so; nothing of it stays."""
    before, why = count(), set()
    with transaction.atomic():
        try:
            with transaction.atomic():
                door()
        except ReleaseRefused as refused:
            why = {str(each.fault) for each in refused.problems}
        except TrainingHeld as held:
            why = {each.verdict if isinstance(each, Said) else "late" for each in held.why}
        except Told:
            why = {"told"}
        came = count() != before
        transaction.set_rollback(True)
    return came, why


# Ways to ask somebody new.

WHY = "cannot be assigned anew at the moment: "


class Told(Exception):
    """Somebody at a page, with a workbook or at the interface is told why not."""


def adopt(house: House, **roles: Any) -> None:
    choices = {rule.replace("_", "-"): Choice(house.training, each) for rule, each in roles.items()}
    assigning.adopt(
        organisation=house.larch.organisation, pack=house.pack, choices=choices, starts_on=TODAY, due_on=DUE,
        by=house.larch.hr, at=AT,
    )  # fmt: skip


def agree(house: House) -> None:
    planned = assigning.planned(
        organisation=house.larch.organisation, certification=house.training, site=house.larch.region,
        starts_on=TODAY, due_on=DUE,
    )  # fmt: skip
    proposal = Proposal.objects.create(
        organisation=house.larch.organisation, certification=house.training, kind=Proposal.Kind.REQUIRE,
        payload=assigning.payload_of(planned), summary={}, proposed_at=AT, proposed_by=house.larch.hr,
    )  # fmt: skip
    assigning.agree(proposal=proposal, by=StaffRoleFactory(organisation=house.larch.organisation).user, at=AT)


def reach_others(house: House) -> None:
    wider = assigning.planned_change(requirement=house.group, conditions={"role": ["housekeeping", "kitchen"]})
    assigning.change_requirement(requirement=house.group, changed=wider, by=house.larch.hr, at=AT)


def page(client: Client, house: House, name: str, *more: str, **form: Any) -> None:
    sign_in_personally(client, house.larch.hr)
    url = reverse(f"compliance:{name}", args=[house.larch.organisation.code, *more])
    answer = client.post(url, {"due_on": DUE.isoformat(), "confirm": "1", **form}, follow=True)
    if WHY in answer.content.decode():
        raise Told


def by_workbook(house: House) -> None:
    file = xlsx(["certification", "employee_number", "due_on"], ["hospitality", "0043", DUE.isoformat()])
    if said(Hand(house.larch.organisation).bring(file, "assignments")) == [(2, "certification", "training_held")]:
        raise Told


def by_interface(client: Client, house: House) -> None:
    secret = make_api_key(organisation=house.larch.organisation, name="payroll", by=None, at=AT)
    answer = client.post(
        f"/api/1/{house.larch.organisation.code}/workbooks/assignments/?apply=1",
        [{"certification": "hospitality", "employee_number": "0043", "due_on": DUE.isoformat()}],
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "1"},
    )
    if WHY in answer.content.decode():
        raise Told
    kept = WorkbookImport.objects.latest("pk")
    write_import(import_id=kept.pk, at=LATER, turn_seconds=None)


def ask(house: House, **whom: Any) -> None:
    house.larch.ask(house.training, at=AT, starts_on=TODAY, due_on=DUE, **whom)


ASSIGNS: dict[str, Callable[[Client, House], object]] = {
    "a person": lambda client, house: ask(house, membership=house.ama),
    "a site": lambda client, house: ask(house, site=house.larch.region),
    "a role": lambda client, house: ask(house, role=house.larch.kitchen),
    "a condition": lambda client, house: ask(house, conditions={"site": [house.larch.region.code]}),
    "several": lambda client, house: assigning.ask_to_require_each(
        organisation=house.larch.organisation, memberships=[house.ama], certification=house.training,
        due_on=DUE, starts_on=TODAY, by=house.larch.hr, at=AT,
    ),
    "a second person": lambda client, house: agree(house),
    "a pack": lambda client, house: adopt(house, us_tx_lodging=()),
    "other conditions": lambda client, house: reach_others(house),
    "the page, a person": lambda client, house: page(
        client, house, "assignment_new", certification=house.training.pk, whom="person", number="0043"
    ),
    "the page, a site": lambda client, house: page(
        client, house, "assignment_new", certification=house.training.pk, whom="site", site=house.larch.fort.pk
    ),
    "the page for many": lambda client, house: page(
        client, house, "assign_to_many", certification=house.training.pk, person=str(house.ama.public_id)
    ),
    "the page of a pack": lambda client, house: page(
        client, house, "rule_pack_adopt", house.pack.code, **{f"training-{RULE}": house.training.pk}
    ),
    "a workbook": lambda client, house: by_workbook(house),
    "the interface": lambda client, house: by_interface(client, house),
}  # fmt: skip


OF_ALL = ("a person", "a pack")
"""Tried also where nothing is held: that shows that it is not."""


def wider(client: Client, house: House) -> None:
    """In the CMS, put the course into a training that people are asked for."""
    sign_in_personally(client, house.administrator)
    training = house.wider
    url = reverse(CertificationViewSet().get_url_name("edit"), args=[training.pk])
    answer = client.post(url, filled_in(house.course, code=training.code))
    if answer.status_code == 200 and escape("“hospitality” cannot be assigned anew") in answer.content.decode():
        raise Told


def files_wider(house: House) -> None:
    """Let shipped files, or a bundle, put the course into a training that people are asked for."""
    form = CertificationPart().stored([house.wider.code])[house.wider.code]
    CertificationPart().write(house.wider.code, {**form, "courses": ["hospitality"]}, LATER)


def widened(door: Callable[[House], object], house: House) -> None:
    try:
        door(house)
    except ValidationError as refused:
        if "“hospitality” cannot be assigned anew" in refused.messages[0]:
            raise Told from None
        raise


ASSIGNS |= {
    "a training, in the CMS": wider,
    "a training, from files": lambda client, house: widened(files_wider, house),
    "a training, in a shell": lambda client, house: widened(lambda it: it.wider.courses.add(it.course), house),
    "a training, the other way": lambda client, house: widened(
        lambda it: it.course.certifications.add(it.wider), house
    ),
}


def live() -> set[object]:
    """What is asked: whom, and for a training that they are asked for already, which courses."""
    of_the_wider = Certification.courses.through.objects.filter(certification__code=WIDER)
    return {*Requirement.objects.live().values_list("pk", flat=True), *of_the_wider.values_list("course__code")}


@pytest.fixture(autouse=True)
def _an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


NAMES = [each[0].__name__ for each in HAPPENS]


@pytest.mark.parametrize(("happens", "against"), [each[:2] for each in HAPPENS], ids=NAMES)
def test_nothing_is_released_by_any_door(
    client: Client, house: House, happens: Callable[[House], None], against: set[str]
) -> None:
    happens(house)
    came = {}
    for name, door in RELEASES.items():
        came[name], why = tried(partial(door, client, house), EditionText.objects.count)
        assert not why or against <= why, (name, why)
    assert came == dict.fromkeys(RELEASES, not against)


@pytest.mark.parametrize(("happens", "held"), [(each[0], each[2]) for each in HAPPENS], ids=NAMES)
def test_nobody_new_is_asked_by_any_door_and_who_has_it_keeps_it(
    client: Client, house: House, happens: Callable[[House], None], held: set[str]
) -> None:
    happens(house)
    before = live()
    came = {}
    for name, door in ASSIGNS.items():
        if held or name in OF_ALL or happens is nothing:
            came[name], why = tried(partial(door, client, house), live)
            assert why in ([held, {"told"}] if held else [set()]), (name, why)
    assert came == dict.fromkeys(came, not held)
    # Its last good day can still be moved.
    moved = assigning.change_due_date(requirement=house.asked, due_on=date(2027, 2, 1), by=house.larch.hr, at=LATER)
    assert live() == before - {house.asked.pk} | {moved.pk}
