"""Which text a reader is served: the newest edition, the nearest language, drafts only where they are read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models.functions import Cast

from courses.models import Course, CoursePage, Edition, EditionText, Enrolment
from courses.snapshot import Json
from courses.withdrawn import Part, part_in, parts_of
from people.models import Membership, Organisation

EVERY_TEXT: Final = Q()


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


def edition_text(edition: Edition, language: str) -> EditionText | None:
    """Return the latest revision of ``edition`` in ``language``, else in the nearest language that it has.

    Nearest: as ``wanted_languages`` has it, then any.
    """
    return _nearest_text(EditionText.objects.filter(edition=edition).order_by(), language)


def text_in(edition: Edition, language: str) -> EditionText | None:
    """Return the latest revision of ``edition`` in exactly this language, with edition and course."""
    texts = EditionText.objects.filter(edition=edition, language=language).select_related("edition__course")
    return texts.order_by("-revision").first()


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


def text_by_digest(enrolment: Enrolment, digest: str) -> EditionText | None:
    """Return the text with this digest if it belongs to the enrolment's edition, None otherwise."""
    return EditionText.objects.filter(edition_id=enrolment.edition_id, digest=digest).first()


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


def languages_of(editions: Iterable[Edition], organisation: Organisation) -> list[str]:
    """Return the languages in which people of an organisation may be taught any of ``editions``, sorted."""
    texts = EditionText.objects.filter(edition__in=[edition.pk for edition in editions])
    if not organisation.reads_drafts:
        texts = texts.filter(is_draft=False)
    return sorted(set(texts.order_by().values_list("language", flat=True)))


def every_snapshot(course: Course) -> Iterable[Json]:
    """Return the snapshots of every edition and language of ``course``, one at a time."""
    texts = EditionText.objects.filter(edition__course=course).order_by("-edition__number", "pk")
    return texts.values_list("snapshot", flat=True).iterator(chunk_size=10)


def questions_of(course: Course) -> set[str]:
    """Return the keys of the questions of every edition of ``course``."""
    return {part.target for text in every_snapshot(course) for part, _ in parts_of(text) if part.kind == "question"}


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


def titles_of(courses: Iterable[Course]) -> dict[int, str]:
    """Return the titles that courses have in the site's language, published or not, by key; one query."""
    pages = CoursePage.objects.filter(course__in=[each.pk for each in courses])
    titles = pages.filter(locale__language_code=settings.LANGUAGE_CODE).values_list("course", "title")
    return dict(titles)
