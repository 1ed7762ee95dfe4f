"""My training: what there is to do, by last good day, and what was done."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms import clock
from courses.models import Completion, Course
from courses.registry import TrainingItem, evidence_of, training_items
from courses.selectors import readable_at
from courses.views.reading import enrolments_in, sign_in_url, titles_and_languages
from people.other_languages import other_languages
from people.scope import Scope


def my_training(request: HttpRequest) -> HttpResponse:
    """Show one list: what, by when, why; below it what is done, with its certificates."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.signed_in:
        return redirect(sign_in_url(request.path, locked=scope.locked))
    at = clock.now()
    open_enrolments = list(enrolments_in(scope).filter(completed_at__isnull=True))
    completions = _completions(scope)
    items = training_items(scope=scope, at=at)
    language = get_language() or ""
    # The training that is asked for has one title, in the language of the source; its courses have one in each.
    in_other_words = {item.course.pk for item in items} if language != settings.LANGUAGE_CODE else set()
    titles = titles_and_languages(
        {enrolment.course_id for enrolment in open_enrolments}
        | {each.course_id for each in completions}
        | in_other_words,
        language,
        others=other_languages(request),
        readable=readable_at(scope.membership),
    )
    items = [
        _titled(item, *titles.get(item.course.pk, (item.title, settings.LANGUAGE_CODE)))
        if item.course.pk in in_other_words
        else item
        for item in items
    ]
    asked = {item.course.pk for item in items}
    items += [
        TrainingItem(
            course=enrolment.course,
            title=_title(titles, enrolment.course)[0],
            language=_title(titles, enrolment.course)[1],
            state="in_progress",
            last_good_on=None,
            because=_("because you started it"),
            url=reverse("courses:course", kwargs={"slug": enrolment.course.slug}),
        )
        for enrolment in open_enrolments
        if enrolment.course_id not in asked
    ]
    evidence = evidence_of(completions=completions, at=at)
    context = {
        "items": [(item, item.course.pk in {each.course_id for each in open_enrolments}) for item in items],
        "done": [
            (completion, *_title(titles, completion.course), evidence.get(completion.pk, []))
            for completion in completions
        ],
    }
    return render(request, "courses/pages/my_training.html", context)


def _title(titles: dict[int, tuple[str, str]], course: Course) -> tuple[str, str]:
    return titles.get(course.pk, (course.code, ""))


def _titled(item: TrainingItem, title: str, language: str) -> TrainingItem:
    return replace(item, title=title, language=language)


def _completions(scope: Scope) -> list[Completion]:
    completions = Completion.objects.select_related("course").filter(learner=scope.user)
    if not scope.personal:
        completions = completions.filter(membership=scope.membership)
    return list(completions)
