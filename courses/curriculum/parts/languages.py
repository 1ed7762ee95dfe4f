"""One language of what is loaded: its words, its rows, and what ties them to those of the source language."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from wagtail.models import Locale

from courses.curriculum import schema
from courses.curriculum.wording import (
    HOME_INTRO,
    HOME_INTRO_KEY,
    HOME_TITLE,
    HOME_TITLE_KEY,
    course_in,
    course_texts,
    sector_in,
    site_texts,
)


class Words:
    """The curriculum in ``language``; "" is the language that it is written in."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._made: tuple[schema.Curriculum, list[schema.Course]] | None = None

    @cached_property
    def locale(self) -> Locale:
        """Return the locale of the rows, made where it is missing."""
        if not self.language:
            return Locale.get_default()
        return Locale.objects.get_or_create(language_code=self.language)[0]

    @cached_property
    def source(self) -> Locale:
        """Return the locale of the rows that the others are translations of."""
        return Locale.get_default()

    def home(self, curriculum: schema.Curriculum) -> tuple[str, str]:
        """Return title and introduction of the front page."""
        words = self._site_words(curriculum)
        return words.get(HOME_TITLE_KEY, HOME_TITLE), words.get(HOME_INTRO_KEY, HOME_INTRO)

    def sectors(self, curriculum: schema.Curriculum) -> list[schema.Sector]:
        """Return the sectors; the words that are not translated stay in the source language."""
        words = self._site_words(curriculum)
        return [sector_in(sector, words) for sector in curriculum.sectors]

    def courses(self, curriculum: schema.Curriculum) -> list[schema.Course]:
        """Return the courses, of which only what is whole in this language is there."""
        if not self.language:
            return list(curriculum.courses)
        # Each part of a load asks for the same: a course has some thousand pieces, and walking them takes a while.
        if self._made is None or self._made[0] is not curriculum:
            found = [self._course(course) for course in curriculum.courses]
            self._made = curriculum, [course for course in found if course is not None]
        return self._made[1]

    def _course(self, course: schema.Course) -> schema.Course | None:
        for catalogue in course.catalogues:
            if catalogue.language == self.language:
                segments = [segment for text in course_texts(course) for segment in text.segments]
                return course_in(course, self.language, catalogue.current(segments))
        return None

    def _site_words(self, curriculum: schema.Curriculum) -> dict[str, str]:
        segments = [segment for text in site_texts(curriculum) for segment in text.segments]
        own = (each for each in curriculum.catalogues if each.language == self.language)
        return next((catalogue.current(segments) for catalogue in own), {})

    def join(self, row: Any, rows: QuerySet[Any]) -> None:
        """Make a new row the translation of the one of ``rows`` that is in the source language."""
        if self.language:
            source = rows.filter(locale=self.source).values_list("translation_key", flat=True).first()
            if source is not None:
                row.translation_key = source

    def nearest(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of ``rows`` in this language, else those in the source language."""
        own = rows.filter(locale=self.locale)
        return own if not self.language or own.exists() else rows.filter(locale=self.source)


def shipped_languages(curriculum: schema.Curriculum) -> list[str]:
    """Return the languages of which pages are made: shipped with the curriculum and offered by this site."""
    offered = dict(settings.WAGTAIL_CONTENT_LANGUAGES)
    shipped = {catalogue.language for catalogue in curriculum.catalogues}
    return sorted(shipped & offered.keys() - {settings.LANGUAGE_CODE})
