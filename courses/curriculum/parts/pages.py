"""The pages: home, sectors, courses, lessons, in the language of the curriculum or in another one."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.html import escape
from wagtail.blocks.field_block import ChooserBlock
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from cms.models import HomePage, Sector, SectorPage, Source
from courses.curriculum import schema
from courses.curriculum.parts.blocks import body_form
from courses.curriculum.parts.html import as_edited
from courses.curriculum.parts.languages import Words
from courses.curriculum.parts.streams import block_id, code_of, to_form, to_raw
from courses.curriculum.registry import Form, Part
from courses.models import Course, CoursePage, Lesson, LessonPage, LessonSource

HOME: Final = "home"
# Two home pages cannot share an address below the root, and Wagtail's own first page has "home".
_HOME_SLUG: Final = "start"
_WELCOME_SLUG: Final = "home"


class _PagePart(Part):
    """Pages that are compared with their newest draft, since that is what an editor would lose."""

    def __init__(self, words: Words | None = None) -> None:
        self.words = words or Words("")
        self.locale = self.words.locale
        if self.words.language:
            # The name is what the loader keeps its memory under.
            self.name = f"{type(self).name}@{self.words.language}"

    def _home(self) -> HomePage:
        return HomePage.objects.filter(locale=self.locale).order_by("path")[0]


def _publish(page: Any) -> None:
    page.save_revision(log_action=True).publish()


def _keep(page: Any, draft: Any, *, live: bool) -> None:
    """Publish ``draft``, or keep it as one and take the page down."""
    if live:
        _publish(draft)
        return
    draft.save_revision(log_action=True)
    if page.live:
        type(page).objects.get(pk=page.pk).unpublish()


def _add(parent: Page, page: Any, at: datetime, *, live: bool = True) -> None:
    """Add a page, published from the first or a draft, with a revision to compare later ones with."""
    page.live, page.has_unpublished_changes = live, not live
    if live:
        page.first_published_at = page.last_published_at = at
    parent.add_child(instance=page)
    revision = page.save_revision(changed=False, clean=False)
    if live:
        Page.objects.filter(pk=page.pk).update(live_revision=revision)


def _draft(page: Any) -> Any:
    return page.get_latest_revision_as_object()


def _state(page: Page, form: Form) -> Form:
    """Return ``form`` with whether the page is to be seen: taking a page down is an edit too."""
    return {**form, "live": page.live}


class HomePart(_PagePart):
    """The front page, and, of the source language, the site that shows it."""

    name = "home-page"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the front page."""
        title, intro = self.words.home(curriculum)
        return {HOME: {"title": title, "intro": as_edited(f"<p>{escape(intro)}</p>"), "live": True}}

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the front page."""
        pages = HomePage.objects.filter(locale=self.locale).order_by("path")[:1]
        return {
            HOME: _state(page, {"title": _draft(page).title, "intro": as_edited(_draft(page).intro)})  # noqa: B035  # one at most
            for page in pages
        }

    def of_course(self, course: str) -> Collection[str]:
        """Return the front page: the others stand below it."""
        return [HOME]

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the front page; the first time, let the site show it and remove Wagtail's welcome."""
        page = HomePage.objects.filter(locale=self.locale).order_by("path").first()
        if page is not None:
            page = _draft(page)
            page.title, page.intro = form["title"], form["intro"]
            _publish(page)
            return
        slug = f"{_HOME_SLUG}-{self.words.language}" if self.words.language else _HOME_SLUG
        page = HomePage(title=form["title"], intro=form["intro"], slug=slug, locale=self.locale)
        self.words.join(page, HomePage.objects.order_by("path"))
        _add(Page.get_first_root_node(), page, at)
        if not self.words.language:
            self._show(page)

    def _show(self, page: HomePage) -> None:
        site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
        welcome = site.root_page if site.pk else None
        site.root_page = page
        site.save()
        # The site must not point at it any more: deleting a page deletes its sites.
        if welcome and welcome.specific_class is Page and welcome.slug == _WELCOME_SLUG and welcome.is_leaf():
            welcome.delete()


class SectorPagePart(_PagePart):
    """A page for each sector."""

    name = "sector-page"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the sectors' pages."""
        return {
            sector.code: {"title": sector.title, "slug": sector.slug, "summary": sector.summary, "live": True}
            for sector in self.words.sectors(curriculum)
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the sectors' pages."""
        forms = {}
        for page in SectorPage.objects.filter(sector__code__in=codes, locale=self.locale).select_related("sector"):
            draft = _draft(page)
            form = {"title": draft.title, "slug": draft.slug, "summary": draft.summary}
            forms[page.sector.code] = _state(page, form)
        return forms

    def of_course(self, course: str) -> Collection[str]:
        """Return the page that the course's page stands below."""
        return list(Sector.objects.filter(courses__code=course).values_list("code", flat=True))

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the page."""
        page = SectorPage.objects.filter(sector__code=code, locale=self.locale).first()
        fields = {name: form[name] for name in ("title", "slug", "summary")}
        if page is None:
            page = SectorPage(sector=Sector.objects.get(code=code), locale=self.locale, **fields)
            self.words.join(page, SectorPage.objects.filter(sector__code=code))
            _add(self._home(), page, at)
        else:
            _publish(_with(_draft(page), fields))


def _with(page: Any, fields: Form) -> Any:
    for name, value in fields.items():
        setattr(page, name, value)
    return page


class CoursePagePart(_PagePart):
    """A page for each course, below its sector."""

    name = "course-page"

    def __init__(self, words: Words | None = None) -> None:
        super().__init__(words)
        # A course is in use as long as it is there; a translation only while it says what the course says.
        self.can_withdraw = bool(self.words.language)

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the courses' pages."""
        return {
            course.code: {
                "title": course.title,
                "slug": course.slug,
                "full_title": course.full_title,
                "summary": course.summary,
                "content_note": course.content_note,
                "outcomes": list(course.outcomes),
                "live": course.complete,
            }
            for course in self.words.courses(curriculum)
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the courses' pages."""
        forms = {}
        for page in CoursePage.objects.filter(course__code__in=codes, locale=self.locale).select_related("course"):
            draft = _draft(page)
            form = {name: getattr(draft, name) for name in ("title", "slug", "full_title", "summary", "content_note")}
            form["outcomes"] = [str(child.value) for child in draft.outcomes]
            forms[page.course.code] = _state(page, form)
        return forms

    def of_course(self, course: str) -> Collection[str]:
        """Return the page."""
        return [course]

    def check(self, codes: Collection[str]) -> None:
        """Look at the newest drafts."""
        for page in CoursePage.objects.filter(course__code__in=codes, locale=self.locale):
            draft = _draft(page)
            draft.full_clean()
            draft.outcomes.stream_block.clean(draft.outcomes)

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the page."""
        page = CoursePage.objects.filter(course__code=code, locale=self.locale).first()
        fields = {name: form[name] for name in ("title", "slug", "full_title", "summary", "content_note")}
        fields["outcomes"] = [
            {"type": "outcome", "value": outcome, "id": block_id(f"{code}/outcomes/{index}")}
            for index, outcome in enumerate(form["outcomes"])
        ]
        if page is None:
            course = Course.objects.select_related("sector").get(code=code)
            page = CoursePage(course=course, locale=self.locale, **fields)
            self.words.join(page, CoursePage.objects.filter(course=course))
            _add(SectorPage.objects.get(sector=course.sector, locale=self.locale), page, at, live=form["live"])
        else:
            _keep(page, _with(_draft(page), fields), live=form["live"])

    def withdraw(self, code: str) -> None:
        """Take the page down: its translation lacks words that the course now has."""
        for page in CoursePage.objects.filter(course__code=code, locale=self.locale).live():
            page.unpublish()


class LessonPagePart(_PagePart):
    """A page for each lesson, below its course; codes are ``<course>/<lesson>``."""

    name = "lesson-page"
    can_withdraw = True

    def __init__(self, words: Words | None = None) -> None:
        super().__init__(words)
        self.found: dict[tuple[str, str], int] = {}
        self.order: dict[str, list[str]] = {}

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the lessons' pages."""
        self.order = {
            course.code: [lesson.code for lesson in course.lessons] for course in self.words.courses(curriculum)
        }
        return {
            f"{course.code}/{lesson.code}": {
                "title": lesson.title,
                "slug": lesson.code,
                "minutes": lesson.minutes,
                "objectives": list(lesson.objectives),
                "content_note": as_edited(f"<p>{escape(lesson.content_note)}</p>"),
                "body": body_form(course, lesson),
                "sources": list(lesson.sources),
                "live": course.complete,
            }
            for course in self.words.courses(curriculum)
            for lesson in course.lessons
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the lessons' pages."""
        wanted = set(codes)
        courses = {code.partition("/")[0] for code in wanted}
        rows = LessonPage.objects.filter(lesson__course__code__in=courses, locale=self.locale)
        forms = {}
        for page in rows.select_related("lesson__course"):
            code = f"{page.lesson.course.code}/{page.lesson.code}"
            if code in wanted:
                draft = _draft(page)
                form = {name: getattr(draft, name) for name in ("title", "slug", "minutes", "objectives")}
                form["content_note"] = as_edited(draft.content_note)
                form["body"] = to_form(draft.body.stream_block, draft.body, name=self.name_of)
                form["sources"] = [each.source.code for each in draft.lesson_sources.all()]
                forms[code] = _state(page, form)
        return forms

    def of_course(self, course: str) -> Collection[str]:
        """Return the lessons that have a page in this language."""
        pages = LessonPage.objects.filter(lesson__course__code=course, locale=self.locale).order_by("path")
        return [f"{course}/{code}" for code in pages.values_list("lesson__code", flat=True)]

    def check(self, codes: Collection[str]) -> None:
        """Look at the newest drafts."""
        wanted = set(codes)
        pages = LessonPage.objects.filter(
            lesson__course__code__in={code.partition("/")[0] for code in wanted},
            lesson__code__in={code.partition("/")[2] for code in wanted},
            locale=self.locale,
        )
        for page in pages.select_related("lesson__course"):
            if f"{page.lesson.course.code}/{page.lesson.code}" in wanted:
                draft = _draft(page)
                draft.full_clean()
                draft.body.stream_block.clean(draft.body)

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the page."""
        course_code, _, lesson_code = code.partition("/")
        page = LessonPage.objects.filter(
            lesson__course__code=course_code, lesson__code=lesson_code, locale=self.locale
        ).first()
        fields = {name: form[name] for name in ("title", "slug", "minutes", "objectives", "content_note")}
        is_new = page is None
        if page is None:
            page = LessonPage(
                lesson=Lesson.objects.get(course__code=course_code, code=lesson_code), locale=self.locale, **fields
            )
        else:
            page = _with(_draft(page), fields)
        page.body = to_raw(page.body.stream_block, form["body"], find=self._find, place=code)
        page.lesson_sources = [
            LessonSource(source_id=self._key(Source, source), sort_order=order)
            for order, source in enumerate(form["sources"])
        ]
        if is_new:
            pages = LessonPage.objects.filter(lesson=page.lesson)
            self.words.join(page, pages)
            parent = CoursePage.objects.get(course__code=course_code, locale=self.locale)
            _add(parent, page, at, live=form["live"])
            self._put_in_order(page, parent, course_code)
        else:
            _keep(page, page, live=form["live"])

    def _put_in_order(self, page: LessonPage, parent: CoursePage, course: str) -> None:
        """Move a new page before the lessons that follow it: at the end it would look as if an editor had moved it."""
        order = self.order.get(course, [])
        following = order[order.index(page.lesson.code) + 1 :] if page.lesson.code in order else []
        there = LessonPage.objects.child_of(parent).filter(lesson__code__in=following).select_related("lesson")
        if after := min(there, key=lambda it: following.index(it.lesson.code), default=None):
            LessonPage.objects.get(pk=page.pk).move(after, pos="left")

    def withdraw(self, code: str) -> None:
        """Take the page down; what was released keeps its lesson."""
        course_code, _, lesson_code = code.partition("/")
        pages = LessonPage.objects.filter(
            lesson__course__code=course_code, lesson__code=lesson_code, locale=self.locale
        )
        for page in pages.live():
            page.unpublish()

    def name_of(self, chosen: Any) -> str:
        """Return the name under which the form of a body keeps what was chosen."""
        return code_of(chosen)

    def _find(self, block: ChooserBlock, name: str) -> int | None:
        return self._key(block.model_class, name)

    def _key(self, model: Any, name: str) -> int:
        """Return the primary key of a row known by its code, of a picture known by its title."""
        place = (model._meta.label, name)
        if place not in self.found:
            rows = self.rows_called(model, name)
            if hasattr(model, "locale"):
                # A practice question that is not translated yet is asked in the source language.
                rows = self.words.nearest(rows)
            self.found[place] = rows.order_by("pk").values_list("pk", flat=True)[0]
        return self.found[place]

    def rows_called(self, model: Any, name: str) -> QuerySet[Any]:
        """Return the rows that ``name`` names; the first of them is meant."""
        by = {"title": name} if model is get_image_model() else {"code": name}
        return model._default_manager.filter(**by)


class LessonOrderPart(_PagePart):
    """The order of the lessons in each course: the order of their pages."""

    name = "lesson-order"

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the orders."""
        return {
            course.code: {"lessons": [lesson.code for lesson in course.lessons]}
            for course in self.words.courses(curriculum)
        }

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the orders."""
        return {
            code: {"lessons": [page.lesson.code for page in self._pages(code)]}
            for code in codes
            if CoursePage.objects.filter(course__code=code, locale=self.locale).exists()
        }

    def of_course(self, course: str) -> Collection[str]:
        """Return the order of the course's lessons."""
        return [course]

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Move the pages that stand elsewhere; pages that are not shipped come last."""
        wanted = form["lessons"]
        parent = CoursePage.objects.get(course__code=code, locale=self.locale)
        if [page.lesson.code for page in self._pages(code)] == wanted:
            return
        for lesson in wanted + [page.lesson.code for page in self._pages(code) if page.lesson.code not in wanted]:
            page = LessonPage.objects.child_of(parent).get(lesson__code=lesson)
            page.move(CoursePage.objects.get(pk=parent.pk), pos="last-child")

    def _pages(self, code: str) -> list[LessonPage]:
        pages = LessonPage.objects.filter(lesson__course__code=code, locale=self.locale)
        if not self.words.language:
            pages = pages.live()
        return list(pages.select_related("lesson").order_by("path"))
