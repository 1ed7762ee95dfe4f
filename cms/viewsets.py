"""The directory in the CMS: help lines, sources, sectors, audiences. Changes show at once, without an approval."""

from datetime import date
from typing import Any, ClassVar

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.clock import today
from cms.forms import CodedForm, ReviewedForm, SupportServiceForm
from cms.models import Audience, Region, Sector, Source, SupportService


class _ReviewColumn(Column):
    """The day to look again, with a word when it is past."""

    def get_value(self, instance: Any) -> str:
        """Return the day as the list shows it."""
        review_by: date = instance.review_by
        if today("UTC") > review_by:
            return format_html('<strong class="past-review">{} – {}</strong>', review_by.isoformat(), _("past"))
        return review_by.isoformat()


class _WithdrawnColumn(Column):
    """A word where a line is withdrawn, nothing where it is offered."""

    def get_value(self, instance: Any) -> str:
        """Return the word."""
        return _("Withdrawn") if instance.withdrawn else ""


class SupportServiceViewSet(SnippetViewSet):
    """Help lines. One person's correction is on every page with the next request, in frozen lessons too."""

    model = SupportService
    icon = "help"
    menu_label = gettext_lazy("Help lines")
    list_display: ClassVar = [
        "name",
        "phone",
        Column("coverage", label=gettext_lazy("Place")),
        _ReviewColumn("review_by", label=gettext_lazy("Review by"), sort_key="review_by"),
        _WithdrawnColumn("withdrawn", label=gettext_lazy("Withdrawn"), sort_key="withdrawn"),
    ]
    list_filter: ClassVar = ["kind", "coverage", "withdrawn"]
    search_fields: ClassVar = ["name", "code", "phone"]
    search_backend_name = None
    ordering: ClassVar = ["position", "name"]
    list_per_page = 50
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    HelpPanel(
                        content=gettext_lazy(
                            "<p>Is a number wrong, or answered by somebody else? Mend it below, or withdraw the line "
                            "here. It takes one person and shows on every page at once, also to people who learn from "
                            "an older edition. Withdraw rather than delete: lessons name the line by its code.</p>"
                        )
                    ),
                    FieldPanel("withdrawn"),
                ],
                heading=gettext_lazy("In an emergency"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("name"),
                    FieldRowPanel([FieldPanel("kind"), FieldPanel("code")]),
                    FieldRowPanel([FieldPanel("coverage"), FieldPanel("position")]),
                    FieldPanel("audiences"),
                ],
                heading=gettext_lazy("What it is"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("phone"), FieldPanel("text")]),
                    FieldPanel("website"),
                    FieldPanel("hours"),
                    FieldPanel("languages"),
                ],
                heading=gettext_lazy("How to reach it"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel(
                        "what_happens",
                        help_text=gettext_lazy("Who answers, what they ask, whom they tell. Plain words, no promises."),
                    ),
                    FieldRowPanel([FieldPanel("is_police"), FieldPanel("is_government")]),
                ],
                heading=gettext_lazy("What happens when you call"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel(
                        "source",
                        help_text=gettext_lazy("Where this can be looked up. What no source confirms stays empty."),
                    ),
                    FieldRowPanel([FieldPanel("verified_on"), FieldPanel("review_by")]),
                ],
                heading=gettext_lazy("Proof"),
            ),
        ],
        base_form_class=SupportServiceForm,
    )


class SourceViewSet(SnippetViewSet):
    """Documents that lessons cite."""

    model = Source
    icon = "doc-full"
    menu_label = gettext_lazy("Sources")
    list_display: ClassVar = [
        "title",
        "publisher",
        "published",
        _ReviewColumn("review_by", label=gettext_lazy("Look again by"), sort_key="review_by"),
    ]
    search_fields: ClassVar = ["title", "publisher", "code"]
    search_backend_name = None
    ordering: ClassVar = ["title"]
    list_per_page = 50
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("code"),
            FieldRowPanel([FieldPanel("publisher"), FieldPanel("published")]),
            FieldPanel("url", help_text=gettext_lazy("Printed for the reader; no page ever fetches it.")),
            FieldPanel("caveat", help_text=gettext_lazy("What a reader must know before relying on it.")),
            FieldRowPanel([FieldPanel("verified_on"), FieldPanel("review_by")]),
        ],
        base_form_class=ReviewedForm,
    )


class SectorViewSet(SnippetViewSet):
    """Fields of work, or of life, that courses are made for."""

    model = Sector
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Sectors")
    list_display: ClassVar = ["title", "code", "position"]
    ordering: ClassVar = ["position", "title"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            FieldPanel("title", help_text=gettext_lazy("Neutral: it stands in the browser's tab.")),
            FieldRowPanel([FieldPanel("code"), FieldPanel("slug")]),
            FieldPanel("summary"),
            FieldPanel("position"),
        ],
        base_form_class=CodedForm,
    )


class AudienceViewSet(SnippetViewSet):
    """People that courses speak to."""

    model = Audience
    icon = "group"
    menu_label = gettext_lazy("Audiences")
    list_display: ClassVar = ["title", "code"]
    ordering: ClassVar = ["title"]
    copy_view_enabled = False
    edit_handler = ObjectList([FieldPanel("title"), FieldPanel("code")], base_form_class=CodedForm)


class RegionViewSet(SnippetViewSet):
    """Parts of a province: a site may lie in one, a help line or a local part may be for one."""

    model = Region
    icon = "site"
    menu_label = gettext_lazy("Regions")
    list_display: ClassVar = ["name", "code"]
    ordering: ClassVar = ["code"]
    copy_view_enabled = False
    edit_handler = ObjectList([FieldPanel("name"), FieldPanel("code")], base_form_class=CodedForm)


class DirectoryGroup(SnippetViewSetGroup):
    """The menu of the directory."""

    items = (SupportServiceViewSet, SourceViewSet, SectorViewSet, AudienceViewSet, RegionViewSet)
    menu_label = pgettext_lazy("menu of the CMS", "Directory")
    menu_icon = "list-ul"
    menu_order = 250
