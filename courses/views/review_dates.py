"""By when courses are looked at again, in the CMS: what is due, and noting that somebody looked."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from courses import selectors, services
from courses.exceptions import NotYetLooked, PastReview
from courses.models import Course, ReviewDate
from courses.models.review_date import GRACE_DAYS
from courses.views.panel import CoursePanel
from courses.views.releasing import RELEASE_PERMISSION
from people.models import User

VIEW_PERMISSION = "courses.view_course"
CHANGE_PERMISSION = "courses.change_course"
YEAR = timedelta(days=365)


def today() -> date:
    """Return the day at the site."""
    return clock.today(settings.TIME_ZONE)


class ReviewDatesView(AdminPage, TemplateView):
    """Every course, what is to be looked at first; with ``?mine``, what somebody looks after, or their group does."""

    template_name = "courses/admin/review_dates.html"
    header_icon = "calendar-check"
    page_title = gettext_lazy("Courses to look at")
    permission = VIEW_PERMISSION

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the courses, those without a day first: there are few of them, so all stand on one page."""
        courses = Course.objects.select_related("review_date__owner")
        courses = courses.annotate(
            facts=Count(
                "editions__texts__claim_uses__claim",
                filter=Q(editions__texts__claim_uses__claim__review_by__lt=today()),
                distinct=True,
            )
        )
        if "mine" in self.request.GET:
            user = self.request.user
            roles = user.groups.values_list("name", flat=True)
            unnamed = Q(review_date__owner=None, review_date__role__in=roles)
            courses = courses.filter(Q(review_date__owner=user) | unnamed)
        on = today()
        titles = selectors.titles_of(courses)
        listed = [
            (course, titles.get(course.pk, course.code), found, found.standing(on) if found else "")
            for course in courses.order_by(F("review_date__review_by").asc(nulls_first=True), "code")
            for found in [getattr(course, "review_date", None)]
        ]
        return super().get_context_data(listed=listed, mine="mine" in self.request.GET, **kwargs)


class ReviewDateForm(forms.Form):
    """When somebody looked at a course, and who looks again by when."""

    reviewed_on = forms.DateField(
        label=gettext_lazy("Looked at on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    review_by = forms.DateField(
        label=gettext_lazy("Look again by"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("Days of grace"),
        min_value=0,
        max_value=730,
        help_text=gettext_lazy("After so many days more, it cannot be assigned to anybody anew."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Which group looks after it"), choices=ReviewDate.Role.choices)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who of them"), queryset=User.objects.none(), required=False, empty_label="–"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Editors never learn who else has a login here.
        editing = Q(groups__permissions__codename="change_course") | Q(is_superuser=True)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = User.objects.filter(editing, is_active=True).distinct().order_by("name", "pk")


class ReviewDateView(CoursePanel, FormView[ReviewDateForm]):
    """Noting that a course was looked at; who may release it and who is named for it may."""

    form_class = ReviewDateForm
    template_name = "courses/admin/review_date.html"
    header_icon = "calendar-check"
    page_title = gettext_lazy("Look at it again")
    permission = VIEW_PERMISSION

    def may_enter(self) -> bool:
        """Let whoever sees courses look, and note only who may."""
        return super().may_enter() and (self.request.method != "POST" or self.may_note())

    def may_note(self) -> bool:
        """Return whether who asks may note that it was looked at."""
        user = self.request.user
        if user.has_perm(RELEASE_PERMISSION):
            return True
        found = self.found()
        return found is not None and found.owner_id == user.pk and user.has_perm(CHANGE_PERMISSION)

    def found(self) -> ReviewDate | None:
        """Return what is noted."""
        return ReviewDate.objects.filter(course=self.course).select_related("owner").first()

    def get_initial(self) -> dict[str, Any]:
        """Offer that it was looked at today, and the same again in a year."""
        found = self.found()
        return {
            "reviewed_on": today(),
            "review_by": today() + YEAR,
            "grace_days": found.grace_days if found else GRACE_DAYS,
            "role": found.role if found else ReviewDate.Role.PUBLISHER,
            "owner": found.owner_id if found else None,
        }

    def form_valid(self, form: ReviewDateForm) -> HttpResponse:
        """Note it."""
        try:
            services.set_review_date(course=self.course, **form.cleaned_data, by=self.request.user, at=clock.now())
        except NotYetLooked:
            form.add_error("reviewed_on", _("Nobody has verified it on a day that lies ahead."))
        except PastReview:
            form.add_error("review_by", _("Choose a later day: one that lies ahead, and after it was looked at."))
        else:
            messages.success(self.request, _("Noted."))
            return redirect(reverse("courses_admin:review_dates"))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is noted, and where it stands."""
        found = self.found()
        return super().get_context_data(
            found=found, standing=found.standing(today()) if found else "", may_note=self.may_note(), **kwargs
        )
