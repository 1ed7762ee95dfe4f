"""Reviews by a reviewer's own programme: the same service as their pages, with a key in place of link and words."""

import uuid
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms import clock
from cms.strict_json import load_strictly
from courses import services
from courses.exceptions import (
    AlreadySaid,
    DoorShut,
    NothingToTakeBack,
    OlderText,
    WordsTooShort,
    WrongReviewer,
    WrongWords,
)
from courses.models import Reviewer, ReviewRequest, SignOff
from courses.snapshot import reviewed_digest
from interop.views import refusal

_LARGEST_BODY_BYTES: Final = 64 * 1024
_LONGEST_COMMENT_CHARS: Final = 4000
_DIGEST_CHARS: Final = 64
_REFUSALS: Final[dict[type[Exception], tuple[int, str]]] = {
    WrongReviewer: (403, "You do not sign as this kind of reader, or in this language, any more."),
    OlderText: (409, "The text has changed since. Read it again, and say yes to the content that it has now."),
    NothingToTakeBack: (409, "There is no yes of yours to take back."),
    AlreadySaid: (409, "You have said yes or no already, so you cannot decline."),
}


def with_reviewer(view: Any) -> Any:
    """Let a key of a reviewer open a view. Every other key, and none, is the same: 401."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer" or not secret.strip():
                raise DoorShut
            reviewer = services.reviewer_of_key(secret=secret.strip(), at=clock.now())
        except DoorShut:
            answer = refusal(401, "Send a key of a reviewer as a Bearer token.")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        return view(request, reviewer, *args, **kwargs)

    return wrapped


@csrf_exempt
@require_http_methods(["POST", "DELETE"])
def review_keys(request: HttpRequest) -> HttpResponse:
    """Give a key for link, name and words of a reviewer; DELETE, with a key, ends all of theirs."""
    if request.method == "DELETE":
        return _end_keys(request)  # type: ignore[no-any-return]
    sent = _body(request)
    if sent is None or not all(isinstance(sent.get(name), str) for name in ("link", "name", "words")):
        return refusal(400, "Send JSON with link (the last part of its address), name and words.")
    try:
        key, until = services.make_reviewer_key(
            token=sent["link"].rstrip("/").rpartition("/")[2], name=sent["name"], words=sent["words"], at=clock.now()
        )
    except (DoorShut, WrongWords):
        return refusal(403, "This link, name and words do not open anything.")
    except WordsTooShort:
        return refusal(422, "Choose words of at least 8 characters.")
    return JsonResponse({"key": key, "opens_until": until.isoformat()}, status=201)


@with_reviewer
def _end_keys(request: HttpRequest, reviewer: Reviewer) -> HttpResponse:
    return JsonResponse({"ended": services.end_reviewer_keys(reviewer=reviewer)})


@with_reviewer
@require_safe
def reviews(request: HttpRequest, reviewer: Reviewer) -> HttpResponse:
    """Answer what the reviewer is asked, without the texts."""
    asked = ReviewRequest.objects.filter(reviewer=reviewer).select_related("course").prefetch_related("sign_offs")
    return JsonResponse({"reviews": [_shown(each) for each in asked]})


@with_reviewer
@require_safe
def review(request: HttpRequest, reviewer: Reviewer, asked: uuid.UUID) -> HttpResponse:
    """Answer with the text as it stands, and with ``content``, its digest: a yes names it."""
    found = _asked(reviewer, asked)
    if found is None:
        return _not_asked()
    text = services.text_to_review(course=found.course, language=found.language)
    return JsonResponse({**_shown(found), "content": reviewed_digest(text) if text else None, "text": text})


@with_reviewer
@require_http_methods(["POST"])
def review_word(request: HttpRequest, reviewer: Reviewer, asked: uuid.UUID) -> HttpResponse:
    """Take the reviewer's word: ``verdict``, the ``content`` that it is said to, and a ``comment`` if they wish."""
    found = _asked(reviewer, asked)
    if found is None:
        return _not_asked()
    sent = _body(request)
    if sent is None:
        return refusal(400, "Send JSON with verdict and content.")
    verdict, content, comment = (sent.get(name, "") for name in ("verdict", "content", "comment"))
    if verdict not in SignOff.Verdict.values:
        return refusal(400, f"verdict is one of {', '.join(SignOff.Verdict.values)}.")
    if not isinstance(content, str) or len(content) != _DIGEST_CHARS:
        return refusal(400, "content is the one that came with the text.")
    if not isinstance(comment, str) or len(comment) > _LONGEST_COMMENT_CHARS:
        return refusal(400, f"comment is a text of at most {_LONGEST_COMMENT_CHARS} characters.")
    about = {"request": found, "by": reviewer, "verdict": verdict, "content": content, "comment": comment}
    try:
        services.sign_off(**about, at=clock.now())
    except tuple(_REFUSALS) as error:
        return refusal(*_REFUSALS[type(error)])
    found = _asked(reviewer, asked)
    assert found is not None
    return JsonResponse(_shown(found))


def _asked(reviewer: Reviewer, asked: uuid.UUID) -> ReviewRequest | None:
    found = ReviewRequest.objects.filter(reviewer=reviewer, public_id=asked).select_related("course")
    return found.prefetch_related("sign_offs").first()


def _not_asked() -> HttpResponse:
    return refusal(404, "You were not asked for this review.")


def _shown(asked: ReviewRequest) -> dict[str, Any]:
    said = next(iter(asked.sign_offs.all()), None)
    return {
        "review": str(asked.public_id),
        "course": asked.course.code,
        "language": asked.language,
        "kind": asked.kind,
        "asked_at": asked.asked_at.isoformat(),
        "said": said and {"verdict": said.verdict, "content": said.content, "said_at": said.said_at.isoformat()},
    }


def _body(request: HttpRequest) -> dict[str, Any] | None:
    """Return the JSON object that was sent; None where it is none, or too large to be one."""
    if int(request.headers.get("Content-Length") or 0) > _LARGEST_BODY_BYTES:
        return None
    try:
        sent = load_strictly(request.read())
    except ValueError:
        return None
    return sent if isinstance(sent, dict) else None
