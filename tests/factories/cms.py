"""Sectors, sources, help lines and the pages of the site, all valid unless told otherwise."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory
from wagtail.models import Page, Site

from cms.models import Audience, HomePage, ResourcePage, Sector, SectorPage, Source, SupportService


class SectorFactory(DjangoModelFactory):
    class Meta:
        model = Sector
        django_get_or_create = ("code",)

    code = "hospitality"
    slug = factory.LazyAttribute(lambda sector: sector.code)
    title = factory.LazyAttribute(lambda sector: sector.code.title())
    summary = "For people who work with guests."


class AudienceFactory(DjangoModelFactory):
    class Meta:
        model = Audience
        django_get_or_create = ("code",)

    code = "hotel-staff"
    title = "Hotel staff"


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("code",)

    code = "statistics-2023"
    title = "Trafficking in persons in Canada, 2023"
    publisher = "Statistics Canada"
    published = "2024"
    url = "statcan.example/2023"
    verified_on = date(2026, 11, 1)
    review_by = date(2027, 11, 1)


class SupportServiceFactory(DjangoModelFactory):
    """A line in British Columbia that is neither police nor government."""

    class Meta:
        model = SupportService
        django_get_or_create = ("code",)

    class Params:
        emergency = factory.Trait(
            code="emergency", name="911 emergency", kind="emergency", phone="911", coverage="ca", position=10
        )
        hotline = factory.Trait(
            code="ca-hotline", name="Canadian hotline", phone="1-833-900-1010", coverage="ca", position=20
        )

    code = "victimlink-bc"
    name = "VictimLinkBC"
    kind = "confidential-line"
    phone = "1-800-563-0808"
    hours = "24 hours a day"
    languages = "More than 100 languages"
    coverage = "ca-bc"
    what_happens = "They listen."
    verified_on = date(2026, 11, 22)
    # Far off: what is stale says so itself.
    review_by = date(2099, 1, 1)
    position = 30


class _PageFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _adopt(cls, parent: Page | None) -> Page:
        raise NotImplementedError

    @classmethod
    def _create(cls, model_class: type[Page], *args: Any, **kwargs: Any) -> Page:
        parent = cls._adopt(kwargs.pop("under", None))
        page: Page = parent.add_child(instance=model_class(*args, **kwargs))
        return page


class HomePageFactory(_PageFactory):
    """The home page of the default site, made once."""

    class Meta:
        model = HomePage

    title = "Training to notice, and to act safely"
    slug = "start"
    intro = "<p>Short lessons.</p>"

    @classmethod
    def _create(cls, model_class: type[Page], *args: Any, **kwargs: Any) -> Page:
        if there := HomePage.objects.first():
            return there
        home = Page.get_first_root_node().add_child(instance=model_class(*args, **kwargs))
        Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
        Site.clear_site_root_paths_cache()
        return home


class SectorPageFactory(_PageFactory):
    class Meta:
        model = SectorPage

    title = factory.LazyAttribute(lambda page: page.sector.title)
    slug = factory.LazyAttribute(lambda page: page.sector.slug)
    sector = factory.SubFactory(SectorFactory)

    @classmethod
    def _adopt(cls, parent: Page | None) -> Page:
        return parent or HomePageFactory()


class ResourcePageFactory(_PageFactory):
    class Meta:
        model = ResourcePage

    title = "Pocket card"
    slug = "pocket-card"
    summary = "One page to print."
    body = factory.LazyFunction(
        lambda: [("text", {"heading": "Four steps", "text": "<p>See, note, share, support.</p>"})]
    )

    @classmethod
    def _adopt(cls, parent: Page | None) -> Page:
        return parent or HomePageFactory()
