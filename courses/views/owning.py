"""Nations in the CMS, and what of a course belongs to them. Nobody here signs or decides in a Nation's place."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from courses import selectors
from courses.exceptions import AlreadyOwned, NameTaken, NoContact, NoLicence, NoName, NothingThere, OpenLicence
from courses.models import Nation
from courses.owning_forms import NationForm, OwnForm
from courses.services import add_nation, appoint, own_part, published_texts
from courses.views.panel import CoursePanel

OWN_PERMISSION = "courses.change_course"


class NationsView(AdminPage, FormView[NationForm]):
    """The Nations that own something here, and the form to take one on."""

    form_class = NationForm
    template_name = "courses/admin/nations.html"
    header_icon = "group"
    page_title = gettext_lazy("Nations")
    permission = OWN_PERMISSION

    def form_valid(self, form: NationForm) -> HttpResponse:
        """Take the Nation on, and show the link of the first who signs once; it is kept nowhere."""
        given, now = dict(form.cleaned_data), clock.now()
        known_as = given.pop("known_as")
        try:
            token = _take_on(given, known_as, by=self.request.user, at=now)
        except NameTaken:
            form.add_error(None, _("A Nation or a person of this name is here already."))
        except OpenLicence:
            form.add_error("licence", _("What belongs to a Nation is never given away under CC BY."))
        except (NoName, NoContact, NoLicence):
            form.add_error(None, _("Something is still empty."))
        else:
            link = self.request.build_absolute_uri(reverse("courses:review_door", args=[token]))
            return self.render_to_response(self.get_context_data(form=NationForm(), link=link, link_of=known_as))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the Nations."""
        return super().get_context_data(nations=Nation.objects.prefetch_related("signatories"), **kwargs)


@transaction.atomic
def _take_on(about: dict[str, str], known_as: str, *, by: Any, at: Any) -> str:
    nation = add_nation(**about, by=by, at=at)
    _first, token = appoint(nation=nation, known_as=known_as, by=None, by_user=by, at=at)
    return token


class OwnersView(CoursePanel, FormView[OwnForm]):
    """To whom parts of a course belong. Whoever edits courses records it; only the owner ends it."""

    form_class = OwnForm
    template_name = "courses/admin/owners.html"
    header_icon = "group"
    page_title = gettext_lazy("Owners")
    permission = OWN_PERMISSION

    def get_success_url(self) -> str:
        """Stay."""
        return reverse("courses_admin:owners", args=[self.course.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer every part of what is published and of every edition."""
        texts = [*published_texts(course=self.course), *selectors.every_snapshot(self.course)]
        return {**super().get_form_kwargs(), "course": self.course.code, "snapshots": texts}

    def form_valid(self, form: OwnForm) -> HttpResponse:
        """Record it, or say why not."""
        about: dict[str, Any] = {"course": self.course, "part": form.chosen(), **form.whose()}
        try:
            owned = own_part(**about, by=self.request.user, at=clock.now())
        except AlreadyOwned:
            form.add_error("part", _("This belongs to somebody already."))
        except NothingThere:
            form.add_error("part", _("This is not there any more."))
        else:
            said = _("Recorded: %(part)s belongs to %(owner)s.") % {
                "part": owned.label,
                "owner": owned.nation or owned.consent,
            }
            messages.success(self.request, said)
            return super().form_valid(form)
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is recorded."""
        parts = selectors.owned_parts(self.course).filter(course=self.course)
        return super().get_context_data(course=self.course, parts=parts, **kwargs)
