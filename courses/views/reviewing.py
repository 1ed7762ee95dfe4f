"""Pages of reviewers: they come in by a link of their own, read, comment and answer. No account, no CMS."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from cms.languages import language_name
from cms.sent import word
from courses import selectors, services
from courses.exceptions import (
    AlreadySaid,
    DoorShut,
    EmptyComment,
    NothingPaid,
    NothingThere,
    NothingToTakeBack,
    OlderText,
    WordsTooShort,
    WrongReviewer,
    WrongWords,
)
from courses.models import Edition, EditionText, HarmAnswer, ReviewComment, ReviewDoor, Reviewer, ReviewRequest
from courses.review_forms import ComeInForm, CommentForm, SignOffForm
from courses.review_pay import in_dollars
from courses.services.reviewing import shown_text
from courses.snapshot import Json, reviewed_digest
from courses.views.lesson import lesson_context
from courses.views.reading import Reading, get_or_post
from courses.withdrawn import Part

DOOR: Final = "courses.review_door"
SEEN_AT: Final = "courses.review_seen_at"
IDLE_SECONDS: Final = 3600
"""After so long without a page the words are asked for again: reading takes time, and phones are lent."""
QUESTIONS: Final = "questions"

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Reviewer, P], HttpResponse]


class Reviewed(Reading):
    """A text that waits for its review as if it were an edition (number 0), read by nobody."""

    def url(self, name: str, **parts: Any) -> str:
        """Return where the reader already is: nothing leads on from here."""
        return ""


@get_or_post
def review_door(request: HttpRequest, token: str) -> HttpResponse:
    """Let the owner of a link in: by name and words. Afterwards the address bar no longer shows the link."""
    now = clock.now()
    try:
        door = services.door_behind(token=token, at=now)
    except DoorShut:
        return render(request, "courses/review/shut.html", status=404)
    form = ComeInForm(request.POST if request.method == "POST" else None, is_first=not door.words)
    if request.method == "POST" and form.is_valid():
        try:
            entered = services.come_in(token=token, at=now, **form.cleaned_data)
        except WrongWords:
            form.add_error(None, _("The name or the words are not those of this link. Try again."))
        except WordsTooShort:
            form.add_error("words", _("Choose at least 8 letters."))
        except DoorShut:
            return render(request, "courses/review/shut.html", status=404)
        else:
            request.session.flush()
            request.session[DOOR] = entered.token_digest
            request.session[SEEN_AT] = now.timestamp()
            rotate_token(request)
            return redirect("courses:reviews")
    context = {"form": form, "is_first": not door.words}
    return render(request, "courses/review/door.html", context, status=422 if form.errors else 200)


def reviewing(view: View[P]) -> Callable[..., HttpResponse]:
    """Let a view be opened by a reviewer who came in through a link that still opens."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        now = clock.now()
        digest = request.session.get(DOOR)
        door = (
            ReviewDoor.objects.select_related("reviewer__nation").filter(token_digest=digest).first()
            if digest
            else None
        )
        is_idle = now.timestamp() - request.session.get(SEEN_AT, 0) >= IDLE_SECONDS
        if door is None or is_idle or not door.is_open(now):
            request.session.pop(DOOR, None)
            return render(request, "courses/review/shut.html", status=404)
        request.session[SEEN_AT] = now.timestamp()
        return view(request, door.reviewer, *args, **kwargs)

    return wrapped


@require_POST
def review_leave(request: HttpRequest) -> HttpResponse:
    """Forget on this device who was reading."""
    request.session.flush()
    return redirect("site:exit")


@require_safe
@reviewing
def reviews(request: HttpRequest, reviewer: Reviewer) -> HttpResponse:
    """What this reviewer is asked to read, and what they said."""
    asked = reviewer.requests.select_related("course").prefetch_related("sign_offs").order_by("-asked_at", "pk")
    listed = [
        (each, next(iter(each.sign_offs.all()), None), language_name(each.language, "name_local")) for each in asked
    ]
    return render(request, "courses/review/reviews.html", {"reviewer": reviewer, "listed": listed})


@get_or_post
@reviewing
def review(request: HttpRequest, reviewer: Reviewer, asked: UUID) -> HttpResponse:
    """The text as a whole: what it is about, its parts, and the answer."""
    wanted = _asked(reviewer, asked)
    snapshot = services.text_to_review(course=wanted.course, language=wanted.language)
    shown = reviewed_digest(snapshot) if snapshot else ""
    said = wanted.sign_offs.first()
    sent = request.POST if request.method == "POST" else None
    form = SignOffForm(sent, before=said.verdict if said else None, initial={"content": shown})
    if sent is not None and form.is_valid() and _answer(form, wanted, reviewer, shown):
        messages.success(request, _("Your answer is recorded. Thank you."))
        return redirect("courses:review", asked=asked)
    reading = _reading(wanted, snapshot) if snapshot else None
    account = selectors.accounts([wanted.pk])[wanted.pk]
    context = {
        "reviewer": reviewer,
        "asked": wanted,
        "reading": reading,
        "snapshot": snapshot,
        "form": form,
        "said": said,
        "is_current": bool(said) and said.content == shown,
        "answers": HarmAnswer.objects.filter(course=wanted.course, language=wanted.language),
        "comments": wanted.comments.all(),
        "account": account,
        "due": in_dollars(account.due_cents),
        "paid": in_dollars(account.paid_cents),
        "questions_url": reverse("courses:review_part", args=[asked, QUESTIONS]),
    }
    return render(request, "courses/review/review.html", context, status=422 if form.errors else 200)


def _answer(form: SignOffForm, asked: ReviewRequest, reviewer: Reviewer, shown: str) -> bool:
    """Record the answer; say on the form why that cannot be."""
    try:
        services.sign_off(request=asked, by=reviewer, at=clock.now(), **form.cleaned_data)
    except OlderText:
        form.add_error("verdict", _("The text has changed since you opened it. Please look at it again, then answer."))
        form.data = {**form.data.dict(), "content": shown}  # type: ignore[attr-defined]  # it was sent, so it is a QueryDict
    except WrongReviewer:
        form.add_error("verdict", _("You are no longer asked to review in this language, or as this kind of reader."))
    except (NothingToTakeBack, AlreadySaid):
        form.add_error("verdict", _("You have answered otherwise meanwhile. Please choose again."))
    else:
        return True
    return False


@get_or_post
@reviewing
def review_part(request: HttpRequest, reviewer: Reviewer, asked: UUID, part: str) -> HttpResponse:
    """One lesson, or all questions with their answers; beside each passage a place to comment."""
    wanted = _asked(reviewer, asked)
    snapshot = shown_text(course=wanted.course, language=wanted.language, reader=reviewer)
    if snapshot is None:
        raise Http404
    if request.method == "POST":
        return _comment(request, wanted, part)
    reading = _reading(wanted, snapshot)
    passages = _questions(snapshot) if part == QUESTIONS else _passages(reading, part)
    written: dict[Part, list[ReviewComment]] = {}
    for comment in wanted.comments.all():
        written.setdefault(Part(comment.part_kind, comment.part_target), []).append(comment)
    codes = [lesson["code"] for lesson in snapshot["lessons"]] + ([QUESTIONS] if snapshot["quiz"] else [])
    place = codes.index(part) if part in codes else len(codes)
    context = {
        "reviewer": reviewer,
        "asked": wanted,
        "reading": reading,
        "content_language": reading.text.language,
        "part": part,
        "title": snapshot["quiz"]["title"] if part == QUESTIONS else reading.lesson(part)["title"],
        "lesson": None if part == QUESTIONS else reading.lesson(part),
        "passages": [{**each, "comments": written.get(each["part"], [])} for each in passages],
        "following": next(iter(codes[place + 1 :]), None),
    }
    return render(request, "courses/review/part.html", context)


@require_POST
@reviewing
def review_receipt(request: HttpRequest, reviewer: Reviewer, asked: UUID) -> HttpResponse:
    """Note whether the money has come."""
    wanted = _asked(reviewer, asked)
    # Without a payment there is no button; who sends the form all the same is shown the page as it is.
    with suppress(NothingPaid):
        services.confirm_receipt(
            request=wanted, by=reviewer, received=request.POST.get("received") == "yes", at=clock.now()
        )
    return redirect("courses:review", asked=asked)


def _comment(request: HttpRequest, asked: ReviewRequest, part: str) -> HttpResponse:
    kind, _colon, target = word(request.POST, "part").partition(":")
    form = CommentForm(request.POST)
    here = f"{reverse('courses:review_part', args=[asked.public_id, part])}#p-{target}"
    try:
        if not form.is_valid() and word(request.POST, "text").strip():
            messages.error(request, _("A comment has at most 2,000 signs. Send it in two."))
            return redirect(here)
        services.comment_on(request=asked, part=Part(kind, target), text=word(request.POST, "text"), at=clock.now())
    except EmptyComment:
        messages.error(request, _("Write the comment first."))
    except NothingThere:
        messages.error(request, _("This passage has just been changed or taken out. Look at the page again."))
    else:
        messages.success(request, _("The editors see your comment."))
    return redirect(here)


def _asked(reviewer: Reviewer, asked: UUID) -> ReviewRequest:
    wanted: ReviewRequest = get_object_or_404(reviewer.requests.select_related("course"), public_id=asked)
    return wanted


def _reading(asked: ReviewRequest, snapshot: Json) -> Reviewed:
    edition = Edition(course=asked.course, number=0)
    text = EditionText(edition=edition, language=asked.language, revision=0, digest="", snapshot=snapshot)
    # Wanted in no language: so that each passage says in which language it is.
    return Reviewed(asked.course, text, None, "", signed_in=True)


def _passages(reading: Reviewed, code: str) -> list[dict[str, Any]]:
    """Return the blocks of a lesson as learners see them; a check as a whole, with its answers."""
    lesson = reading.lesson(code)
    practice = reading.snapshot["practice"]
    blocks = {block["id"]: block for block in lesson_context(reading, lesson, answered={})["blocks"]}
    return [
        {
            "part": Part("block", block["id"]),
            "block": blocks.get(block["id"]) if block["type"] != "check" else None,
            "attestation": block["value"]["text"] if block["type"] == "attestation" else "",
            "question": practice.get(block["value"]["question"]) if block["type"] == "check" else None,
        }
        for block in lesson["body"]
    ]


def _questions(snapshot: Json) -> list[dict[str, Any]]:
    if snapshot["quiz"] is None:
        raise Http404
    return [
        {"part": Part("question", question["key"]), "question": question} for question in snapshot["quiz"]["questions"]
    ]
