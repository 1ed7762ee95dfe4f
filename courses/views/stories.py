"""Consents to true stories in the CMS: recording one, and ending it at the word of who gave it."""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from cms import clock
from cms.admin_pages import AdminPage
from cms.sent import number, word
from courses import registry
from courses.consents import ConsentFault
from courses.exceptions import ConsentRefused, NoName
from courses.models import StoryConsent, StoryIdentity
from courses.owning_forms import ConsentForm
from courses.services import (
    forget_teller_name,
    keep_teller_name,
    read_teller_name,
    record_consent,
    withdraw_consent,
)
from courses.views.owning import OWN_PERMISSION

_FAULTS: Final[dict[str, tuple[str, Promise]]] = {
    ConsentFault.NO_SCOPE: ("scope", gettext_lazy("A consent says for what. Write what they agreed to.")),
    ConsentFault.NO_LANGUAGE: ("languages", gettext_lazy("Choose the languages to which they agreed.")),
    ConsentFault.NO_FORM: ("forms", gettext_lazy("Choose the forms to which they agreed.")),
    ConsentFault.PAST: ("last_good_on", gettext_lazy("This day is past: nobody agrees to that any more.")),
    ConsentFault.NOT_CHECKED: (
        "checks",
        gettext_lazy("Look at each of these first. A story is told only when all are true."),
    ),
    ConsentFault.NO_LICENCE: ("licence", gettext_lazy("Write how the story may be used by others.")),
    ConsentFault.OPEN_LICENCE: ("licence", gettext_lazy("A person's story is never given away under CC BY.")),
}

NAMES_PERMISSION: Final = "courses.view_storyidentity"


class StoriesView(AdminPage, FormView[ConsentForm]):
    """The consents, the form for another one, and a button that ends one at once.

    Whoever edits courses may end a consent: nobody waits for a second person.
    """

    form_class = ConsentForm
    template_name = "courses/admin/stories.html"
    header_icon = "openquote"
    page_title = gettext_lazy("True stories")
    permission = OWN_PERMISSION

    def get_success_url(self) -> str:
        """Stay."""
        return reverse("courses_admin:stories")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record a consent, end one where that button was pressed, or keep, show or delete the name of who gave the story."""
        acts = {"withdraw": self._withdraw, "keep": self._keep, "read": self._read, "forget": self._forget}
        for act, answer in acts.items():
            if request.POST.get(act):
                return answer(get_object_or_404(StoryConsent, pk=number(self.request.POST, act)))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        """Record it, or say what it lacks."""
        try:
            consent = record_consent(**form.cleaned_data, by=self.request.user, at=clock.now())
        except ConsentRefused as refused:
            for fault in refused.faults:
                form.add_error(*_FAULTS[fault])
            return self.form_invalid(form)
        messages.success(self.request, _("Recorded: %(consent)s.") % {"consent": consent})
        return super().form_valid(form)

    def _may_see_names(self) -> bool:
        return bool(self.request.user.has_perm(NAMES_PERMISSION))

    def _keep(self, consent: StoryConsent) -> HttpResponse:
        if not self._may_see_names():
            raise PermissionDenied
        name = word(self.request.POST, "legal_name")[:200]
        try:
            keep_teller_name(consent=consent, legal_name=name, by=self.request.user, at=clock.now())
        except NoName:
            messages.error(self.request, _("Type the name."))
        else:
            messages.success(self.request, _("Kept. Only who may read legal names sees it."))
        return redirect(self.get_success_url())

    def _read(self, consent: StoryConsent) -> HttpResponse:
        if not self._may_see_names():
            raise PermissionDenied
        read = (consent.pk, read_teller_name(consent=consent, by=self.request.user))
        return self.render_to_response(self.get_context_data(form=ConsentForm(), read=read))

    def _forget(self, consent: StoryConsent) -> HttpResponse:
        if not self._may_see_names():
            raise PermissionDenied
        forget_teller_name(consent=consent, by=self.request.user)
        messages.success(self.request, _("Noted."))
        return redirect(self.get_success_url())

    def _withdraw(self, consent: StoryConsent) -> HttpResponse:
        withdraw_consent(consent=consent, by=self.request.user, at=clock.now())
        return self.render_to_response(self.get_context_data(form=ConsentForm(), ended=consent))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the consents with the parts that tell their stories, and where paper has to be called back."""
        today = clock.today(settings.TIME_ZONE)
        consents = StoryConsent.objects.prefetch_related("parts__course").order_by("withdrawn_at", "last_good_on")
        holding = {each: each.rule.holds(on=today) for each in consents}
        recalls = _recalls(each for each, holds in holding.items() if not holds)
        listed = [
            (each, holds, [StoryConsent.Form(form).label for form in each.forms], recalls.get(each.pk))
            for each, holds in holding.items()
        ]
        may_see_names = self._may_see_names()
        named = set(StoryIdentity.objects.values_list("consent", flat=True)) if may_see_names else set()
        return super().get_context_data(listed=listed, may_see_names=may_see_names, named=named, **kwargs)


def _recalls(ended: Iterable[StoryConsent]) -> dict[int, list[str]]:
    """Return by key of the consent where paper with its story lies; one that told none, or none any more, is left out."""
    courses = {each: {part.course for part in each.parts.all() if part.given_up_at is None} for each in ended}
    places = {course: registry.printed_copies(course=course) for course in set().union(*courses.values())}
    return {each.pk: sorted({it for course in its for it in places[course]}) for each, its in courses.items() if its}
