"""Item statistics by language in the CMS: counts of answers that lost their person, never a person."""

from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from assessments.freezing import freeze_questions
from assessments.frozen import Json
from assessments.item_statistics import MIN_ANSWERS, choices_of, statistics, suspects
from assessments.models import Question
from assessments.selectors import QuestionTallies, item_tallies
from cms.admin_pages import AdminPage

VIEW_PERMISSION: Final = "assessments.view_question"
QUESTIONS_ON_A_PAGE: Final = 25


class StatisticsView(AdminPage, TemplateView):
    """Facility, discrimination and what was chosen, question by question and language by language."""

    template_name = "assessments/admin/statistics.html"
    header_icon = "help"
    page_title = gettext_lazy("Answers by language")
    permission = VIEW_PERMISSION

    @cached_property
    def only_suspects(self) -> bool:
        """Whether only questions are asked for that one language fails far more often."""
        return bool(self.request.GET.get("differs"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a page of questions with their numbers."""
        asked = self.request.GET.get("p")
        if self.only_suspects:
            page = Paginator([each for each in item_tallies() if suspects(each.tallies)], QUESTIONS_ON_A_PAGE).get_page(
                asked
            )
            found = list(page)
        else:
            source = Question.objects.filter(locale__language_code=settings.LANGUAGE_CODE).order_by("code")
            page = Paginator(source.values_list("code", flat=True), QUESTIONS_ON_A_PAGE).get_page(asked)
            found = item_tallies(keys=list(page))
        texts = _texts([each.key for each in found])
        return super().get_context_data(
            page=page,
            only_suspects=self.only_suspects,
            questions=[_shown(each, texts.get(each.key)) for each in found],
            least=MIN_ANSWERS,
            **kwargs,
        )


def _texts(keys: list[str]) -> dict[str, Json]:
    """Return the questions of today in the source language, frozen, by key; what was deleted since is left out."""
    rows = Question.objects.filter(code__in=keys, locale__language_code=settings.LANGUAGE_CODE)
    return {frozen["key"]: frozen for frozen in freeze_questions(rows)}


def _shown(question: QuestionTallies, text: Json | None) -> dict[str, Any]:
    names = dict(settings.KNOWN_LANGUAGES)
    differing = suspects(question.tallies)
    choices = choices_of(text) if text else {}
    languages = []
    for language, tally in question.tallies.items():
        facts = statistics(tally)
        chosen = [(*choices.get(choice, (choice, None)), percent) for choice, percent in facts.chosen_percent.items()]
        about = {"code": language, "name": names.get(language, language)}
        languages.append({**about, "facts": facts, "chosen": chosen, "differs": language in differing})
    return {"key": question.key, "stem": text["stem"] if text else question.key, "languages": languages}
