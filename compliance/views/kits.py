"""The workplace kit of each site: the plan that it fills in, and what is printed of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import clock
from cms.typesetting import MissingGlyphs
from compliance import services
from compliance.forms import KitForm
from compliance.kit_pack import kit_pack
from compliance.kit_sheets import kit_file, kit_languages, sector_of
from compliance.models import KitDuty, SiteKit
from compliance.views.portal import Desk, pdf, portal, posted
from people.models import Site
from people.permissions import MANAGERS
from people.selectors import visible_sites


@portal()
def kits(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sites whose kit this user keeps, and which of them wait for something."""
    sites = _sites(desk).select_related("kit").prefetch_related("kit__duties").order_by("name")
    rows = [{"site": site, "kit": getattr(site, "kit", None), "late": _late(site, desk)} for site in sites]
    return render(request, "compliance/kits.html", desk.context("kits", rows=rows))


@portal()
def kit(request: HttpRequest, desk: Desk, site: str) -> HttpResponse:
    """The plan of one site as a form, and its pieces to print."""
    found = _site(desk, site)
    kept = SiteKit.objects.filter(site=found).prefetch_related("duties").first()
    form = KitForm(*posted(request), kit=kept, sector=sector_of(found), today=desk.today)
    if request.method == "POST" and form.is_valid():
        services.keep_kit(
            site=found,
            answers=form.answers,
            contacts=form.cleaned_data["contacts"],
            duties=form.duties,
            by=desk.user,
            on=desk.today,
            at=clock.now(),
        )
        messages.success(request, _("Kept. Print it anew where it hangs."))
        return redirect("compliance:kit", code=desk.organisation.code, site=found.code)
    pieces = [{"piece": each, "is_late": each.review_by < desk.today} for each in kept.duties.all()] if kept else []
    context = desk.context(
        "kits", site=found, form=form, kit=kept, pieces=pieces, languages=kit_languages(kept) if kept else []
    )
    return render(request, "compliance/kit.html", context, status=422 if form.errors else 200)


@portal()
@require_safe
def kit_piece(request: HttpRequest, desk: Desk, site: str, piece: str) -> HttpResponse:
    """Print one piece: the help lines are those of today."""
    kept = get_object_or_404(SiteKit.objects.select_related("site__parent"), site=_site(desk, site))
    if piece not in KitDuty.Piece.values:
        raise Http404
    language = request.GET.get("language", "")
    try:
        made = kit_file(kept, piece, on=desk.today, language=language)
    except MissingGlyphs as error:
        return _unprintable(request, desk, site, error)
    if piece != KitDuty.Piece.SCREEN:
        return pdf(made, f"{piece}.pdf")
    response = HttpResponse(made, content_type="image/png")
    response.headers["Content-Disposition"] = 'attachment; filename="screen.png"'
    return response


@portal()
@require_safe
def kit_whole(request: HttpRequest, desk: Desk, site: str) -> HttpResponse:
    """Everything to print at once, with the booklets and cards of the site's courses."""
    kept = get_object_or_404(SiteKit.objects.select_related("site__parent"), site=_site(desk, site))
    try:
        made = kit_pack(kept, on=desk.today)
    except MissingGlyphs as error:
        return _unprintable(request, desk, site, error)
    response = HttpResponse(made, content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="kit.zip"'
    return response


def _unprintable(request: HttpRequest, desk: Desk, site: str, error: MissingGlyphs) -> HttpResponse:
    said = _("No font here has these letters: %(letters)s. Nothing was printed.") % {"letters": error.characters}
    messages.error(request, said)
    return redirect("compliance:kit", code=desk.organisation.code, site=site)


def _sites(desk: Desk):  # type: ignore[no-untyped-def]  # a queryset
    """The sites that this user manages; auditors read elsewhere."""
    return visible_sites(user=desk.user, organisation=desk.organisation, kinds=MANAGERS)


def _site(desk: Desk, code: str) -> Site:
    found: Site = get_object_or_404(_sites(desk).select_related("parent"), code=code)
    return found


def _late(site: Site, desk: Desk) -> bool:
    kept = getattr(site, "kit", None)
    return kept is not None and any(each.review_by < desk.today for each in kept.duties.all())
