"""Course and lesson pages: what editors write. Learners are served snapshots made from them."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from cms.models import BasePage
from courses.blocks import LessonBody, OutcomesBody


class CoursePage(BasePage):
    """A course in one language. The title is neutral; the full title is for employers' records."""

    course = models.ForeignKey(
        "courses.Course", on_delete=models.PROTECT, related_name="pages", verbose_name=_("course")
    )
    full_title = models.CharField(_("full title"), max_length=255)
    summary = models.TextField(_("summary"))
    content_note = models.TextField(_("content note"), blank=True)
    outcomes = StreamField(OutcomesBody(), verbose_name=_("after this course you can …"), blank=True)

    content_panels: ClassVar = [
        HelpPanel(template="courses/admin/release_notice.html"),
        FieldPanel("title", help_text=_("Neutral: it stands in the tab, in mails and on certificates.")),
        FieldPanel("full_title"),
        FieldPanel("course"),
        FieldPanel("summary"),
        FieldPanel("content_note"),
        FieldPanel("outcomes"),
    ]
    override_translatable_fields: ClassVar = [SynchronizedField("slug")]
    parent_page_types: ClassVar = ["cms.SectorPage"]
    subpage_types: ClassVar = ["courses.LessonPage"]
    template = "courses/pages/course.html"

    class Meta:
        verbose_name = _("course page")

    def sector_code(self) -> str:
        """Return the sector of its course."""
        return self.course.sector.code


class LessonPage(BasePage):
    """A lesson in one language: blocks, one idea each."""

    lesson = models.ForeignKey(
        "courses.Lesson", on_delete=models.PROTECT, related_name="pages", verbose_name=_("lesson")
    )
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1), MaxValueValidator(60)])
    objectives = models.JSONField(_("objectives"), default=list, blank=True)
    content_note = RichTextField(_("content note"), features=["bold", "italic"], blank=True)
    body = StreamField(LessonBody(), verbose_name=_("body"))

    content_panels: ClassVar = [
        HelpPanel(template="courses/admin/release_notice.html"),
        FieldPanel("title", help_text=_("Neutral enough for a browser tab.")),
        MultiFieldPanel([FieldPanel("lesson"), FieldPanel("minutes")], heading=_("Identity")),
        FieldPanel("content_note"),
        FieldPanel("body"),
        HelpPanel(template="courses/admin/story_maps.html", heading=_("Maps of stories")),
        InlinePanel("lesson_sources", label=_("Source"), heading=_("Sources")),
    ]
    override_translatable_fields: ClassVar = [SynchronizedField("slug")]
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar = []
    template = "courses/pages/lesson.html"

    class Meta:
        verbose_name = _("lesson page")

    def sector_code(self) -> str:
        """Return the sector of its course."""
        return self.lesson.course.sector.code


class LessonSource(Orderable):
    """A source that a lesson rests on."""

    page = ParentalKey(LessonPage, on_delete=models.CASCADE, related_name="lesson_sources")
    source = models.ForeignKey("cms.Source", on_delete=models.PROTECT, related_name="+", verbose_name=_("source"))

    panels: ClassVar = [FieldPanel("source")]

    class Meta(Orderable.Meta):
        verbose_name = _("source of a lesson")

    def __str__(self) -> str:
        return str(self.source)
