"""Item statistics by language: numbers worked out by hand, and nothing that points at a person."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from assessments.item_statistics import ItemStatistics, Tally, choices_of, fails_far_more_often, statistics, suspects
from assessments.items import plain_text
from assessments.models import AnonymousAnswer
from assessments.selectors import item_tallies
from assessments.services import ask_about_languages
from tests.factories.assessments import SingleChoiceQuestionFactory
from tests.factories.people import UserFactory, sign_in_personally
from tests.translations.samples import recorded, text, translate
from translations.given import Kind
from translations.models import TranslationTask

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ADDRESS = "/cms/answers-by-language/"


def tally(right: int, answers: int, **about: Any) -> Tally:
    return Tally(answers=answers, right=right, **about)


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (tally(20, 29), ItemStatistics(True, None, None, None, {})),
        (tally(20, 30), ItemStatistics(False, 30, 67, None, {})),
        (tally(5, 40), ItemStatistics(False, 40, 13, None, {})),  # 12.5 is rounded up
        (tally(40, 40), ItemStatistics(False, 40, 100, None, {})),
        (tally(36, 40), ItemStatistics(False, 40, None, None, {}, "all")),
        (tally(4, 40), ItemStatistics(False, 40, None, None, {}, "none")),
        # 18 of 20 who passed the rest, 6 of 20 who did not: 0.9 - 0.3.
        (tally(24, 40, high=20, high_right=18, low=20, low_right=6), ItemStatistics(False, 40, 60, 0.6, {})),
        (tally(24, 40, high=31, high_right=20, low=9, low_right=4), ItemStatistics(False, 40, 60, None, {})),
        # Worse among those who know: 10 of 20 against 16 of 20.
        (tally(26, 40, high=20, high_right=10, low=20, low_right=16), ItemStatistics(False, 40, 65, -0.3, {})),
        (
            tally(20, 40, chosen={"b": 15, "a": 20, "c": 4, "d": 1, "e": 38}),
            ItemStatistics(False, 40, 50, None, {"a": 50, "b": 38, "c": None, "d": None, "e": None}),
        ),
    ],
)
def test_statistics(counted: Tally, said: ItemStatistics) -> None:
    assert statistics(counted) == said


@pytest.mark.parametrize(
    ("here", "others", "differs"),
    [
        # 12/40 = 30 % against 160/200 = 80 %: pooled 172/240, z = 0.5 / 0.0780 = 6.4.
        (tally(12, 40), tally(160, 200), True),
        # 29 answers are too few, whatever they say.
        (tally(0, 29), tally(200, 200), False),
        (tally(12, 40), tally(29, 29), False),
        # 62.5 % against 80 %: a gap below 20 points.
        (tally(250, 400), tally(320, 400), False),
        # 18/30 = 60 % against 80 %: 20 points, z = 0.2 / 0.0819 = 2.44: may be chance.
        (tally(18, 30), tally(160, 200), False),
        # 60 % against 80 % of many: z = 0.2 / 0.0324 = 6.2.
        (tally(240, 400), tally(320, 400), True),
        # Better than the others is nothing to mend.
        (tally(200, 200), tally(12, 40), False),
        (tally(40, 40), tally(40, 40), False),
    ],
)
def test_a_language_fails_far_more_often(here: Tally, others: Tally, differs: bool) -> None:
    assert fails_far_more_often(here, others) is differs


def test_each_language_is_held_against_all_the_others() -> None:
    assert suspects({"en": tally(80, 100), "fr": tally(78, 100), "pa": tally(20, 60), "es": tally(0, 5)}) == ["pa"]


def answered(count: int, *, language: str = "en", score: int = 100, key: str = "hos-1", **about: Any) -> None:
    AnonymousAnswer.objects.bulk_create(
        AnonymousAnswer(
            **{
                "question_key": key, "question_version": "v1", "language": language, "response": "a" if score else "b",
                "score_percent": score, "month": date(2026, 9, 1),
            } | about
        )
        for _ in range(count)
    )  # fmt: skip


@pytest.fixture
def punjabi_fails(db: None) -> None:
    answered(60, rest_passed=True)
    answered(20, score=0, rest_passed=False)
    answered(12, language="pa")
    answered(30, language="pa", score=0)
    answered(3, language="fr")


def test_counts_take_two_queries_and_the_newest_version_of_each_language(
    punjabi_fails: None, django_assert_num_queries: Any
) -> None:
    answered(50, language="pa", question_version="v0", month=date(2026, 8, 1))
    answered(7, key="hos-2", response=["x", "y"], score=0)
    answered(5, key="hos-2", response=False)
    with django_assert_num_queries(2):
        first, second = item_tallies()
    assert first.tallies["en"] == Tally(80, 60, 60, 60, 20, 0, {"a": 60, "b": 20})
    assert first.tallies["pa"] == Tally(42, 12, chosen={"a": 12, "b": 30})
    assert second.tallies["en"].chosen == {"x": 7, "y": 7, "false": 5}
    assert [each.key for each in item_tallies(keys=["hos-2"])] == ["hos-2"]


def test_whoever_leads_the_language_is_asked_once(punjabi_fails: None) -> None:
    code = "question:hotel/hos-1"
    recorded(text(code, sources={"bank/hos-1/stem": "What now?", "bank/hos-1/feedback": "Call."}, kind=Kind.QUESTION))
    translate("bank/hos-1/feedback", "ਕਾਲ", language="pa")
    translate("bank/hos-1/stem", "ਹੁਣ ਕੀ?", language="pa")
    assert [ask_about_languages(at=AT), ask_about_languages(at=AT)] == [1, 0]
    [task] = TranslationTask.objects.all()
    assert (task.segment.key, task.language, task.cause) == ("bank/hos-1/stem", "pa", "reported")
    assert task.detail == "29 % : 76 %"
    TranslationTask.objects.update(done_at=AT)
    assert ask_about_languages(at=AT + timedelta(days=180)) == 0
    assert ask_about_languages(at=AT + timedelta(days=181)) == 1


def test_nothing_is_asked_where_nothing_is_translated_here(punjabi_fails: None) -> None:
    assert ask_about_languages(at=AT) == 0


def test_command_tells_no_small_number(punjabi_fails: None) -> None:
    out = StringIO()
    call_command("item_statistics", "--json", stdout=out)
    rows = {row["language"]: row for row in json.loads(out.getvalue())["items"]}
    assert rows["pa"]["differs"] is True
    assert (rows["en"]["facility_percent"], rows["en"]["discrimination"]) == (75, 1.0)
    assert rows["fr"] == {
        "question": "hos-1", "language": "fr", "too_few": True, "answers": None, "facility_percent": None, "almost": "",
        "discrimination": None, "chosen_percent": {}, "differs": False,
    }  # fmt: skip
    out = StringIO()
    call_command("item_statistics", "hos-1", "--differs", stdout=out)
    assert out.getvalue().splitlines() == [
        "hos-1 en: 80 answers, 75 % right, tells apart +1.00",
        "hos-1 fr: too few answers",
        "hos-1 pa: 42 answers, 29 % right, differs",
    ]


def test_choices_are_told_in_their_words() -> None:
    single = {"type": "single", "options": [{"id": "a", "text": "<b>Call</b>", "correct": True}]}
    scenario = {"type": "scenario", "nodes": [{"choices": [{"id": "c", "text": "Wait &amp; see"}]}]}
    assert choices_of(single) == {"a": ("Call", True)}
    assert choices_of(scenario) == {"c": ("Wait & see", None)}
    assert choices_of({"type": "true_false"}) == {}


def test_page_says_what_was_chosen(db: None, client: Client) -> None:
    question = SingleChoiceQuestionFactory()
    option = question.options.get(correct=True)
    answered(30, key=question.code, response=str(option.key))
    sign_in_personally(client, UserFactory(with_email=True, is_superuser=True))
    page = client.get(ADDRESS).content.decode()
    assert f"100 %: <bdi>{plain_text(option.text)}</bdi> (right)" in page


def test_trainers_see_the_page_and_nobody_else(client: Client, punjabi_fails: None) -> None:
    author = UserFactory(with_email=True)
    author.groups.add(Group.objects.get(name="author"))
    sign_in_personally(client, author)
    page = client.get(f"{ADDRESS}?differs=1").content.decode()
    assert "Failed far more often than in the other languages" in page
    assert "Too few answers" in page
    assert client.get(ADDRESS).status_code == 200
    other = Client()
    sign_in_personally(other, UserFactory(with_email=True))
    assert other.get(ADDRESS).status_code in (302, 403)
