"""Reviews of a course in the CMS: who was asked, what they said and wrote, and asking (again)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from cms import clock
from cms.languages import language_name
from cms.sent import whole_number, word
from courses.asking_form import AskForm
from courses.exceptions import NameTaken, NotPublished, NotTheirs, WrongReviewer
from courses.models import ReviewComment, Reviewer, ReviewRequest
from courses.release_words import in_words
from courses.services import (
    add_reviewer,
    ask_for_review,
    make_link,
    published_texts,
    review_problems,
    settle_comment,
    shut_link,
)
from courses.snapshot import Json, reviewed_digest
from courses.views.panel import CoursePanel

REVIEWS_PERMISSION = "courses.change_course"
FORGET_PERMISSION = "courses.reset_reviewer"
_MAX_REPLY_CHARS = 1000


class ReviewsView(CoursePanel, FormView[AskForm]):
    """What reviewers of a course said. Whoever may edit courses may ask; nobody here can answer for a reviewer."""

    form_class = AskForm
    template_name = "courses/admin/reviews.html"
    header_icon = "group"
    page_title = gettext_lazy("Reviews")
    permission = REVIEWS_PERMISSION

    @cached_property
    def texts(self) -> list[Json]:
        """Return the texts that a release would freeze now."""
        return published_texts(course=self.course)

    def get_success_url(self) -> str:
        """Stay."""
        return reverse("courses_admin:reviews", args=[self.course.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the languages in which there is something to read."""
        return {**super().get_form_kwargs(), "languages": [text["language"] for text in self.texts]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask; or settle a comment, make or shut a link where that button was pressed."""
        for name in ("settle", "link", "forget", "shut"):
            if name in request.POST:
                return getattr(self, f"_{name}")(request.POST[name])  # type: ignore[no-any-return]
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AskForm) -> HttpResponse:
        """Ask, or say why not."""
        asked, now = form.cleaned_data, clock.now()
        try:
            reviewer = asked["reviewer"] or add_reviewer(
                known_as=asked["known_as"], kinds=[asked["kind"]], by=self.request.user, at=now
            )
            ask_for_review(
                course=self.course,
                language=asked["language"],
                kind=asked["kind"],
                reviewer=reviewer,
                by=self.request.user,
                at=now,
            )
        except NameTaken:
            form.add_error("known_as", _("Somebody is known by this name already: choose them from the list."))
        except WrongReviewer:
            form.add_error("kind", _("This person does not review as this kind of reader, or not in this language."))
        except NotPublished:
            form.add_error("language", _("Nothing is published in this language."))
        else:
            messages.success(self.request, _("Asked. Give them their link; they find the text behind it."))
            return super().form_valid(form)
        return self.form_invalid(form)

    def _settle(self, wanted: str) -> HttpResponse:
        comments = ReviewComment.objects.filter(request__course=self.course)
        comment = get_object_or_404(comments, pk=whole_number(wanted))
        reply = word(self.request.POST, "reply")[:_MAX_REPLY_CHARS]
        settle_comment(comment=comment, reply=reply, by=self.request.user, at=clock.now())
        messages.success(self.request, _("Settled. The reviewer sees what you wrote."))
        return redirect(self.get_success_url())

    def _link(self, wanted: str) -> HttpResponse:
        return self._show_link(wanted, forget_words=False)

    def _forget(self, wanted: str) -> HttpResponse:
        if not self.request.user.has_perm(FORGET_PERMISSION):
            return self.http_method_not_allowed(self.request)
        return self._show_link(wanted, forget_words=True)

    def _show_link(self, wanted: str, *, forget_words: bool) -> HttpResponse:
        """Show the new link once; it is kept nowhere."""
        try:
            token = make_link(
                reviewer=self._reviewer(wanted), forget_words=forget_words, by=self.request.user, at=clock.now()
            )
        except NotTheirs:
            messages.error(self.request, _("Only somebody else who signs for the Nation can do this."))
            return redirect(self.get_success_url())
        link = self.request.build_absolute_uri(reverse("courses:review_door", args=[token]))
        context = self.get_context_data(form=AskForm(languages=[text["language"] for text in self.texts]))
        return self.render_to_response({**context, "link": link, "link_of": self._reviewer(wanted)})

    def _shut(self, wanted: str) -> HttpResponse:
        shut_link(reviewer=self._reviewer(wanted), by=self.request.user, at=clock.now())
        messages.success(self.request, _("The link opens no more."))
        return redirect(self.get_success_url())

    def _reviewer(self, wanted: str) -> Reviewer:
        asked = Reviewer.objects.filter(requests__course=self.course).distinct()
        reviewer: Reviewer = get_object_or_404(asked, pk=whole_number(wanted))
        return reviewer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was said and written, language by language."""
        asked = ReviewRequest.objects.filter(course=self.course).select_related("reviewer__door")
        requests = asked.prefetch_related("sign_offs", "comments")
        digests = {text["language"]: reviewed_digest(text) for text in self.texts}
        now = clock.now()
        return super().get_context_data(
            course=self.course,
            problems=[in_words(each) for each in review_problems(course=self.course, snapshots=self.texts)],
            requests=[_shown(each, digests.get(each.language, ""), now) for each in requests],
            may_forget=self.request.user.has_perm(FORGET_PERMISSION),
            max_reply_chars=_MAX_REPLY_CHARS,
            **kwargs,
        )


def _shown(asked: ReviewRequest, digest: str, now: Any) -> dict[str, Any]:
    words = list(asked.sign_offs.all())
    door = getattr(asked.reviewer, "door", None)
    comments = list(asked.comments.all())
    return {
        "asked": asked,
        "name": language_name(asked.language, "name_local"),
        "words": [(word, word.content == digest) for word in words],
        "comments": sorted(comments, key=lambda it: it.settled_at is not None),
        "has_link": door is not None and door.is_open(now),
    }
