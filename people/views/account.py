"""The person's account: who she is where, what was changed, and ways in that are her own."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from cms.sent import word
from people import forms, selectors, services
from people.exceptions import PeopleError
from people.models import AccountChange, Employment, User
from people.origins import origin_of
from people.scope import Scope
from people.views.doors import posted, scope_of, signed_in
from people.words import why

_CHANGES_SHOWN = 100


@require_safe
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Who you are at which workplace, changes to the account, and what you can do yourself."""
    scope, user = _scope_and_user(request)
    at = clock.now()
    jobs = (
        Employment.objects.current_knowledge().filter(membership__in=scope.memberships).select_related("site", "role")
    )
    now_at: dict[int, list[Employment]] = {membership.pk: [] for membership in scope.memberships}
    for job in jobs:
        if job.covers(at):
            now_at[job.membership_id].append(job)
    context = {
        "workplaces": [(membership, now_at[membership.pk]) for membership in scope.memberships],
        "changes": _dated(scope, selectors.account_changes(scope=scope)[:_CHANGES_SHOWN]),
        "own_sign_in": selectors.has_own_sign_in(user),
        "is_staff": scope.personal and selectors.is_staff(user),
    }
    return render(request, "people/account.html", context)


@signed_in
def email(request: HttpRequest) -> HttpResponse:
    """An e-mail address of the person's own, verified by a mail sent there."""
    scope, user = _scope_and_user(request)
    form = forms.OwnEmailForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            address = services.add_own_email(user=user, email=form.cleaned_data["email"], membership=scope.membership)
        except PeopleError as error:
            form.add_error(None, why(error, at=clock.now()))
        else:
            # An address that cannot be used gets the same answer, or anybody could find out whose is known here.
            if address is not None and _may_send(request, user, address.email):
                address.send_confirmation(request)
            messages.success(
                request, _("If this address can be used, a message is on its way there. Open the link in it.")
            )
            return redirect("people:email")
    context = {
        "form": form,
        "addresses": EmailAddress.objects.filter(user=user).order_by("email") if scope.personal else (),
        "may_add": scope.personal or not selectors.has_own_sign_in(user),
    }
    return render(request, "people/email.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def email_remove(request: HttpRequest) -> HttpResponse:
    """Forget an address of the person's own; only a sign-in of one's own may do that."""
    scope, user = _scope_and_user(request)
    if scope.personal and not selectors.is_staff(user):
        services.remove_own_email(user=user, email=word(request.POST, "email"))
        messages.success(request, _("The address is removed."))
    return redirect("people:email")


@sensitive_variables("code")
@signed_in
def recovery_code(request: HttpRequest) -> HttpResponse:
    """Make a recovery code and show it once, on a page to print."""
    scope, user = _scope_and_user(request)
    code, refusal = "", ""
    if request.method == "POST":
        at = clock.now()
        try:
            code = services.make_recovery_code(user=user, at=at, membership=scope.membership)
        except PeopleError as error:
            refusal = why(error, at=at)
    context = {
        "code": code,
        "refusal": refusal,
        "may_make": scope.personal or not selectors.has_own_sign_in(user),
        "has_code": user.recovery_lookup is not None,
    }
    return render(request, "people/recovery_code.html", context)


@sensitive_post_parameters()
@signed_in
def join_workplace(request: HttpRequest) -> HttpResponse:
    """Join a workplace to the account; needs a sign-in that no employer issued."""
    scope, user = _scope_and_user(request)
    form = forms.SignInForm(posted(request)) if scope.personal else None
    if form is not None and request.method == "POST" and form.is_valid():
        at = clock.now()
        try:
            membership = services.join_membership(
                user=user,
                organisation_code=form.cleaned_data["organisation"],
                employee_number=form.cleaned_data["number"],
                pin=form.cleaned_data["pin"],
                at=at,
                origin=origin_of(request),
            )
        except PeopleError as error:
            form.add_error(None, why(error, at=at))
        else:
            messages.success(
                request, _("%(workplace)s is part of your account now.") % {"workplace": membership.organisation}
            )
            return redirect("people:account")
    return render(request, "people/join_workplace.html", {"form": form}, status=422 if form and form.errors else 200)


@signed_in
def name(request: HttpRequest) -> HttpResponse:
    """My name is wrong: the person writes the right one, and certificates are made anew with it."""
    scope, _user = _scope_and_user(request)
    if not scope.memberships:
        return redirect("people:account")
    only = scope.memberships[0] if len(scope.memberships) == 1 else None
    form = forms.NameForm(posted(request), memberships=scope.memberships, initial={"name": only.name} if only else {})
    if request.method == "POST" and form.is_valid():
        services.correct_name(membership=form.membership, name=form.cleaned_data["name"], at=clock.now())
        messages.success(request, _("Your name is corrected. Certificates with the old name are made anew."))
        return redirect("people:account")
    return render(request, "people/name.html", {"form": form, "only": only}, status=422 if form.errors else 200)


def _dated(scope: Scope, changes: Iterable[AccountChange]) -> list[tuple[date, AccountChange]]:
    """Return the changes with their dates, by the workplace's calendar; the first workplace's for the private login."""
    home = scope.memberships[0].organisation.time_zone if scope.memberships else settings.TIME_ZONE
    zones = [change.membership.organisation.time_zone if change.membership else home for change in changes]
    return [
        (change.happened_at.astimezone(ZoneInfo(zone)).date(), change)
        for change, zone in zip(changes, zones, strict=True)
    ]


def _scope_and_user(request: HttpRequest) -> tuple[Scope, User]:
    scope = scope_of(request)
    assert scope.user is not None  # the decorator saw to it
    return scope, scope.user


def _may_send(request: HttpRequest, user: User, address: str) -> bool:
    """Return whether another mail may go to an address now, so that nobody is flooded through us."""
    return ratelimit.consume(request, action="manage_email", user=user) and ratelimit.consume(
        request, action="confirm_email", key=address
    )
