"""Courses and lessons, apart from their pages, in the CMS."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.snippets.views.snippets import SnippetViewSet

from cms import clock
from cms.admin_deletions import DeleteUnnamedView
from cms.forms import ReviewedForm
from cms.models import EditorLimit
from courses.models import Claim, Course, Lesson, ReviewKind
from courses.selectors import newest_edition
from people.models import User

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

    def clean(self) -> dict[str, Any]:
        """Let nobody move a course out of, or into, a sector that is not theirs."""
        cleaned: dict[str, Any] = super().clean()
        user = getattr(self, "for_user", None)
        if user is not None:
            before = Course.objects.filter(pk=self.instance.pk).values_list("sector__code", flat=True)
            after = [cleaned["sector"].code] if cleaned.get("sector") else []
            hold = EditorLimit.objects.hold_text
            hold(user, act="course", sectors={*before, *after}, language=settings.LANGUAGE_CODE)
        return cleaned

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


class _LookAgainColumn(Column):
    def get_value(self, instance: Course) -> Any:
        found = getattr(instance, "review_date", None)
        label = found.review_by.isoformat() if found else "–"
        if found and clock.today(settings.TIME_ZONE) > found.review_by:
            label = _("Past its review")
        return format_html('<a href="{}">{}</a>', reverse("courses_admin:review_date", args=[instance.pk]), label)


class _ReviewsColumn(Column):
    def get_value(self, instance: Course) -> Any:
        label = _("Reviews")
        return format_html('<a href="{}">{}</a>', reverse("courses_admin:reviews", args=[instance.pk]), label)


class _WithdrawColumn(Column):
    def get_value(self, instance: Course) -> Any:
        label = _("Withdraw a part")
        return format_html('<a href="{}">{}</a>', reverse("courses_admin:withdraw", args=[instance.pk]), label)


class _OwnersColumn(Column):
    def get_value(self, instance: Course) -> Any:
        label = _("Owners")
        pictures = reverse("courses_admin:pictures", args=[instance.pk])
        owners = reverse("courses_admin:owners", args=[instance.pk])
        return format_html('<a href="{}">{}</a> · <a href="{}">{}</a>', owners, label, pictures, _("Pictures"))


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
        _LookAgainColumn("look_again", label=gettext_lazy("Look again by")),
        _OwnersColumn("owners", label=gettext_lazy("Whose it is, and pictures")),
        _FilesColumn("files", label=gettext_lazy("For sessions")),
        _WithdrawColumn("withdraw", label=gettext_lazy("In an emergency")),
    ]
    search_fields: ClassVar = ["code", "slug"]
    inspect_view_enabled = False
    copy_view_enabled = False
    delete_view_class = DeleteUnnamedView
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


class LessonForm(WagtailAdminModelForm):
    """A lesson below a course of the editor's own sectors."""

    def clean(self) -> dict[str, Any]:
        """Let nobody put a lesson below a course of another sector, or take it from there."""
        cleaned: dict[str, Any] = super().clean()
        user = getattr(self, "for_user", None)
        if user is not None:
            before = Lesson.objects.filter(pk=self.instance.pk).values_list("course__sector__code", flat=True)
            after = [cleaned["course"].sector.code] if cleaned.get("course") else []
            hold = EditorLimit.objects.hold_text
            hold(user, act="lesson", sectors={*before, *after}, language=settings.LANGUAGE_CODE)
        return cleaned


class LessonViewSet(ModelViewSet):
    """Lessons, apart from their pages: a code below a course."""

    model = Lesson
    icon = "doc-full"
    menu_label = gettext_lazy("Lessons")
    list_display: ClassVar = ["code", "course"]
    list_filter: ClassVar = ["course"]
    search_fields: ClassVar = ["code"]
    copy_view_enabled = False
    delete_view_class = DeleteUnnamedView
    panels: ClassVar = [FieldPanel("course"), FieldPanel("code")]

    def get_edit_handler(self) -> Any:
        """Use the form that holds sectors."""
        handler = super().get_edit_handler()
        handler.base_form_class = LessonForm
        return handler


class ClaimForm(ReviewedForm):
    """A claim: with a source, and with a day to look again that lies ahead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            # Editors never learn who else has a login here.
            editing = Q(groups__permissions__codename="change_claim") | Q(is_superuser=True)
            owner = self.fields["owner"]
            assert isinstance(owner, forms.ModelChoiceField)
            owner.queryset = User.objects.filter(editing, is_active=True).distinct().order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        """Refuse a review that is past from the start."""
        cleaned = super().clean()
        review_by = cleaned.get("review_by")
        if review_by and "review_by" in self.changed_data and review_by < clock.today(settings.TIME_ZONE):
            self.add_error(
                "review_by", _("This day is past. Look at the fact again, then choose a day that lies ahead.")
            )
        return cleaned


class ClaimViewSet(SnippetViewSet):
    """Facts that texts rely on. What is said of one (verified, contradicted, withdrawn) is said on its own page."""

    model = Claim
    icon = "tasks"
    menu_label = gettext_lazy("Claims")
    add_to_admin_menu = False
    list_display: ClassVar = ["code", "kind", "value", "review_by", "owner", "state"]
    list_filter: ClassVar = ["kind", "state"]
    search_fields: ClassVar = ["code", "value"]
    search_backend_name = None
    ordering: ClassVar = ["review_by", "code"]
    list_per_page = 50
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            FieldPanel("code"),
            FieldPanel("kind"),
            FieldPanel("value", help_text=gettext_lazy("The fact in one sentence, as its source has it.")),
            FieldPanel("period"),
            FieldPanel("place"),
            FieldPanel("source"),
            FieldPanel("caveat", help_text=gettext_lazy("What a reader must know before relying on it.")),
            FieldPanel("verified_on"),
            FieldPanel("review_by"),
            FieldPanel("owner"),
        ],
        base_form_class=ClaimForm,
    )


class CourseGroup(ModelViewSetGroup):
    """Courses in the CMS's menu."""

    menu_label = gettext_lazy("Courses")
    menu_icon = "doc-full-inverse"
    menu_order = 200
    items = (CourseViewSet, LessonViewSet)
