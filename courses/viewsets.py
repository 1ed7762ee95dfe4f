"""Courses and lessons, apart from their pages, in the CMS."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from courses.models import Course, Lesson, ReviewKind
from courses.selectors import newest_edition

EXPLOITATION = (
    ("labour", pgettext_lazy("kind of exploitation", "Labour")),
    ("sexual", pgettext_lazy("kind of exploitation", "Sexual")),
    ("criminal", pgettext_lazy("kind of exploitation", "Made to commit crimes")),
    ("marriage", pgettext_lazy("kind of exploitation", "Forced marriage")),
    ("organs", pgettext_lazy("kind of exploitation", "Removal of organs")),
)
REVIEWS = (
    ("survivors", pgettext_lazy("review that is missing", "Survivors")),
    ("first-nation", pgettext_lazy("review that is missing", "A First Nation")),
    ("lawyer", pgettext_lazy("review that is missing", "A lawyer")),
)


class CourseForm(WagtailAdminModelForm):
    """A course's form; the lists are chosen, not typed."""

    exploitation = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of exploitation covered"),
        choices=EXPLOITATION,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reviews_missing = forms.MultipleChoiceField(
        label=gettext_lazy("Reviews still missing"),
        choices=REVIEWS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The course page names them until they are done."),
    )

    reviews_required = forms.MultipleChoiceField(
        label=gettext_lazy("Reviews that a release needs"),
        choices=ReviewKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each language is released only when somebody of each has said yes to its very text."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hold_what_learners_rely_on()
        # Codes that came with the curriculum are kept, even where this form has no word for them.
        for name in ("exploitation", "reviews_missing"):
            field = self.fields.get(name)
            if isinstance(field, forms.MultipleChoiceField):
                known = {code for code, _name in field.choices}
                unknown = [code for code in getattr(self.instance, name) if code not in known]
                field.choices = [*field.choices, *((code, code) for code in unknown)]

    def _hold_what_learners_rely_on(self) -> None:
        """Keep the code for good; leave access and address of a released course to who may release.

        Both change at once for everybody: who has to sign in, and what is kept about them.
        """
        if not self.instance.pk:
            return
        held = ["code"]
        user = getattr(self, "for_user", None)
        if newest_edition(self.instance) and not (user and user.has_perm("courses.release_course")):
            held += ["tier", "slug"]
        if not (user and user.has_perm("courses.release_course")):
            # Who writes a text does not decide who has to look at it.
            held += ["reviews_required"]
        for name in held:
            if name in self.fields:
                self.fields[name].disabled = True


class _EditionColumn(Column):
    def get_value(self, instance: Course) -> Any:
        edition = newest_edition(instance)
        label = _("Edition %(number)d") % {"number": edition.number} if edition else _("Not released")
        return format_html('<a href="{}">{}</a>', reverse("courses_admin:release", args=[instance.pk]), label)


class _ReviewsColumn(Column):
    def get_value(self, instance: Course) -> Any:
        label = _("Reviews")
        return format_html('<a href="{}">{}</a>', reverse("courses_admin:reviews", args=[instance.pk]), label)


class _WithdrawColumn(Column):
    def get_value(self, instance: Course) -> Any:
        label = _("Withdraw a part")
        return format_html('<a href="{}">{}</a>', reverse("courses_admin:withdraw", args=[instance.pk]), label)


class _FilesColumn(Column):
    def get_value(self, instance: Course) -> Any:
        label = _("Print and slides")
        return format_html('<a href="{}">{}</a>', reverse("courses_admin:files", args=[instance.pk]), label)


class CourseViewSet(ModelViewSet):
    """Courses: access, minutes, quiz. Their text is on pages."""

    model = Course
    icon = "doc-full-inverse"
    menu_label = gettext_lazy("Courses")
    list_display: ClassVar = [
        "code",
        "sector",
        "tier",
        _EditionColumn("edition", label=gettext_lazy("Edition")),
        _ReviewsColumn("reviews", label=gettext_lazy("Before a release")),
        _FilesColumn("files", label=gettext_lazy("For sessions")),
        _WithdrawColumn("withdraw", label=gettext_lazy("In an emergency")),
    ]
    search_fields: ClassVar = ["code", "slug"]
    inspect_view_enabled = False
    copy_view_enabled = False
    panels: ClassVar = [
        MultiFieldPanel([FieldPanel("code"), FieldPanel("slug")], heading=gettext_lazy("Identity")),
        FieldPanel("sector"),
        FieldPanel("audiences", widget=forms.CheckboxSelectMultiple),
        FieldPanel("tier"),
        MultiFieldPanel([FieldPanel("minutes"), FieldPanel("minimum_minutes")], heading=gettext_lazy("Time")),
        FieldPanel("final_quiz"),
        FieldPanel("exploitation"),
        FieldPanel("reviews_missing"),
        FieldPanel("reviews_required"),
    ]

    def get_edit_handler(self) -> Any:
        """Use the form that has words for the lists."""
        handler = super().get_edit_handler()
        handler.base_form_class = CourseForm
        return handler


class LessonViewSet(ModelViewSet):
    """Lessons, apart from their pages: a code below a course."""

    model = Lesson
    icon = "doc-full"
    menu_label = gettext_lazy("Lessons")
    list_display: ClassVar = ["code", "course"]
    list_filter: ClassVar = ["course"]
    search_fields: ClassVar = ["code"]
    copy_view_enabled = False
    form_fields: ClassVar = ["course", "code"]


class CourseGroup(ModelViewSetGroup):
    """Courses in the CMS's menu."""

    menu_label = gettext_lazy("Courses")
    menu_icon = "doc-full-inverse"
    menu_order = 200
    items = (CourseViewSet, LessonViewSet)
