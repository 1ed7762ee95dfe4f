"""Asking for another way: the learner's page, and the trainer's."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from certificates.models import Certification
from certificates.validity import local_date
from cms import clock
from compliance import adjustment_forms, selectors, services
from compliance.exceptions import AlreadySuperseded, DatesOutOfOrder
from compliance.models import AnotherWay
from compliance.views.portal import posted, staff_of, to_sign_in
from people.models import Membership, Organisation, User
from people.permissions import is_trainer
from people.scope import Scope
from people.selectors import hidden_before


def another_way(request: HttpRequest, membership: UUID, training: str) -> HttpResponse:
    """Let the learner ask, without a reason, and take it back."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.signed_in:
        return to_sign_in(request)
    member = next((it for it in scope.memberships if it.public_id == membership), None)
    if member is None:
        raise Http404
    certification = get_object_or_404(selectors.asked_certifications(member), code=training)
    question = selectors.question_of(member, certification)
    since = hidden_before(scope=scope, membership=member)
    if question is not None and question.step == AnotherWay.Step.ASKED and since and question.recorded_at < since:
        # Whoever set a new PIN, which may be the employer, does not learn that the person asked; the question stands.
        question = None
    if request.method == "POST":
        _ask_or_take_back(request, member, question, certification)
        return redirect("compliance:another_way", membership=membership, training=training)
    context = {"member": member, "certification": certification, "question": question}
    return render(request, "compliance/another_way.html", context)


def _ask_or_take_back(
    request: HttpRequest, member: Membership, question: AnotherWay | None, certification: Certification
) -> None:
    at = clock.now()
    on = local_date(at, member.organisation.time_zone)
    if request.POST.get("action") != "take_back":
        services.ask_for_another_way(membership=member, certification=certification, on=on, at=at)
        messages.success(request, _("You have asked. A trainer will talk to you."))
        return
    try:
        if question is not None:
            services.take_back_question(question=question, on=on, at=at)
    except AlreadySuperseded:
        messages.info(request, _("This was answered meanwhile. Look at it again."))
    else:
        messages.success(request, _("Taken back. You can ask again whenever you like."))


def other_ways(request: HttpRequest, code: str) -> HttpResponse:
    """Who asks for another way, for the trainers of the organisation; whoever is the person's manager does not learn it."""
    user = staff_of(request)
    if user is None:
        return to_sign_in(request)
    organisation = get_object_or_404(Organisation, code=code)
    if not is_trainer(user, organisation):
        raise Http404
    form = adjustment_forms.AgreeForm(*posted(request))
    if request.method == "POST":
        questions = selectors.open_questions(organisation, trainer=user)
        question = get_object_or_404(questions, reference=_uuid(request.POST.get("reference", "")))
        if not form.is_valid():
            messages.error(request, _("Choose by when it is to be done."))
        else:
            _agree(request, question, user, form.cleaned_data["last_on"])
        return redirect("compliance:other_ways", code=code)
    questions = selectors.open_questions(organisation, trainer=user)[:200]
    context = {"organisation": organisation, "questions": questions, "form": form}
    return render(request, "compliance/other_ways.html", context)


def _agree(request: HttpRequest, question: AnotherWay, user: User, last_on: date) -> None:
    at = clock.now()
    on = local_date(at, question.membership.organisation.time_zone)
    try:
        services.agree_another_way(question=question, trainer=user, on=on, last_on=last_on, at=at)
    except DatesOutOfOrder:
        messages.error(request, _("Choose today or a later day."))
    except AlreadySuperseded:
        messages.info(request, _("This was answered or taken back meanwhile."))
    else:
        messages.success(request, _("Agreed. The workplace sees only that another way was agreed."))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
