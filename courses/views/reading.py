"""A course as one reader meets it: which text, on which tier, and how far they have come."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from cms import clock
from cms.languages import direction, language_name
from cms.selectors import place_of
from courses import fold as rules
from courses import selectors
from courses.claims import ClaimNow, with_claims
from courses.fold import Fold, NextStep, Requirements
from courses.models import Course, EditionText, Enrolment, OwnedPart, Withdrawal
from courses.overlays import FrozenPart, Reader, Resolved, resolve, withdrawn_parts
from courses.owners import Owner, with_owners
from courses.snapshot import Json, lesson_of, requirements_of
from courses.withdrawn import Notice, without_withdrawn
from people.models import Membership
from people.other_languages import other_languages
from people.scope import NOBODY, Scope
from people.selectors import hidden_before


@dataclass(frozen=True)
class Reading:
    """A course, the frozen text that is served, and the reader's enrolment if there is one.

    ``enrolment`` is the open one, else the newest completed one; None for who has not started, is not signed in,
    or reads an open course, about whose readers nothing is kept. ``wanted`` is the language of the interface.
    """

    course: Course
    text: EditionText
    enrolment: Enrolment | None
    wanted: str
    signed_in: bool
    locked: bool = False
    scope: Scope = NOBODY
    notices: tuple[Notice, ...] = ()
    place: str = ""
    """The place that an open course shows its local parts for: what the reader chose, else where they are known to be."""
    owners: tuple[Owner, ...] = ()

    @cached_property
    def snapshot(self) -> Json:
        """Return the text as this reader sees it: ``public_snapshot`` with the local parts that are for them."""
        if self.local.snapshot is self._readable:
            return self.public_snapshot
        claims = self._claims_in(self.local.snapshot)
        return with_claims(without_withdrawn(self.local.snapshot, withdrawn_parts(self.local.snapshot, claims)), claims)

    @property
    def quiz(self) -> Json | None:
        """Return the final quiz. Local parts and claims stand in lessons alone: neither is asked for here."""
        quiz: Json | None = self._readable["quiz"]
        return quiz

    @cached_property
    def public_snapshot(self) -> Json:
        """Return the frozen text, with notices in the place of what was withdrawn since, and claims as they are today."""
        return with_claims(self._readable, self.claims)

    @cached_property
    def local(self) -> Resolved:
        """Return the text with the local parts that are for this reader, and which they are."""
        if not self.text.snapshot.get("overlays"):
            return Resolved(self._readable)
        return resolve(self._readable, self._parts, self._reader)

    @cached_property
    def regions(self) -> dict[str, str]:
        """Return the regions that a reader may choose since the text has a part for them: names by code."""
        if not (self.is_open and self.text.snapshot.get("overlays")):
            return {}
        about = (part.content for part in self._parts)
        return {each["place"]: each["named"] for each in about if each["named"]}

    @cached_property
    def _parts(self) -> list[FrozenPart]:
        organisation = self._workplace.organisation if self._workplace and self._reader.organisation else None
        return selectors.parts_of_text(self.text.snapshot, organisation)

    @property
    def _workplace(self) -> Membership | None:
        if self.enrolment is None:
            return self.scope.membership
        return next((it for it in self.scope.memberships if it.pk == self.enrolment.membership_id), None)

    @cached_property
    def _reader(self) -> Reader:
        """Return where somebody reads.

        What is recorded of a course must not tell what somebody chose to look at, so there the workplace alone counts.
        An employer has no part in open courses.
        """
        if self.is_open:
            return Reader(self.place)
        if self._workplace is None:
            return Reader(self.scope.place or settings.DEFAULT_PLACE)
        return selectors.reader_at_work(self._workplace)

    @cached_property
    def _readable(self) -> Json:
        return with_owners(without_withdrawn(self.text.snapshot, self.notices), self.owners)

    @cached_property
    def claims(self) -> dict[str, ClaimNow]:
        """Return what is known today of the claims that the text relies on, by code; local parts are left out."""
        return self._claims_in(self._readable)

    def _claims_in(self, snapshot: Json) -> dict[str, ClaimNow]:
        return selectors.claims_now(snapshot, on=clock.today(settings.TIME_ZONE))

    def again(self) -> "Reading":
        """Return this reading without what it has worked out: for after something was recorded."""
        return dataclasses.replace(self)

    @property
    def withdrawn_questions(self) -> set[str]:
        """Return the keys of the questions that nobody is asked any more."""
        if any(notice.part.kind == "course" for notice in self.notices):
            whole = self.text.snapshot
            return {each["key"] for each in (whole["quiz"] or {}).get("questions", ())} | set(whole["practice"])
        return {notice.part.target for notice in self.notices if notice.part.kind == "question"}

    @property
    def about(self) -> Json:
        """Return what the text says about the course itself."""
        about: Json = self.snapshot["course"]
        return about

    @property
    def lessons(self) -> list[Json]:
        """Return the lessons in their order."""
        lessons: list[Json] = self.snapshot["lessons"]
        return lessons

    @property
    def is_open(self) -> bool:
        """Whether nothing at all is kept about readers of this course."""
        return self.course.tier == Course.Tier.OPEN

    @property
    def active(self) -> Enrolment | None:
        """Return the enrolment if there is still something to do in it."""
        return self.enrolment if self.enrolment and self.enrolment.completed_at is None else None

    @property
    def other_language(self) -> bool:
        """Whether the text is in another language than the one asked for."""
        return bool(self.text.language != self.wanted)

    @property
    def is_draft(self) -> bool:
        """Whether the text is a translation that nobody has reviewed yet."""
        return self.snapshot.get("draft") is True

    @property
    def direction(self) -> str:
        """Return the direction of the text's script."""
        return direction(self.text.language)

    @property
    def wanted_name(self) -> str:
        """Return what the language asked for calls itself."""
        return language_name(self.wanted, "name_local")

    @property
    def language_name(self) -> str:
        """Return the name of the text's language, in the language of the page."""
        return language_name(self.text.language, "name_translated")

    @cached_property
    def fold(self) -> Fold:
        """Return what the learner has done so far; nothing without an enrolment."""
        return selectors.fold_of(self.enrolment) if self.enrolment else Fold()

    @cached_property
    def hidden_before(self) -> datetime | None:
        """Return before which instant answers and results stay hidden from this session; None: none do.

        An enrolment of one's own can only come from a sign-in that no employer issued.
        """
        if self.enrolment is None or self.enrolment.membership is None:
            return None
        return hidden_before(scope=self.scope, membership=self.enrolment.membership)

    @property
    def failed(self) -> int:
        """Return how many papers were handed in and not passed, as far as this session may know."""
        fails = [at for attempt, at in self.fold.graded.items() if attempt not in self.fold.passed]
        if not fails or self.hidden_before is None:
            return len(fails)
        # The fold counts in whole seconds.
        return sum(at >= self.hidden_before.replace(microsecond=0) for at in fails)

    @cached_property
    def requirements(self) -> Requirements:
        """Return what completes the course."""
        return requirements_of(self._readable)

    @cached_property
    def next_step(self) -> NextStep:
        """Return what comes next."""
        return rules.next_step(self.fold, self.requirements)

    @property
    def next_number(self) -> int:
        """Return the number, from 1, of the lesson that comes next; 0 if it is no lesson."""
        codes = [lesson["code"] for lesson in self.lessons]
        return codes.index(self.next_step.lesson) + 1 if self.next_step.kind == "lesson" else 0

    @property
    def next_state(self) -> str:
        """Return the state of the lesson that comes next."""
        return self.lesson_state(self.next_step.lesson)

    @property
    def minutes_left(self) -> int:
        """Return the whole minutes still required before the quiz."""
        return rules.minutes_left(self.fold, self.requirements)

    @property
    def lessons_left(self) -> list[Json]:
        """Return the lessons that are not done, in their order."""
        left = set(rules.lessons_left(self.fold, self.requirements))
        return [lesson for lesson in self.lessons if lesson["code"] in left]

    def lesson_state(self, code: str) -> str:
        """Return ``done``, ``in_progress`` or ``not_started``."""
        if code in self.fold.completed:
            return "done"
        return "in_progress" if code in self.fold.viewed else "not_started"

    def lesson(self, code: str) -> Json:
        """Return a lesson of this text, or answer that there is no such page."""
        lesson = lesson_of(self.snapshot, code)
        if lesson is None:
            raise Http404
        return lesson

    def url(self, name: str, **parts: Any) -> str:
        """Return the address of a page of this course."""
        return reverse(f"courses:{name}", kwargs={"slug": self.course.slug, **parts})

    @property
    def next_url(self) -> str:
        """Return where to go on: the next lesson, the quiz page, or the result."""
        step = self.next_step
        if step.kind == "lesson":
            return self.url("lesson", lesson=step.lesson)
        if step.kind == "done":
            return self.url("result") if self.requirements.has_quiz else self.url("course")
        return self.url("quiz")


View: TypeAlias = Callable[..., HttpResponse]
# Whoever comes back by a link to where a form was sent (after another language, after signing in) is led to its page.
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def with_reading(view: View) -> View:
    """Hand the view the ``Reading`` of the course that the address names.

    A course that is unknown or was never released is not found. One that asks for an approval says so to
    everybody who has not started it.
    """

    @wraps(view)
    def find_and_answer(request: HttpRequest, slug: str, **parts: Any) -> HttpResponse:
        reading = _reading(request, slug)
        if reading.course.tier == Course.Tier.VETTED and reading.enrolment is None:
            return render(request, "courses/pages/approval.html", {"reading": reading}, status=403)
        return view(request, reading, **parts)

    return find_and_answer


def enrolled_only(view: View) -> View:
    """Answer only to who is on the way through a recorded course; others are shown where to begin.

    Stands below ``with_reading``. Open courses have no such pages.
    """

    @wraps(view)
    def check_and_answer(request: HttpRequest, reading: Reading, **parts: Any) -> HttpResponse:
        if reading.is_open:
            raise Http404
        return way_in(request, reading) or view(request, reading, **parts)

    return check_and_answer


def way_in(request: HttpRequest, reading: Reading) -> HttpResponseRedirect | None:
    """Return where somebody has to go before reading this course's lessons; None for who may read on."""
    if reading.is_open:
        return None
    if not reading.signed_in:
        # What was sent cannot be sent again after signing in: then the course's page is where to go on.
        to = request.path if request.method == "GET" else reading.url("course")
        return redirect(sign_in_url(to, locked=reading.locked))
    return None if reading.enrolment else redirect("courses:course", slug=reading.course.slug)


def sign_in_url(to: str, *, locked: bool = False) -> str:
    """Return the address of the page to sign in, or to give the PIN again if ``locked``; it leads on to ``to``."""
    page = reverse("people:unlock" if locked else "people:sign_in")
    return f"{page}?{urlencode({'next': to})}"


def enrolments_in(scope: Scope) -> Any:
    """Return the enrolments that this session opens: those of one workplace, or all of the person's own."""
    enrolments = Enrolment.objects.select_related("course", "edition", "learner", "membership")
    if scope.user is None:
        return enrolments.none()
    enrolments = enrolments.filter(learner=scope.user)
    return enrolments if scope.personal else enrolments.filter(membership=scope.membership)


def titles_and_languages(
    course_ids: Iterable[int], language: str, *, others: Sequence[str] = (), readable: Q = selectors.EVERY_TEXT
) -> dict[int, tuple[str, str]]:
    """Return titles by courses' primary keys, each as the newest edition has it in the nearest language, and that.

    The language is a code, "" where it is ``language``. ``readable`` leaves out texts, as ``selectors.readable_at``
    does.
    """
    texts: dict[int, dict[str, int]] = {}
    editions: dict[int, int] = {}
    rows = EditionText.objects.filter(readable, edition__course__in=set(course_ids)).order_by(
        "edition__number", "revision"
    )
    for pk, spoken, edition, course in rows.values_list("pk", "language", "edition_id", "edition__course_id"):
        if editions.get(course) != edition:
            editions[course] = edition
            texts[course] = {}
        texts[course][spoken] = pk
    chosen = {
        by_language[nearest]: course
        for course, by_language in texts.items()
        if (nearest := selectors.nearest_language(language, by_language, others)) is not None
    }
    titles = EditionText.objects.filter(pk__in=chosen).values_list("pk", "snapshot__course__title", "language")
    return {chosen[pk]: (title, "" if spoken == language else spoken) for pk, title, spoken in titles}


def _nearest_text(wanted: str, others: Sequence[str], readable: Q) -> dict[str, Subquery]:
    """Return annotations that name the text to serve of an enrolment's edition, as ``selectors.edition_text`` does.

    Most pages are read by who is enrolled, so this costs them no query of its own.
    """
    preferred = selectors.wanted_languages(wanted, others)
    ranks = [When(language=language, then=rank) for rank, language in enumerate(preferred)]
    texts = EditionText.objects.filter(readable, edition=OuterRef("edition")).order_by(
        Case(*ranks, default=len(preferred)), "language", "-revision"
    )
    return {"text_pk": Subquery(texts.values("pk")[:1]), "text_digest": Subquery(texts.values("digest")[:1])}


@lru_cache(maxsize=16)
def _frozen_text(pk: int, digest: str) -> EditionText:
    """Return a text from memory: it is large, read on every page, and never changes. Nobody may write into it."""
    return EditionText.objects.select_related("edition").get(pk=pk, digest=digest)


def _reading(request: HttpRequest, slug: str) -> Reading:
    wanted, others = get_language() or "", other_languages(request)
    scope: Scope = request.scope  # type: ignore[attr-defined]  # set by SignInScopeMiddleware
    enrolment = None
    if scope.signed_in:
        # One query for all: most pages are read by who is enrolled.
        newest_first = (F("completed_at").desc(nulls_first=True), "-opened_at")
        found = enrolments_in(scope).filter(course__slug=slug).exclude(course__tier=Course.Tier.OPEN)
        found = found.annotate(
            **_nearest_text(wanted, others, selectors.readable_at(scope.membership)),
            something_withdrawn=_something_withdrawn("course"),
            something_owned=_something_owned("course"),
        )
        enrolment = found.order_by(*newest_first).first()
    if enrolment is None:
        courses = Course.objects.annotate(
            something_withdrawn=_something_withdrawn("pk"), something_owned=_something_owned("pk")
        )
        course = courses.filter(slug=slug).first()
        if course is None:
            raise Http404
        text = selectors.current_text(course, wanted, others=others, readable=selectors.readable_at(scope.membership))
        something_withdrawn, something_owned = course.something_withdrawn, course.something_owned
    else:
        course = enrolment.course
        text = _frozen_text(enrolment.text_pk, enrolment.text_digest) if enrolment.text_pk else None
        something_withdrawn, something_owned = enrolment.something_withdrawn, enrolment.something_owned
    if text is None:
        raise Http404
    notices: tuple[Notice, ...] = ()
    if something_withdrawn:
        notices = selectors.notices(course, edition=text.edition.number, language=text.language)
    owners = selectors.owners(course, text.snapshot) if something_owned else ()
    about = (course, text, enrolment, wanted, bool(scope.signed_in), bool(scope.locked), scope)
    return Reading(*about, notices=notices, place=place_of(request), owners=owners)


def _something_owned(course: str) -> Exists:
    """Return whether any part that may stand in the course belongs to somebody."""
    return Exists(OwnedPart.objects.in_force().filter(selectors.owned_in(OuterRef(course))))


def _something_withdrawn(course: str) -> Exists:
    """Return whether any part of the course is withdrawn: mostly none is, and then nobody has to look what."""
    return Exists(Withdrawal.objects.in_force().filter(course=OuterRef(course)))
