"""Home, sector and resource pages."""

from typing import ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField

from cms.blocks import ResourceBody
from cms.models.base_page import BasePage


class HomePage(BasePage):
    """The front door: what this is, for whom, and the sectors."""

    intro = RichTextField(_("introduction"), features=["bold", "italic"], blank=True)

    content_panels: ClassVar = [*BasePage.content_panels, FieldPanel("intro")]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["cms.SectorPage", "cms.ResourcePage"]
    template = "cms/pages/home.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        """Add the sector pages in their order and the resource pages."""
        context = super().get_context(request, *args, **kwargs)
        context["sector_pages"] = (
            SectorPage.objects.child_of(self).live().select_related("sector").order_by("sector__position")
        )
        context["resource_pages"] = list(ResourcePage.objects.child_of(self).live().defer("body"))
        return context


class SectorPage(BasePage):
    """A sector: whom it is for, and its courses (child pages of the app above)."""

    sector = models.ForeignKey("cms.Sector", on_delete=models.PROTECT, related_name="pages", verbose_name=_("sector"))
    summary = models.TextField(_("summary"), blank=True)

    content_panels: ClassVar = [*BasePage.content_panels, FieldPanel("sector"), FieldPanel("summary")]
    parent_page_types: ClassVar = ["cms.HomePage"]
    subpage_types: ClassVar = ["courses.CoursePage", "cms.ResourcePage"]
    template = "cms/pages/sector.html"

    class Meta:
        verbose_name = _("sector page")

    def sector_code(self) -> str:
        """Return its sector."""
        return self.sector.code

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, object]:
        """Add the course pages (of the app above) and the resource pages, in the editors' order."""
        context = super().get_context(request, *args, **kwargs)
        children = list(self.get_children().live().specific())
        courses = [child for child in children if hasattr(type(child), "course")]
        models.prefetch_related_objects(courses, "course")
        context["course_pages"] = courses
        context["resource_pages"] = [child for child in children if isinstance(child, ResourcePage)]
        return context


class ResourcePage(BasePage):
    """A page to read, download or print, for everybody."""

    summary = models.TextField(_("summary"), blank=True)
    body = StreamField(ResourceBody(), verbose_name=_("body"), blank=True)

    content_panels: ClassVar = [*BasePage.content_panels, FieldPanel("summary"), FieldPanel("body")]
    parent_page_types: ClassVar = ["cms.HomePage", "cms.SectorPage"]
    subpage_types: ClassVar = []
    template = "cms/pages/resource.html"

    class Meta:
        verbose_name = _("resource page")

    def sector_code(self) -> str:
        """Return the sector whose page it stands below; none below the front page."""
        above = SectorPage.objects.parent_of(self).select_related("sector").first()
        return above.sector.code if above else ""
