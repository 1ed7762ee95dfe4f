"""Courses with pages: small, complete and releasable, with fixed dates.

``course_with_pages()`` is published and not released; ``released_course()`` has edition 1 as of ``RELEASED_AT``.
Its lessons are ``facts`` and ``act``, its quiz draws four questions of eight, each taught in ``act``.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page

from assessments.models import Question
from cms.models import HomePage, Sector, SectorPage
from courses.models import (
    Claim,
    Course,
    CoursePage,
    Edition,
    Enrolment,
    Lesson,
    LessonPage,
    LessonSource,
    PictureApproval,
    Reviewer,
    ReviewRequest,
    SignOff,
)
from courses.services import (
    add_reviewer,
    agree_fee,
    ask_for_review,
    enrol,
    record_payment,
    release_course,
    sign_off,
    text_to_review,
)
from courses.snapshot import reviewed_digest
from people.models import Membership, User
from tests.factories.assessments import QuizFactory, SingleChoiceQuestionFactory
from tests.factories.cms import HomePageFactory, SectorFactory, SourceFactory, SupportServiceFactory
from tests.factories.people import EmploymentFactory, MembershipFactory

RELEASED_AT = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
"""Sunday 1 March 2026, 9 in the morning in Vancouver."""
STARTED_AT = RELEASED_AT + timedelta(days=1)


class CourseFactory(DjangoModelFactory[Course]):
    """A recorded course with a quiz that can be drawn twice."""

    class Meta:
        model = Course

    code = factory.Sequence(lambda n: f"course-{n}")
    slug = factory.LazyAttribute(lambda course: f"work-{course.code}")
    sector = factory.SubFactory(SectorFactory)
    tier = Course.Tier.RECORDED
    minutes = 12
    exploitation = factory.LazyFunction(lambda: ["labour", "sexual"])
    reviews_missing = factory.LazyFunction(lambda: ["lawyer"])
    final_quiz = factory.SubFactory(QuizFactory)


def home_page(language: str = "en") -> HomePage:
    """Return the front page in a language, made where it is missing; the English one is the site's."""
    if language == "en":
        return HomePageFactory()
    locale, _ = Locale.objects.get_or_create(language_code=language)
    page = HomePage.objects.filter(locale=locale).first()
    return page or Page.get_first_root_node().add_child(
        instance=HomePage(title="Courses", slug=f"start-{language}", locale=locale)
    )


def sector_page(sector: Sector, language: str = "en") -> SectorPage:
    """Return a sector's page in a language, made where it is missing."""
    home = home_page(language)
    page = SectorPage.objects.filter(sector=sector, locale=home.locale).first()
    return page or home.add_child(
        instance=SectorPage(title=sector.title, slug=sector.slug, sector=sector, locale=home.locale)
    )


def publish(page: Any) -> Any:
    """Publish the page as it is in memory, as the editor's button does; return it as it then is."""
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def course_page(course: Course, language: str = "en", **fields: Any) -> CoursePage:
    """Return a new published page of a course."""
    parent = sector_page(course.sector, language)
    page = CoursePage(
        **{
            "course": course,
            "title": "Safe and fair work",
            "slug": course.slug,
            "full_title": "Recognising and responding to trafficking",
            "summary": "Two short lessons.",
            "content_note": "You can stop at any time.",
            "outcomes": [{"type": "outcome", "value": "notice signs in what people do"}],
            "locale": parent.locale,
        }
        | fields
    )
    return parent.add_child(instance=page)


def lesson_page(parent: CoursePage, code: str, *, body: Sequence[Any] | None = None, **fields: Any) -> LessonPage:
    """Return a new published lesson below a course page; ``body`` is a list of (type, raw value)."""
    lesson, _ = Lesson.objects.get_or_create(course=parent.course, code=code)
    page = LessonPage(
        **{
            "lesson": lesson,
            "title": code.title(),
            "slug": code,
            "minutes": 6,
            "objectives": ["note"],
            "content_note": "<p>This lesson speaks of control.</p>",
            "locale": parent.locale,
        }
        | fields
    )
    blocks = body
    if blocks is None:
        line = SupportServiceFactory(hotline=True)
        blocks = [
            ("text", {"heading": "One idea", "text": f"<p>What {code} is about.</p>"}),
            ("help_now", {"title": "Somebody to talk to", "services": [line.pk]}),
        ]
    page.body = [{"type": kind, "value": value} for kind, value in blocks]
    page.lesson_sources = [LessonSource(source=SourceFactory())]
    return parent.add_child(instance=page)


def course_with_pages(lessons: Sequence[str] = ("facts", "act"), **fields: Any) -> Course:
    """Return a published course that has never been released."""
    course = CourseFactory(**fields)
    parent = course_page(course)
    for code in lessons:
        lesson_page(parent, code)
    return course


def released_course(lessons: Sequence[str] = ("facts", "act"), **fields: Any) -> Course:
    """Return a course of which edition 1 is released."""
    course = course_with_pages(lessons, **fields)
    release(course)
    return course


def release(course: Course, at: datetime = RELEASED_AT, **fields: Any) -> Edition:
    """Release a course."""
    return release_course(
        **{"course": course, "severity": Edition.Severity.FINISH_ON_OLD, "by": None, "at": at} | fields
    )


def rich_body(question: Question | None = None, image: Image | None = None) -> list[tuple[str, Any]]:
    """Return a body with one block of each kind that names something else."""
    service, source = SupportServiceFactory(hotline=True), SourceFactory()
    question = question or SingleChoiceQuestionFactory(use="practice")
    image = image or Image.objects.create(title="A door", file=get_test_image_file("door.png", size=(40, 30)))
    approved(image)
    return [
        ("text", {"heading": "Three questions", "text": "<p>Is somebody <b>controlled</b>?</p>"}),
        (
            "figure",
            {
                "text": "<p>Police recorded <b>570</b> incidents.</p>",
                "caveat": "Most stay hidden.",
                "source": source.pk,
            },
        ),
        ("sign", {"sign": "One answers for all.", "also": "It may be shyness.", "do": "Note what was said."}),
        ("do_never", {"do": ["Call 911 in danger"], "never": ["Confront anybody"]}),
        (
            "two_ways",
            {
                "work": {"title": "Tell the manager", "text": "<p>In private.</p>"},
                "boss": {"title": "If your boss is part of it", "text": "<p>Call.</p>", "services": [service.pk]},
            },
        ),
        ("help_now", {"title": "Somebody to talk to", "services": [service.pk]}),
        ("check", {"question": question.pk}),
        ("image", {"image": image.pk, "alt": "A door with a number", "caption": "A door"}),
        ("attestation", {"text": "I have read the rules."}),
    ]


def approved(image: Image) -> Image:
    """Return a picture that somebody has approved."""
    with image.file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    PictureApproval.objects.get_or_create(sha256=sha256, defaults={"approved_at": RELEASED_AT})
    return image


def learner_at_work(time_zone: str = "America/Vancouver") -> Membership:
    """Return a membership employed at a site in a time zone."""
    membership = MembershipFactory()
    EmploymentFactory(membership=membership, site__time_zone=time_zone)
    return membership


def enrolled(course: Course, membership: Membership | None = None, learner: User | None = None) -> Enrolment:
    """Return the enrolment of a new learner at work, opened at ``STARTED_AT``; ``learner`` alone enrols privately."""
    if membership is None and learner is None:
        membership = learner_at_work()
    user = membership.user if membership else learner
    return enrol(learner=user, membership=membership, course=course, at=STARTED_AT, language="en")


def asked_to_review(
    course: Course, kind: str = "survivor", *, language: str = "en", known_as: str = "Wren", **fields: Any
) -> ReviewRequest:
    """Return the request of a reviewer, taken on where nobody has this name, to read a course in a language."""
    reviewer = Reviewer.objects.filter(known_as=known_as).first() or add_reviewer(
        known_as=known_as, kinds=[kind], by=None, at=RELEASED_AT
    )
    return ask_for_review(
        **{"course": course, "language": language, "kind": kind, "reviewer": reviewer, "by": None, "at": RELEASED_AT}
        | fields
    )


def pay(request: ReviewRequest) -> None:
    """Agree with a reviewer on 120 dollars for two hours, and pay them."""
    about: dict[str, Any] = {"request": request, "by": None, "on": RELEASED_AT.date(), "at": RELEASED_AT}
    agree_fee(**about, hours=Decimal(2), rate_cents=6000, due_on=date(2026, 3, 31))
    record_payment(**about, amount_cents=12000, paid_on=date(2026, 3, 1))


def says(request: ReviewRequest, verdict: str, *, at: datetime = RELEASED_AT, **fields: Any) -> SignOff:
    """Record what a reviewer says to the text that would be released now."""
    snapshot = text_to_review(course=request.course, language=request.language)
    content = reviewed_digest(snapshot) if snapshot else ""
    about = {"request": request, "by": request.reviewer, "verdict": verdict, "content": content, "at": at}
    return sign_off(**about | fields)


class ClaimFactory(DjangoModelFactory[Claim]):
    """A number that holds, looked at on 1 March 2026 and to be looked at again by 1 March 2027."""

    class Meta:
        model = Claim

    code = factory.Sequence(lambda n: f"claim-{n}")
    kind = Claim.Kind.STATISTIC
    value = "Police recorded 570 incidents in 2023."
    source = factory.SubFactory(SourceFactory)
    verified_on = date(2026, 3, 1)
    review_by = date(2027, 3, 1)


def figure(claim: Claim) -> tuple[str, Any]:
    """Return a block that relies on a claim."""
    text, caveat = f"<p>{claim.value}</p>", "Most stay hidden."
    return ("figure", {"text": text, "caveat": caveat, "source": claim.source_id, "claims": [claim.pk]})
