"""What belongs to a Nation, who signs for it, and its taking parts back. Nobody else does any of it in its place."""

from datetime import datetime
from typing import Final

from django.db import transaction
from wagtail.log_actions import log

from cms.site_day import site_day
from courses import selectors
from courses.consents import is_open_licence
from courses.exceptions import (
    AlreadyOwned,
    HasSignatories,
    LastSignatory,
    NameTaken,
    NoContact,
    NoLicence,
    NoName,
    NothingThere,
    NotTheirs,
    OpenLicence,
)
from courses.models import Course, CoursePage, Nation, OwnedPart, Reviewer, ReviewKind, StoryConsent, Withdrawal
from courses.services.review_doors import make_link, shut_link
from courses.services.reviewing import add_reviewer, published_texts
from courses.services.withdrawing import put_back, withdraw_part
from courses.withdrawn import Part, around, part_in, place_of
from people.models import User

OWN_LOG_ACTION: Final = "courses.own"
SIGNATORY_LOG_ACTION: Final = "courses.signatory"


@transaction.atomic
def add_nation(*, name: str, contact: str, licence: str, by: User | None, at: datetime) -> Nation:
    """Take a Nation on, by the name that it gives itself.

    Raises:
        NoName, NoContact, NoLicence: something is missing.
        OpenLicence: the licence is CC BY.
        NameTaken: a Nation of this name is here.
    """
    name, contact, licence = " ".join(name.split()), " ".join(contact.split()), licence.strip()
    if not name:
        raise NoName
    if not contact:
        raise NoContact
    if not licence:
        raise NoLicence
    if is_open_licence(licence):
        raise OpenLicence
    if Nation.objects.filter(name__iexact=name).exists():
        raise NameTaken
    nation: Nation = Nation.objects.create(name=name, contact=contact, licence=licence, added_at=at, added_by=by)
    log(nation, "wagtail.create", user=by)
    return nation


@transaction.atomic
def own_part(
    *,
    course: Course,
    part: Part,
    nation: Nation | None = None,
    consent: StoryConsent | None = None,
    by: User | None,
    at: datetime,
) -> OwnedPart:
    """Record that ``part`` of ``course`` belongs to ``nation``, or is a true story told with ``consent``; twice is once.

    It holds from now on and in every edition. A story whose consent has ended can be given another one.

    Raises:
        NothingThere: neither what is published nor any edition has such a part.
        AlreadyOwned: it, or the whole that it stands in, belongs to another owner.
        ValueError: not exactly one of ``nation`` and ``consent`` is given.
    """
    if (nation is None) is (consent is None):
        raise ValueError("a Nation or a consent")
    course = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    texts = [*published_texts(course=course), *selectors.every_snapshot(course)]
    found = next((text for text in texts if part_in(text, part) is not None), None)
    if found is None:
        raise NothingThere
    whole = [part, *around(found, part)]
    for each in selectors.owned_parts(course):
        if Part(each.kind, each.target) not in whole:
            continue
        if each.consent is not None and consent is not None and not each.consent.rule.holds(on=site_day(at)):
            each.given_up_at = at
            each.save(update_fields=["given_up_at"])
        elif (each.nation, each.consent) != (nation, consent):
            raise AlreadyOwned
    owned, is_new = OwnedPart.objects.in_force().get_or_create(
        course=course,
        kind=part.kind,
        target=part.target,
        defaults={
            "label": place_of(found, part),
            "nation": nation,
            "consent": consent,
            "recorded_at": at,
            "recorded_by": by,
        },
    )
    if is_new:
        log(course, OWN_LOG_ACTION, user=by, data={"part": owned.label, "owner": str(nation or consent)})
    return owned


@transaction.atomic
def appoint(
    *, nation: Nation, known_as: str, by: Reviewer | None, by_user: User | None = None, at: datetime
) -> tuple[Reviewer, str]:
    """Let somebody sign for ``nation``, and return them with the secret part of their link.

    The first is written down by an editor (``by_user``); every other by somebody who signs for it (``by``).

    Raises:
        NotTheirs: ``by`` does not sign for this Nation.
        HasSignatories: an editor would appoint another one.
        NoName, NameTaken: as for any reviewer.
    """
    nation = Nation.objects.select_for_update().get(pk=nation.pk)
    if by is not None:
        _check_signs(by, nation)
    elif signatories(nation):
        raise HasSignatories
    new = add_reviewer(known_as=known_as, kinds=[ReviewKind.NATION], nation=nation, by=by_user, at=at)
    log(nation, SIGNATORY_LOG_ACTION, user=by_user, data={"ended": False})
    return new, make_link(reviewer=new, by=by_user, at=at)


@transaction.atomic
def new_link_for(*, signatory: Reviewer, by: Reviewer, at: datetime) -> str:
    """Return a new link for somebody who signs for the same Nation; they choose new words when they come in.

    Raises:
        NotTheirs: ``by`` does not sign for that Nation.
    """
    nation = _nation_of(signatory)
    _check_signs(by, nation)
    _check_signs(signatory, nation)
    return make_link(reviewer=signatory, forget_words=True, by=None, at=at, by_nation=nation)


@transaction.atomic
def dismiss(*, signatory: Reviewer, by: Reviewer, at: datetime) -> None:
    """End somebody's signing for their Nation: their link shuts, and what they said counts no more.

    Raises:
        NotTheirs: ``by`` does not sign for that Nation.
        LastSignatory: nobody would be left.
    """
    nation = Nation.objects.select_for_update().get(pk=_nation_of(signatory).pk)
    _check_signs(by, nation)
    _check_signs(signatory, nation)
    if len(signatories(nation)) == 1:
        raise LastSignatory
    signatory.kinds = []
    signatory.save(update_fields=["kinds"])
    shut_link(reviewer=signatory, by=None, at=at)
    log(nation, SIGNATORY_LOG_ACTION, user=None, data={"ended": True})


def signatories(nation: Nation) -> list[Reviewer]:
    """Return who signs for ``nation`` today."""
    return [each for each in nation.signatories.order_by("known_as") if ReviewKind.NATION in each.kinds]


@transaction.atomic
def take_back(*, owned: OwnedPart, by: Reviewer, at: datetime) -> list[Withdrawal]:
    """Let a Nation take back what it owns, without a reason: from every edition, file and pack, at once.

    A question goes from every course that asks it. What was never released never is, whatever was signed before.

    Raises:
        NotTheirs: ``by`` does not sign for the owner.
    """
    _check_owns(by, owned)
    courses = [owned.course]
    if owned.kind == OwnedPart.Kind.QUESTION:
        courses = selectors.courses_that_ask(owned.target) or courses
    withdrawn = []
    for course in courses:
        withdrawn.append(
            withdraw_part(
                course=course,
                part=Part(owned.kind, owned.target),
                label=owned.label,
                reason=Withdrawal.Reason.NATION,
                instead="",
                by=None,
                at=at,
                nation=owned.nation,
            )
        )
        if owned.kind == OwnedPart.Kind.COURSE:
            _take_off_pages(course)
    return withdrawn


def _take_off_pages(course: Course) -> None:
    """Take the pages of a course off the lists of the site, in every language."""
    for page in CoursePage.objects.filter(course=course).live():
        page.unpublish(set_expired=False)


@transaction.atomic
def let_show(*, owned: OwnedPart, by: Reviewer, at: datetime) -> None:
    """Let a Nation put back what it took back; pages of a whole course are published again by an editor.

    Raises:
        NotTheirs: ``by`` does not sign for the owner.
    """
    _check_owns(by, owned)
    gone = Withdrawal.objects.in_force().filter(kind=owned.kind, target=owned.target, nation=owned.nation)
    if owned.kind != OwnedPart.Kind.QUESTION:
        gone = gone.filter(course=owned.course)
    for withdrawal in gone:
        put_back(withdrawal=withdrawal, by=None, at=at, nation=owned.nation)


@transaction.atomic
def give_up(*, owned: OwnedPart, by: Reviewer, at: datetime) -> None:
    """Let a Nation say that a part is not its own any more; what it took back stays taken back.

    Raises:
        NotTheirs: ``by`` does not sign for the owner.
    """
    _check_owns(by, owned)
    if OwnedPart.objects.in_force().filter(pk=owned.pk).update(given_up_at=at):
        data = {"part": owned.label, "owner": owned.owner, "given_up": True}
        log(owned.course, OWN_LOG_ACTION, user=None, data=data)


def _nation_of(signatory: Reviewer) -> Nation:
    if signatory.nation is None:
        raise NotTheirs
    return signatory.nation


def _check_owns(by: Reviewer, owned: OwnedPart) -> None:
    if owned.nation is None:
        raise NotTheirs
    _check_signs(by, owned.nation)


def _check_signs(by: Reviewer, nation: Nation) -> None:
    if by.nation_id != nation.pk or ReviewKind.NATION not in by.kinds:
        raise NotTheirs
