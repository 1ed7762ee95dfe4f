"""Getting in and out."""

from django import forms as django_forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from people import forms, other_languages, selectors, services, sessions
from people.exceptions import PeopleError, PinRefused
from people.models import Membership
from people.origins import origin_of
from people.views.doors import onward, posted, scope_of, signed_in, to_door, wanted
from people.views.language import remember
from people.words import why

_LONGEST_FILLED_IN = 60


@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Organisation, employee number and PIN. Nothing is remembered for the next person at this phone."""
    scope, filled_in = scope_of(request), _filled_in(request)
    if request.method != "POST" and not filled_in:
        if scope.locked:
            return to_door("people:unlock", to=wanted(request))
        if scope.signed_in:
            return onward(request)
    form = forms.SignInForm(posted(request), initial=filled_in)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        try:
            membership = services.sign_in(
                organisation_code=form.cleaned_data["organisation"],
                employee_number=form.cleaned_data["number"],
                pin=form.cleaned_data["pin"],
                at=at,
                origin=origin_of(request),
            )
        except PeopleError as error:
            form.add_error(None, why(error, at=at))
        else:
            sessions.open_membership(request, membership, at=at)
            return onward(request)
    return _page(request, "people/sign_in.html", form)


@sensitive_post_parameters()
def set_pin(request: HttpRequest) -> HttpResponse:
    """Choose a PIN with the one-time code of a slip; whoever did is signed in."""
    form = forms.SetPinForm(posted(request), initial=_filled_in(request))
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        try:
            membership: Membership = services.set_pin(
                organisation_code=form.cleaned_data["organisation"],
                employee_number=form.cleaned_data["number"],
                code=form.cleaned_data["code"],
                pin=form.cleaned_data["pin"],
                at=at,
                origin=origin_of(request),
            )
        except PinRefused as error:
            form.add_error("pin", why(error, at=at))
        except PeopleError as error:
            form.add_error(None, why(error, at=at))
        else:
            sessions.open_membership(request, membership, at=at)
            return onward(request)
    return _page(request, "people/set_pin.html", form)


@sensitive_post_parameters()
def sign_in_recovery(request: HttpRequest) -> HttpResponse:
    """The person's own recovery code; it opens all that is hers."""
    form = forms.RecoveryForm(posted(request))
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        try:
            user = services.sign_in_with_recovery_code(code=form.cleaned_data["code"], at=at, origin=origin_of(request))
        except PeopleError as error:
            form.add_error(None, why(error, at=at))
        else:
            sessions.open_personally(request, user, at=at)
            return redirect(wanted(request) or "people:account")
    return _page(request, "people/sign_in_recovery.html", form)


@sensitive_post_parameters()
def unlock(request: HttpRequest) -> HttpResponse:
    """The PIN alone, after an idle time; then back to where the person was."""
    membership = sessions.locked_membership(request)
    if membership is None:
        return onward(request) if scope_of(request).signed_in else to_door("people:sign_in", to=wanted(request))
    form = forms.PinForm(posted(request))
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        try:
            services.unlock(membership=membership, pin=form.cleaned_data["pin"], at=at, origin=origin_of(request))
        except PeopleError as error:
            form.add_error(None, why(error, at=at))
        else:
            sessions.unlock(request, at=at)
            return onward(request)
    return _page(request, "people/unlock.html", form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and leave nothing of it behind."""
    sessions.close(request)
    response = redirect("/")
    other_languages.forget(response)
    return response


@require_safe
@signed_in
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead staff to their organisation, editors to the CMS, learners to their training."""
    staff = scope_of(request).staff
    if staff is None:
        return redirect("courses:my_training")
    if selectors.staff_roles(user=staff).exists():
        response = redirect("compliance:home")
    elif staff.has_perm("wagtailadmin.access_admin"):
        response = redirect("wagtailadmin_home")
    else:
        response = redirect("courses:my_training")
    # Only a sign-in of one's own brings one's language: a PIN, which others may have reset, does not tell it.
    if staff.language in dict(settings.LANGUAGES) and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember(response, staff.language)
    return response


def _filled_in(request: HttpRequest) -> dict[str, str]:
    """Return what a slip's square code fills in."""
    asked = {"organisation": request.GET.get("o", ""), "number": request.GET.get("n", "")}
    return {field: value[:_LONGEST_FILLED_IN] for field, value in asked.items() if value}


def _page(request: HttpRequest, template: str, form: django_forms.Form) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, "next": wanted(request)}, status=status)
