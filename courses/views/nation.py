"""The page of who signs for a Nation: what is theirs, taking it back and putting it back, and who else signs."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms import clock
from cms.sent import number
from courses import selectors, services
from courses.exceptions import LastSignatory, NameTaken, NoName
from courses.models import OwnedPart, Reviewer, ReviewKind, Withdrawal
from courses.review_forms import AppointForm
from courses.views.reading import get_or_post
from courses.views.reviewing import reviewing

_ACTS: Final = ("take_back", "show", "give_up", "link", "dismiss")


@get_or_post
@reviewing
def nation(request: HttpRequest, reviewer: Reviewer) -> HttpResponse:
    """List what belongs to the Nation for which this person signs; a button takes a part back, at once."""
    if reviewer.nation is None or ReviewKind.NATION not in reviewer.kinds:
        raise Http404
    if request.method == "POST":
        for act in _ACTS:
            if act in request.POST:
                pk = number(request.POST, act)
                return (
                    _with_person(request, reviewer, act, pk)
                    if act in ("link", "dismiss")
                    else _with_part(request, reviewer, act, pk)
                )
        return _appoint(request, reviewer)
    return _page(request, reviewer, AppointForm())


def _page(
    request: HttpRequest, reviewer: Reviewer, form: AppointForm, *, link: str = "", link_of: str = ""
) -> HttpResponse:
    assert reviewer.nation is not None
    parts = OwnedPart.objects.in_force().filter(nation=reviewer.nation).select_related("course")
    gone = Withdrawal.objects.in_force().filter(nation=reviewer.nation)
    by_part = {(each.course_id, each.kind, each.target): each for each in gone}
    titles = selectors.titles_of([each.course for each in parts])
    context = {
        "reviewer": reviewer,
        "parts": [
            (each, titles.get(each.course_id, each.course.code), by_part.get((each.course_id, each.kind, each.target)))
            for each in parts
        ],
        "signatories": services.signatories(reviewer.nation),
        "form": form,
        "link": link,
        "link_of": link_of,
    }
    return render(request, "courses/review/nation.html", context, status=422 if form.errors else 200)


def _with_part(request: HttpRequest, reviewer: Reviewer, act: str, pk: int) -> HttpResponse:
    parts = OwnedPart.objects.in_force().filter(nation=reviewer.nation).select_related("course", "nation")
    owned, now = get_object_or_404(parts, pk=pk), clock.now()
    if act == "take_back":
        services.take_back(owned=owned, by=reviewer, at=now)
        messages.success(request, _("It is taken back. Nobody sees it any more."))
    elif act == "show":
        services.let_show(owned=owned, by=reviewer, at=now)
        messages.success(request, _("It is shown again."))
    else:
        services.give_up(owned=owned, by=reviewer, at=now)
        messages.success(request, _("It is recorded that this is not yours."))
    return redirect("courses:nation")


def _with_person(request: HttpRequest, reviewer: Reviewer, act: str, pk: int) -> HttpResponse:
    assert reviewer.nation is not None
    signatory = next((each for each in services.signatories(reviewer.nation) if each.pk == pk), None)
    if signatory is None:
        raise Http404
    if act == "link":
        token = services.new_link_for(signatory=signatory, by=reviewer, at=clock.now())
        return _page(request, reviewer, AppointForm(), link=_address(request, token), link_of=signatory.known_as)
    try:
        services.dismiss(signatory=signatory, by=reviewer, at=clock.now())
    except LastSignatory:
        messages.error(request, _("Nobody would be left to sign. Appoint somebody else first."))
    else:
        messages.success(request, _("This person does not sign any more."))
    return redirect("courses:nation")


def _appoint(request: HttpRequest, reviewer: Reviewer) -> HttpResponse:
    assert reviewer.nation is not None
    form = AppointForm(request.POST)
    if form.is_valid():
        try:
            new, token = services.appoint(
                nation=reviewer.nation, known_as=form.cleaned_data["known_as"], by=reviewer, at=clock.now()
            )
        except NameTaken:
            form.add_error("known_as", _("Somebody is known by this name already. Choose another one."))
        except NoName:
            form.add_error("known_as", _("Type the name or pseudonym."))
        else:
            return _page(request, reviewer, AppointForm(), link=_address(request, token), link_of=new.known_as)
    return _page(request, reviewer, form)


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("courses:review_door", args=[token]))
