"""Sessions in person, for their facilitator and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from cms.lists import listed
from cms.typesetting import MissingGlyphs
from courses import documents, selectors, services
from courses.exceptions import AlreadyCounted, HeldBeforeRelease, NoSuchLanguage, SessionNotOver
from courses.models import Attendance, EditionText, Rendition, Session
from courses.renditions.local import local_sheet
from courses.renditions.material import material_of
from courses.session_forms import NumbersForm, SessionForm
from courses.views.course_files import kind_words
from courses.views.reading import titles_and_languages
from courses.views.renditions import sent, true_set
from people.models import Membership, Organisation, Site, StaffRole, User
from people.permissions import organisation_for
from people.scope import Scope
from people.selectors import staff_roles, visible_memberships, visible_sites

FACILITATORS = frozenset({StaffRole.Kind.FACILITATOR})
SESSIONS_SHOWN = 100
_OFF_LIST = "off"
_LED_WITH = ("guide", "deck", "handout", "booklet", "card", "poster", "paper", "sheet", "key")

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, User, Organisation, P], HttpResponse]


def facilitating(view: View[P]) -> Callable[..., HttpResponse]:
    """Let a view be opened by facilitators of the organisation in the address; for others there is nothing."""

    @wraps(view)
    def wrapped(request: HttpRequest, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = _staff_of(request)
        if user is None:
            return _to_sign_in(request)
        return view(request, user, organisation_for(user, code, kinds=FACILITATORS), *args, **kwargs)

    return wrapped


@require_safe
def sessions_home(request: HttpRequest) -> HttpResponse:
    """Choose the organisation; with one there is nothing to choose."""
    user = _staff_of(request)
    if user is None:
        return _to_sign_in(request)
    roles = staff_roles(user=user).filter(kind__in=FACILITATORS)
    organisations = list({role.organisation_id: role.organisation for role in roles}.values())
    if not organisations:
        raise Http404
    if len(organisations) == 1:
        return redirect("courses:sessions", code=organisations[0].code)
    return render(request, "courses/sessions/home.html", {"organisations": organisations})


@facilitating
def sessions(request: HttpRequest, user: User, organisation: Organisation) -> HttpResponse:
    """List one's own sessions, and plan another."""
    posted = (request.POST,) if request.method == "POST" else ()
    held = list(
        selectors.sessions_of(user, organisation).annotate(
            people=Count("attendances"), there=Count("attendances", filter=Q(attendances__result__in=_there()))
        )[:SESSIONS_SHOWN]
    )
    editions = selectors.courses_to_hold()
    courses = {it.edition.course_id for it in held} | {it.course_id for it in editions}
    titles = titles_and_languages(courses, get_language() or "")
    form = SessionForm(*posted, organisation=organisation, editions=editions, titles=titles)
    if request.method == "POST" and form.is_valid():
        made = _hold(form, user, organisation)
        if made is not None:
            return redirect("courses:session", code=organisation.code, session=made.code)
    context = {
        "organisation": organisation,
        "form": form,
        "sessions": [(it, *titles.get(it.edition.course_id, (it.edition.course.code, ""))) for it in held],
    }
    return render(request, "courses/sessions/sessions.html", context, status=422 if form.errors else 200)


def _hold(form: SessionForm, user: User, organisation: Organisation) -> Session | None:
    said = form.cleaned_data
    try:
        return services.hold_session(
            organisation=organisation,
            edition=said["edition"],
            language=said["language"],
            starts_at=said["starts_at"],
            minutes=said["minutes"],
            time_zone=organisation.time_zone,
            place=said["place"],
            facilitator=user,
            at=clock.now(),
        )
    except NoSuchLanguage:
        form.add_error("language", _("This course is not there in that language. Choose another."))
    except HeldBeforeRelease:
        form.add_error("day", _("The course was not released then. Choose a later date."))
    return None


@facilitating
def session(request: HttpRequest, user: User, organisation: Organisation, session: str) -> HttpResponse:
    """Who is expected, and how it went."""
    held = _session(user, organisation, session)
    if request.method == "POST":
        _mark(request, held, user)
        return redirect("courses:session", code=organisation.code, session=session)
    return _page(request, held, NumbersForm())


@facilitating
@require_POST
def session_add(request: HttpRequest, user: User, organisation: Organisation, session: str) -> HttpResponse:
    """Put people on the list; a number that is nobody's and one of a person out of reach read the same."""
    held = _session(user, organisation, session)
    form = NumbersForm(request.POST)
    if form.is_valid():
        numbers = form.cleaned_data["numbers"]
        found = _people(user, organisation, numbers)
        unknown = [number for number in numbers if number.lower() not in found]
        services.expect(session=held, memberships=found.values(), by=user, at=clock.now())
        if not unknown:
            return redirect("courses:session", code=organisation.code, session=session)
        form.add_error("numbers", _("Nobody here has these numbers: %(numbers)s.") % {"numbers": listed(unknown[:20])})
    return _page(request, held, form)


@facilitating
@require_POST
def session_count(request: HttpRequest, user: User, organisation: Organisation, session: str) -> HttpResponse:
    """Let attendance count."""
    held = _session(user, organisation, session)
    try:
        people = services.count_attendance(session=held, by=user, at=clock.now())
    except SessionNotOver:
        messages.error(request, _("The session is not over yet. Count who was there when it has ended."))
    else:
        said = ngettext("Counted for %(n)s person.", "Counted for %(n)s people.", people) % {"n": people}
        messages.success(request, said)
    return redirect("courses:session", code=organisation.code, session=session)


@facilitating
@require_safe
def session_sheet(request: HttpRequest, user: User, organisation: Organisation, session: str) -> HttpResponse:
    """Print the sheet to sign."""
    held = _session(user, organisation, session)
    response = HttpResponse(
        documents.sign_in_sheet(session=held, attendances=_attendances(held)), content_type="application/pdf"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="sign-in-{held.code}.pdf"'
    return response


@facilitating
@require_safe
def session_files(request: HttpRequest, user: User, organisation: Organisation, session: str) -> HttpResponse:
    """What whoever leads the session prints and shows, and what the course says beside it for one site alone."""
    held = _session(user, organisation, session)
    text = _text(held)
    files, are_true = _files(text)
    context = {
        "session": held,
        "files": [(it, kind_words(it.kind)) for it in files],
        "are_being_made": not are_true,
        "sites": _sites(held, text),
    }
    return render(request, "courses/sessions/files.html", context)


@facilitating
@require_safe
def session_file(
    request: HttpRequest, user: User, organisation: Organisation, session: str, name: str
) -> HttpResponseBase:
    """Send one of the files for whoever leads the session, if it is true."""
    files, _ = _files(_text(_session(user, organisation, session)))
    found = next((each for each in files if each.name == name), None)
    if found is None:
        raise Http404
    return sent(found)


@facilitating
@require_POST
def session_local(request: HttpRequest, user: User, organisation: Organisation, session: str) -> HttpResponse:
    """Print what the course says for one site alone, and keep that it was said in this session."""
    held = _session(user, organisation, session)
    text = _text(held)
    site = next((it for it in _sites(held, text) if it.code == request.POST.get("site")), None)
    try:
        sheet = local_sheet(text, site=site) if site else None
    except MissingGlyphs as error:
        said = _("No font here has these letters: %(letters)s. Nothing was printed.")
        messages.error(request, said % {"letters": error.characters})
        return redirect("courses:session", code=organisation.code, session=session)
    if sheet is None:
        raise Http404
    services.hand_out(session=held, local_parts=sheet.digests)
    response = HttpResponse(sheet.pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="local-{held.code}.pdf"'
    return response


def _text(held: Session) -> EditionText:
    text = selectors.text_in(held.edition, held.language)
    if text is None:
        raise AssertionError("an edition without a text is never held")
    return text


def _files(text: EditionText) -> tuple[list[Rendition], bool]:
    """Return the files for whoever leads a session of ``text``, and whether they are true; else they are asked for."""
    if not settings.RENDITIONS:
        return [], True
    kept, is_true = true_set(material_of(text))
    return [it for it in kept.files.all() if it.file and it.kind in _LED_WITH] if kept and is_true else [], is_true


def _sites(held: Session, text: EditionText) -> list[Site]:
    """Return the sites of the facilitator whose people have local parts in ``text``."""
    sites = visible_sites(user=held.facilitator, organisation=held.organisation, kinds=FACILITATORS)
    return selectors.sites_with_parts(text, sites, held.organisation)


def _page(request: HttpRequest, held: Session, form: NumbersForm) -> HttpResponse:
    titles = titles_and_languages({held.edition.course_id}, get_language() or "")
    title, language_of_title = titles.get(held.edition.course_id, (held.edition.course.code, ""))
    attendances = _attendances(held)
    quiz = any(text.snapshot["quiz"] for text in held.edition.texts.all()[:1])
    results = [it for it in Attendance.Result if quiz or it != Attendance.Result.PASSED]
    context = {
        "organisation": held.organisation,
        "session": held,
        "title": title,
        "language_of_title": language_of_title,
        "name_of_language": _language_name(held.language),
        "form": form,
        "people": [(it, [each for each in results if services.may_become(it, each)]) for it in attendances],
        "waiting": sum(it.result in Attendance.WAS_THERE and it.counted != it.result for it in attendances),
        "over": clock.now() >= held.ends_at,
        "quiz": quiz,
        "off": _OFF_LIST,
    }
    return render(request, "courses/sessions/session.html", context, status=422 if form.errors else 200)


def _mark(request: HttpRequest, held: Session, user: User) -> None:
    late = False
    for attendance in _attendances(held):
        said = request.POST.get(f"result-{attendance.pk}", attendance.result)
        try:
            if said == _OFF_LIST:
                services.take_off_list(attendance=attendance)
            elif said in Attendance.Result.values and said != attendance.result:
                services.mark_attendance(attendance=attendance, result=said, by=user, at=clock.now())
        except AlreadyCounted:
            late = True
    if late:
        messages.error(request, _("What was counted meanwhile was left as it is."))
    else:
        messages.success(request, _("Saved."))


def _there() -> list[str]:
    return sorted(Attendance.WAS_THERE)


def _attendances(held: Session) -> list[Attendance]:
    return list(Attendance.objects.filter(session=held).select_related("membership"))


def _people(user: User, organisation: Organisation, numbers: list[str]) -> dict[str, Membership]:
    """Return the people with these numbers whom the facilitator may put on a list, by folded number."""
    visible = visible_memberships(user=user, organisation=organisation, kinds=FACILITATORS)
    wanted = Q()
    for number in numbers:
        wanted |= Q(employee_number__iexact=number)
    return {member.employee_number.lower(): member for member in visible.filter(wanted)}


def _session(user: User, organisation: Organisation, code: str) -> Session:
    held = selectors.sessions_of(user, organisation).filter(code=code).first()
    if held is None:
        raise Http404
    return held


def _language_name(language: str) -> str:
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language


def _staff_of(request: HttpRequest) -> User | None:
    """Return who is signed in personally; a session that a PIN opened is a learner's."""
    scope: Scope = request.scope  # type: ignore[attr-defined]  # people.middleware
    if scope.signed_in and scope.staff is None:
        raise Http404
    return scope.staff


def _to_sign_in(request: HttpRequest) -> Any:
    here = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("courses:sessions_home")
    return redirect_to_login(here)
