"""Reads over courses: which text a learner is served, where they stand, whose calendar counts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Page, ReferenceIndex

from cms.models import Source
from cms.places import PLACES
from courses import fold as rules
from courses.claims import ClaimNow, uses_in
from courses.fold import Fold, NextStep
from courses.models import (
    Attendance,
    Claim,
    ClaimUse,
    Completion,
    Course,
    CoursePage,
    Edition,
    EditionText,
    Enrolment,
    FrozenOverlay,
    LearningEvent,
    Overlay,
    OwnedPart,
    PictureApproval,
    RenditionSet,
    ReviewDate,
    ReviewEntry,
    Session,
    SignOff,
    StoryConsent,
    VoiceAcceptance,
    Withdrawal,
)
from courses.models.overlay import OverlayQuerySet
from courses.overlays import FrozenPart, Reader, State, freshness_state
from courses.owners import Owner, with_owners
from courses.review_dates import Overdue
from courses.review_pay import Account, Entry, Line, account_of
from courses.sign_offs import Kind, Said, Verdict, against_assignment
from courses.snapshot import Json, requirements_of, reviewed_digest
from courses.withdrawn import BY_OWNER, Notice, Part, part_in, parts_of, without_withdrawn
from people.models import Employment, Membership, Organisation, Site, User
from people.selectors import known_employments
from translations.freshness import summed
from translations.selectors import MatrixRow

EVERY_TEXT: Final = Q()
APPROVE_OVERLAYS: Final = "courses.approve_overlay"
OVERLAY_KIND: Final = "local"
"""Of local parts among the texts of the matrix of languages."""


def newest_edition(course: Course) -> Edition | None:
    """Return the edition released last, None before the first."""
    return Edition.objects.filter(course=course).order_by("-number").first()


def current_text(
    course: Course, language: str, *, others: Sequence[str] = (), readable: Q = EVERY_TEXT
) -> EditionText | None:
    """Return the text that somebody who starts now is served, None before the first release.

    It is in ``language`` where the newest edition has it; its own ``language`` tells, so that a page can say
    when it shows another one. ``others``: which the reader wants then. ``readable`` narrows it, as ``readable_at`` does.
    """
    texts = EditionText.objects.filter(readable, edition__course=course).order_by("-edition__number")
    return _nearest_text(texts, language, others)


def withdrawals_in_force(course: Course) -> QuerySet[Withdrawal]:
    """Return what is withdrawn of ``course``, the newest first."""
    return Withdrawal.objects.in_force().filter(course=course)


def notices(course: Course, *, edition: int, language: str) -> tuple[Notice, ...]:
    """Return what readers of this edition of ``course`` are told in the place of withdrawn parts.

    What an owner took back loses its title too: in its place stands a word in ``language``.
    """
    with translation.override(language):
        gone = gettext("Withdrawn")
    return tuple(
        Notice(
            Part(each.kind, each.target),
            each.reason,
            each.instead,
            each.withdrawn_on,
            title=gone if each.is_by_owner else "",
        )
        for each in withdrawals_in_force(course).filter(through_edition__gte=edition)
    )


def is_taken_back(course: Course) -> bool:
    """Whether its owner took the whole course back: then it stands on no list, whoever publishes its pages."""
    whole = withdrawals_in_force(course).filter(kind=Withdrawal.Kind.COURSE, target=course.code)
    return whole.filter(reason__in=BY_OWNER).exists()


def newest_withdrawal() -> tuple[int | None, datetime | None]:
    """Return what changes whenever something more is withdrawn: for files that take a while to write."""
    newest = Withdrawal.objects.aggregate(pk=Max("pk"), at=Max("withdrawn_at"))
    return newest["pk"], newest["at"]


def every_snapshot(course: Course) -> Iterable[Json]:
    """Return the snapshots of every edition and language of ``course``, one at a time."""
    texts = EditionText.objects.filter(edition__course=course).order_by("-edition__number", "pk")
    return texts.values_list("snapshot", flat=True).iterator(chunk_size=10)


def questions_of(course: Course) -> set[str]:
    """Return the keys of the questions of every edition of ``course``."""
    return {part.target for text in every_snapshot(course) for part, _ in parts_of(text) if part.kind == "question"}


def consents_that_ended(*, on: date) -> list[StoryConsent]:
    """Return the consents whose last day is past and whose stories are still told somewhere, if only in a draft."""
    gone = Withdrawal.objects.in_force().filter(
        course=OuterRef("course"), kind=OuterRef("kind"), target=OuterRef("target")
    )
    told = OwnedPart.objects.in_force().filter(consent=OuterRef("pk")).exclude(Exists(gone))
    return list(StoryConsent.objects.filter(Exists(told), last_good_on__lt=on))


def courses_that_ask(question: str) -> list[Course]:
    """Return the courses of which any edition has the question with this key."""
    # As text: which lists of a snapshot hold questions is no matter for the database.
    naming = EditionText.objects.annotate(said=Cast("snapshot", TextField())).filter(said__contains=f'"{question}"')
    part = Part("question", question)
    asking = {
        text.edition.course_id
        for text in naming.select_related("edition").iterator(chunk_size=10)
        if part_in(text.snapshot, part)
    }
    return list(Course.objects.filter(pk__in=asking).order_by("pk"))


def owned_parts(course: Course) -> QuerySet[OwnedPart]:
    """Return the parts of ``course`` that belong to somebody, with their owners; and all owned questions, which courses share."""
    return OwnedPart.objects.in_force().filter(owned_in(course)).select_related("nation", "consent")


def titles_of(courses: Iterable[Course]) -> dict[int, str]:
    """Return the titles that courses have in the site's language, published or not, by key; one query."""
    pages = CoursePage.objects.filter(course__in=[each.pk for each in courses])
    titles = pages.filter(locale__language_code=settings.LANGUAGE_CODE).values_list("course", "title")
    return dict(titles)


def owned_in(course: Course | OuterRef) -> Q:
    """Return which owned parts may stand in a text of ``course``."""
    return Q(course=course) | Q(kind=OwnedPart.Kind.QUESTION)


def owners(course: Course, snapshot: Json) -> tuple[Owner, ...]:
    """Return to whom parts of a text of ``course`` belong; one query."""
    found = (_owner(each) for each in owned_parts(course))
    return tuple(owner for owner in found if part_in(snapshot, owner.part) is not None)


def _owner(owned: OwnedPart) -> Owner:
    part = Part(owned.kind, owned.target)
    if owned.nation is not None:
        return Owner(part, owned.nation.name, owned.nation.licence)
    assert owned.consent is not None  # a constraint of the table
    return Owner(part, "", owned.consent.licence, frozenset(owned.consent.forms))


def places() -> set[str]:
    """Return the codes of the places that are known without a look at the regions: countries and their parts."""
    return {*PLACES, *(code.split("-")[0] for code in PLACES)}


def parts_of_text(snapshot: Json, organisation: Organisation | None) -> list[FrozenPart]:
    """Return the local parts that are frozen with a text and in force: everybody's, and those of ``organisation``.

    One query, none where the text has no local parts. Nobody is handed another organisation's.
    """
    if not (digests := snapshot.get("overlays")):
        return []
    ours = Q(organisation=None) if organisation is None else Q(organisation=None) | Q(organisation=organisation)
    rows = FrozenOverlay.objects.filter(ours, digest__in=digests).exclude(overlay__state=State.WITHDRAWN)
    return [FrozenPart(digest, content) for digest, content in rows.values_list("digest", "content")]


def reader_at_work(membership: Membership) -> Reader:
    """Return where somebody reads who works there: the site of the employment that began last, its sector or that above.

    Two queries.
    """
    jobs = Employment.objects.current_knowledge().filter(membership=membership).order_by("-starts_on", "-pk")
    site = jobs.values_list("site_id", flat=True).first()
    return reader_at_site(membership.organisation, site)


def reader_at_site(organisation: Organisation, site: int | None) -> Reader:
    """Return where people of a site read; ``site`` None: its organisation is all that is known. One query."""
    nowhere = Reader(organisation=organisation.code)
    return nowhere if site is None else readers_at_sites(organisation).get(site, nowhere)


def readers_at_sites(organisation: Organisation) -> dict[int, Reader]:
    """Return where people of each site of an organisation read, by the site's primary key. One query."""
    sites = Site.objects.filter(organisation=organisation)
    by_key = {each.pk: each for each in sites.only("parent_id", "sector", "jurisdiction")}

    def sector(site: Site | None) -> str:
        while site is not None and not site.sector:
            site = by_key.get(site.parent_id) if site.parent_id is not None else None
        return site.sector if site else ""

    return {key: Reader(each.jurisdiction, sector(each), organisation.code) for key, each in by_key.items()}


def sites_with_parts(text: EditionText, sites: QuerySet[Site], organisation: Organisation) -> list[Site]:
    """Return those of ``sites`` whose people have local parts in ``text``, by name; no query where it has none."""
    parts = parts_of_text(text.snapshot, organisation)
    readers = readers_at_sites(organisation) if parts else {}
    having = [key for key, reader in readers.items() if any(reader.is_in(part.reach) for part in parts)]
    return list(sites.filter(pk__in=having).order_by("name")) if having else []


def handed_out(session: Session) -> dict[str, list[str]]:
    """Return the digests of the local parts on what was made for a session, by lesson; no query where there are none."""
    found: dict[str, list[str]] = {}
    if session.local_parts:
        rows = FrozenOverlay.objects.filter(digest__in=session.local_parts).order_by("digest")
        for digest, lesson in rows.values_list("digest", "content__lesson"):
            found.setdefault(lesson, []).append(digest)
    return found


def overlays_seen(enrolment: Enrolment) -> list[FrozenOverlay]:
    """Return the local parts that somebody had before their eyes on the way, as they were frozen; two queries."""
    rows = LearningEvent.objects.filter(enrolment=enrolment, data__has_key="overlays").values_list("data", flat=True)
    digests = {digest for data in rows for digest in data["overlays"]}
    return list(FrozenOverlay.objects.filter(digest__in=digests).select_related("overlay").order_by("pk"))


def overlays_for(user: User) -> OverlayQuerySet:
    """Return the local parts that an editor may see: everybody's, and those of ``organisations_for`` or their own.

    ``is_base_withdrawn``: nobody is shown the words of their block any more, so their ``label`` is not shown either.
    """
    at_base = Q(kind="block", target=OuterRef("anchor")) | Q(kind="lesson", target=OuterRef("lesson"))
    gone = Withdrawal.objects.in_force().filter(at_base, course=OuterRef("course"))
    overlays = Overlay.objects.select_related("course", "sector", "organisation", "owner")
    overlays = overlays.annotate(is_base_withdrawn=Exists(gone))
    if user.has_perm(APPROVE_OVERLAYS):
        return overlays
    mine = Q(owner=user) | Q(organisation__in=organisations_for(user))
    return overlays.filter(Q(organisation=None) | mine)


def overlays_in_matrix(*, languages: Sequence[str], on: date, reader: User | None) -> list[MatrixRow]:
    """Return the local parts in use that ``reader`` may see (None: all) as rows of the matrix of languages; two queries.

    Each passage counts as a segment; where languages have different numbers of them, the most.
    """
    seen = Overlay.objects.all() if reader is None else overlays_for(reader)
    rows = []
    for each in seen.in_use().select_related("course__sector").prefetch_related("texts").order_by("course__code", "pk"):
        written = {text.language: len(text.body) for text in each.texts.all()}
        segments = max(written.values(), default=0)
        cells = {
            language: summed(
                {freshness_state(each.state, is_written=language in written, review_by=each.review_by, on=on): segments}
            )
            for language in languages
        }
        course = each.course.code
        about = (f"{OVERLAY_KIND}:{course}/{each.pk}", OVERLAY_KIND, each.title, f"course:{course}")
        rows.append(MatrixRow(*about, each.course.sector.code, segments, cells))
    return rows


def organisations_for(user: User) -> QuerySet[Organisation]:
    """Return the organisations that an editor may write for: their own, all for who approves."""
    if user.has_perm(APPROVE_OVERLAYS):
        return Organisation.objects.order_by("name")
    return Organisation.objects.filter(memberships__user=user).distinct().order_by("name")


def nations_in(snapshot: Json, owned: Iterable[OwnedPart]) -> list[str]:
    """Return the names of the Nations that own something in ``snapshot``, sorted."""
    return sorted(
        {
            each.nation.name
            for each in owned
            if each.nation is not None and part_in(snapshot, Part(each.kind, each.target)) is not None
        }
    )


def shown_now(text: EditionText) -> Json:
    """Return what readers of ``text`` may see today: withdrawn parts are notices, and owners stand beside what is theirs.

    ``text`` comes with edition and course.
    """
    course = text.edition.course
    shown = without_withdrawn(text.snapshot, notices(course, edition=text.edition.number, language=text.language))
    return with_owners(shown, owners(course, text.snapshot))


def approved_pictures(sha256s: Collection[str]) -> set[str]:
    """Return which of these pictures somebody has approved."""
    return set(PictureApproval.objects.filter(sha256__in=sha256s).values_list("sha256", flat=True))


def approvals_of(sha256s: Iterable[str]) -> dict[str, PictureApproval]:
    """Return the approvals of these pictures, with who gave them."""
    rows = PictureApproval.objects.filter(sha256__in=list(sha256s)).select_related("approved_by")
    return {each.sha256: each for each in rows}


def claims_named(codes: Collection[str]) -> list[Claim]:
    """Return the claims with these codes; no query where there are none."""
    return list(Claim.objects.filter(code__in=codes)) if codes else []


@dataclass(frozen=True, slots=True)
class ClaimUses:
    """Where a claim is used: released ``texts`` with lesson and block, live ``pages`` of the CMS, and ``files``.

    ``files`` are the sets of files that were made of these texts.
    """

    texts: tuple[ClaimUse, ...]
    pages: tuple[Page, ...]
    files: tuple[RenditionSet, ...]


def uses_of(claim: Claim) -> ClaimUses:
    """Return where ``claim`` is used, in every edition and language; four queries."""
    texts = tuple(claim.uses.select_related("text__edition__course").order_by("text__edition__course__code", "-text"))
    places = {(use.text.edition_id, use.text.language) for use in texts}
    sets = RenditionSet.objects.filter(edition__in={edition for edition, _language in places})
    files = tuple(each for each in sets.select_related("edition__course") if (each.edition_id, each.language) in places)
    naming = ReferenceIndex.get_references_to(claim).values_list("object_id", flat=True)
    pages = Page.objects.filter(pk__in=[int(pk) for pk in set(naming) if pk.isdigit()]).select_related("locale")
    return ClaimUses(texts, tuple(pages.order_by("title", "pk")), files)


def sources_of(snapshot: Json) -> tuple[list[Source], list[Claim]]:
    """Return the sources that a text cites and the claims that it relies on, as they are today."""
    codes = {source["code"] for lesson in snapshot["lessons"] for source in lesson["sources"]}
    claims = Claim.objects.filter(code__in={use.claim for use in uses_in(snapshot)}).select_related("source")
    return list(Source.objects.filter(code__in=codes).order_by("title", "code")), list(claims)


def claims_now(snapshot: Json, *, on: date) -> dict[str, ClaimNow]:
    """Return what is known on a day of the claims that a text relies on, by code; one query, none without claims."""
    return {claim.code: claim.now(on) for claim in claims_named({use.claim for use in uses_in(snapshot)})}


def words_of_reviewers(*, course_ids: Collection[int]) -> dict[int, list[Said]]:
    """Return the newest word of each reviewer to each course, by key of the course; one query."""
    rows = SignOff.objects.filter(request__course__in=course_ids).select_related("request__reviewer__nation")
    newest: dict[int, SignOff] = {}
    for row in rows.order_by("said_at", "pk"):
        newest[row.request_id] = row
    words: dict[int, list[Said]] = {}
    for row in newest.values():
        asked = row.request
        by = asked.reviewer
        signs = by.may_sign(kind=asked.kind, language=asked.language)
        if by.nation and not signs:
            # The Nation has ended their office: it speaks through others now.
            continue
        word = Said(
            asked.language,
            asked.kind,
            by.known_as,
            row.verdict,
            row.content,
            asked.pk,
            by.paid_elsewhere,
            by.nation.name if by.nation else "",
        )
        words.setdefault(asked.course_id, []).append(word)
    return words


def accounts(request_ids: Collection[int]) -> dict[int, Account]:
    """Return what is owed and paid for each review, by key of the request; one query."""
    lines: dict[int, list[Line]] = {pk: [] for pk in request_ids}
    rows = ReviewEntry.objects.filter(request__in=request_ids).order_by("recorded_at", "pk")
    for pk, kind, cents, on in rows.values_list("request", "kind", "amount_cents", "on"):
        lines[pk].append(Line(kind, cents, on if kind == Entry.AGREED else None))
    return {pk: account_of(each) for pk, each in lines.items()}


def overdue_reviews(*, course_ids: Collection[int], on: date) -> dict[int, Overdue]:
    """Return the courses that nobody has looked at again in time, by key, whether or not their grace is over; one query."""
    late = ReviewDate.objects.filter(course__in=course_ids, review_by__lt=on)
    return {row.course_id: row.overdue() for row in late}


def held_back(*, course_ids: Collection[int], on: date) -> dict[int, tuple[Said | Overdue, ...]]:
    """Return what takes courses out of new assignment on a day, by key; those that may be assigned are left out.

    It is words of reviewers, a review that is late beyond its grace, and that the course was taken back as a whole.
    Three queries, and one for each course that has a no.
    """
    held: dict[int, tuple[Said | Overdue, ...]] = {}
    for course_id, words in words_of_reviewers(course_ids=course_ids).items():
        noes = {word.language for word in words if word.verdict == Verdict.NO}
        if against := against_assignment(words, released=_served(course_id, noes) if noes else ()):
            held[course_id] = against
    for course_id, late in overdue_reviews(course_ids=course_ids, on=on).items():
        if on >= late.refused_from:
            held[course_id] = (*held.get(course_id, ()), late)
    taken_back = Withdrawal.objects.in_force().filter(kind=Withdrawal.Kind.COURSE, course__in=course_ids)
    for course_id in taken_back.values_list("course", flat=True):
        held[course_id] = (
            *held.get(course_id, ()),
            Said(settings.LANGUAGE_CODE, Kind.NATION, "", Verdict.WITHDRAWN, ""),
        )
    return held


def _served(course_id: int, languages: Collection[str]) -> list[tuple[str, str]]:
    """Return language and digest of what who starts now is served in these languages."""
    newest = Edition.objects.filter(course=course_id).order_by("-number").values("pk")[:1]
    texts = EditionText.objects.filter(edition=Subquery(newest), language__in=languages).order_by("revision")
    served = {text.language: text.snapshot for text in texts}
    return [(language, reviewed_digest(snapshot)) for language, snapshot in served.items()]


def edition_text(edition: Edition, language: str) -> EditionText | None:
    """Return the latest revision of ``edition`` in ``language``, else in the nearest language that it has.

    Nearest: as ``wanted_languages`` has it, then any.
    """
    return _nearest_text(EditionText.objects.filter(edition=edition).order_by(), language)


def text_in(edition: Edition, language: str) -> EditionText | None:
    """Return the latest revision of ``edition`` in exactly this language, with edition and course."""
    texts = EditionText.objects.filter(edition=edition, language=language).select_related("edition__course")
    return texts.order_by("-revision").first()


def rendition_set(edition: Edition, language: str) -> RenditionSet | None:
    """Return what was made of ``edition`` in ``language``, true or not, with its files; None: nothing ever was."""
    sets = RenditionSet.objects.filter(edition=edition, language=language).prefetch_related("files")
    return sets.first()


def accepted_voice(language: str) -> str:
    """Return which voice of the machine a native listener has accepted for a language; empty: none."""
    return VoiceAcceptance.objects.filter(language=language).values_list("voice", flat=True).first() or ""


def _nearest_text(texts: QuerySet[EditionText], language: str, others: Sequence[str] = ()) -> EditionText | None:
    """Return the first of ``texts``, in their order and then by nearness (as ``nearest_language`` has it).

    One query, since every page of a course makes it.
    """
    ranks = [When(language=wanted, then=rank) for rank, wanted in enumerate(wanted_languages(language, others))]
    nearness = Case(*ranks, default=len(ranks), output_field=IntegerField())
    order = (*texts.query.order_by, nearness, "language", "-revision")
    return texts.select_related("edition").order_by(*order).first()


def wanted_languages(language: str, others: Sequence[str] = ()) -> tuple[str, ...]:
    """Return in which languages to look for a text, for somebody who asks for ``language``: the nearest first.

    It is their own, the ``others`` that they chose themselves, the ones that most of its readers read as well
    (``LANGUAGE_FALLBACKS``), the same language elsewhere, and the site's. Whatever is shown, the page says in which language it is.
    """
    near = settings.LANGUAGE_FALLBACKS.get(language, ())
    return tuple(dict.fromkeys((language, *others, *near, language.split("-")[0], settings.LANGUAGE_CODE)))


def nearest_language(language: str, available: Iterable[str], others: Sequence[str] = ()) -> str | None:
    """Return which of the ``available`` languages to show to somebody who asks for ``language``."""
    known = sorted(available)
    for wanted in wanted_languages(language, others):
        if wanted in known:
            return wanted
    return known[0] if known else None


def text_for(enrolment: Enrolment, language: str) -> EditionText | None:
    """Return the text of the enrolment's own edition, which a release does not change (see ``edition_text``)."""
    texts = EditionText.objects.filter(edition=enrolment.edition).order_by()
    return _nearest_text(texts.filter(readable_at(enrolment.membership)), language)


def text_before(enrolment: Enrolment, language: str, at: datetime) -> EditionText | None:
    """Return the text of the enrolment's edition that was there at ``at``; where none was, the one there is now."""
    texts = EditionText.objects.filter(readable_at(enrolment.membership), edition=enrolment.edition).order_by()
    return _nearest_text(texts.filter(frozen_at__lte=at), language) or _nearest_text(texts, language)


def languages_of(editions: Iterable[Edition], organisation: Organisation) -> list[str]:
    """Return the languages in which people of an organisation may be taught any of ``editions``, sorted."""
    texts = EditionText.objects.filter(edition__in=[edition.pk for edition in editions])
    if not organisation.reads_drafts:
        texts = texts.filter(is_draft=False)
    return sorted(set(texts.order_by().values_list("language", flat=True)))


def sessions_of(user: User, organisation: Organisation) -> QuerySet[Session]:
    """Return the sessions that a facilitator holds in an organisation, the latest first; nobody sees another's."""
    held = Session.objects.filter(facilitator=user, organisation=organisation)
    return held.select_related("organisation", "edition__course", "facilitator")


def courses_to_hold() -> list[Edition]:
    """Return the newest edition of every course that can be held in person, by code."""
    editions = Edition.objects.filter(course__tier=Course.Tier.RECORDED).select_related("course")
    newest: dict[int, Edition] = {}
    for edition in editions.order_by("course__code", "number"):
        newest[edition.course_id] = edition
    return list(newest.values())


def readable_at(membership: Membership | None) -> Q:
    """Return which texts somebody may be given: drafts only on their own or where the organisation reads them."""
    if membership is None or membership.organisation.reads_drafts:
        return Q()
    return Q(is_draft=False)


def draft_languages() -> list[str]:
    """Return the languages in which a newest edition has a text that nobody has reviewed."""
    newest = Edition.objects.filter(course=OuterRef("edition__course")).order_by("-number").values("pk")[:1]
    drafts = EditionText.objects.filter(is_draft=True, edition=Subquery(newest))
    return list(drafts.order_by("language").values_list("language", flat=True).distinct())


def text_by_digest(enrolment: Enrolment, digest: str) -> EditionText | None:
    """Return the text with this digest if it belongs to the enrolment's edition, None otherwise."""
    return EditionText.objects.filter(edition_id=enrolment.edition_id, digest=digest).first()


def open_enrolment(*, learner: User, membership: Membership | None, course: Course) -> Enrolment | None:
    """Return the learner's enrolment that is not completed, for this workplace (None: their own)."""
    return (
        Enrolment.objects.select_related("edition", "course")
        .filter(learner=learner, membership=membership, course=course, completed_at__isnull=True)
        .first()
    )


def fold_of(enrolment: Enrolment) -> Fold:
    """Return what the events of ``enrolment`` come to, from the kept read model."""
    return Fold.from_json(enrolment.fold)


def next_step(enrolment: Enrolment, snapshot: Json) -> NextStep:
    """Return what the learner does next in this enrolment: a lesson, the minutes, the quiz, or nothing."""
    return rules.next_step(fold_of(enrolment), requirements_of(snapshot))


def attempt_context(enrolment: Enrolment) -> str:
    """Return what an attempt at the course's quiz names as its context."""
    return str(enrolment.public_id)


def events_to_fold(enrolment: Enrolment) -> list[rules.Event]:
    """Return every event of ``enrolment`` as the fold takes it; a single query that reads no snapshot."""
    rows = LearningEvent.objects.filter(enrolment=enrolment).order_by("pk")
    return [
        fold_input(
            verb=verb,
            lesson_code=lesson_code,
            claimed_at=claimed_at,
            received_at=received_at,
            data=data,
            opened_at=enrolment.opened_at,
            frozen_at=frozen_at,
        )
        for verb, lesson_code, claimed_at, received_at, data, frozen_at in rows.values_list(
            "verb", "lesson_code", "claimed_at", "received_at", "data", "edition_text__frozen_at"
        )
    ]


def fold_input(
    *,
    verb: str,
    lesson_code: str,
    claimed_at: datetime,
    received_at: datetime,
    data: Json,
    opened_at: datetime,
    frozen_at: datetime,
) -> rules.Event:
    """Return an event as the fold takes it: nobody was enrolled before ``opened_at``, nor text there to be read.

    Whoever sat in a session was seen there by its facilitator, also where the enrolment was made afterwards.
    """
    skew_seconds = data.get("clock_skew_seconds")
    return rules.Event(
        verb=verb,
        claimed_at=claimed_at,
        received_at=received_at,
        not_before=frozen_at if "session" in data else max(opened_at, frozen_at),
        lesson=lesson_code,
        attempt=str(data.get("attempt", "")),
        passed=data.get("passed") is True,
        clock_skew=None if skew_seconds is None else timedelta(seconds=skew_seconds),
    )


def zone_of(enrolment: Enrolment, at: datetime) -> str:
    """Return the time zone whose calendar dates a completion at this instant (renewal, rules R1 and R4).

    It is the zone of the site where the membership is employed on that day, else of the site that it was last
    employed at, else of the organisation; for a learner's own enrolment the site's own.
    """
    membership = enrolment.membership
    if membership is None:
        return settings.TIME_ZONE
    last = None
    for employment in known_employments(membership):
        day = at.astimezone(ZoneInfo(employment.site.time_zone)).date()
        if employment.starts_on <= day:
            if employment.ends_on is None or day <= employment.ends_on:
                return str(employment.site.time_zone)
            last = employment
    return str(last.site.time_zone if last else membership.organisation.time_zone)


def has_learnt(membership: Membership) -> bool:
    """Whether anything was learnt for a workplace under this entry, on a page or at a session in person."""
    return any(
        kind._default_manager.filter(membership=membership).exists() for kind in (Enrolment, Completion, Attendance)
    )
