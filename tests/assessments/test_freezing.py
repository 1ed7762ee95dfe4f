import pytest
from wagtail.models import Locale
from wagtail_localize.segments.extract import extract_segments

from assessments.freezing import freeze_question, freeze_questions, freeze_quiz
from assessments.frozen import QUESTION_TYPES, question_version
from assessments.models import ChoiceOption, Question
from assessments.papers import check_blueprint
from tests.factories.assessments import (
    TYPE_FACTORIES,
    BankFactory,
    MatchingQuestionFactory,
    MultipleChoiceQuestionFactory,
    OrderingQuestionFactory,
    QuizFactory,
    ReflectionQuestionFactory,
    ScenarioQuestionFactory,
    SingleChoiceQuestionFactory,
    TrueFalseQuestionFactory,
)

pytestmark = pytest.mark.django_db

SHARED_NAMES = {
    "key",
    "version",
    "type",
    "use",
    "objective",
    "difficulty",
    "critical",
    "innocent",
    "situation",
    "passage",
    "stem",
    "feedback",
}
OWN_NAMES = {
    "single": {"options"},
    "multiple": {"options"},
    "true_false": {"answer"},
    "ordering": {"items"},
    "matching": {"pairs"},
    "scenario": {"start", "nodes"},
    "reflection": set(),
}


@pytest.fixture
def english() -> Locale:
    return Locale.get_default()


@pytest.fixture
def french() -> Locale:
    return Locale.objects.get_or_create(language_code="fr")[0]


@pytest.mark.parametrize("kind", QUESTION_TYPES)
def test_frozen_question_has_the_names_of_its_type(kind):
    frozen = freeze_question(TYPE_FACTORIES[kind]())

    assert frozen["type"] == kind
    assert set(frozen) == SHARED_NAMES | OWN_NAMES[kind]
    assert frozen["version"] == question_version(frozen)


def test_frozen_single_choice_holds_everything_plainly():
    question = SingleChoiceQuestionFactory(code="hos-1", of_rule=True, situation="lobby", difficulty="hard")
    ids = [str(key) for key in question.options.values_list("key", flat=True)]

    frozen = freeze_question(question)

    assert {name: value for name, value in frozen.items() if name != "version"} == {
        "key": "hos-1",
        "type": "single",
        "use": "paper",
        "objective": "note",
        "difficulty": "hard",
        "critical": "emergency-first",
        "innocent": False,
        "situation": "lobby",
        "passage": "act",
        "stem": "<p>hos-1: what do you do first?</p>",
        "feedback": "<p>This keeps people safe.</p>",
        "options": [
            {"id": ids[0], "text": "Ask what is needed", "correct": True, "alarm": False, "feedback": ""},
            {
                "id": ids[1],
                "text": "Tell the manager",
                "correct": False,
                "alarm": False,
                "feedback": "<p>People think so; asking is better.</p>",
            },
            {
                "id": ids[2],
                "text": "Look the other way",
                "correct": False,
                "alarm": False,
                "feedback": "<p>People think so; asking is better.</p>",
            },
        ],
    }


def test_frozen_innocent_question_marks_the_option_that_reports():
    frozen = freeze_question(SingleChoiceQuestionFactory(innocent=True))

    assert frozen["innocent"] is True
    assert [option["alarm"] for option in frozen["options"]] == [False, True, False]


def test_frozen_ordering_and_matching_keep_the_right_order():
    ordering, matching = OrderingQuestionFactory(), MatchingQuestionFactory()

    assert [item["text"] for item in freeze_question(ordering)["items"]] == ["Look", "Listen", "Link"]
    assert [(pair["left"], pair["right"]) for pair in freeze_question(matching)["pairs"]] == [
        ("Danger", "911"),
        ("A worry", "A help line"),
    ]


def test_frozen_scenario_holds_its_parts_and_credits():
    frozen = freeze_question(ScenarioQuestionFactory())

    assert frozen["start"] == "a"
    assert [(node["id"], node["text"]) for node in frozen["nodes"]] == [
        ("a", "<p>Part a</p>"),
        ("b", "<p>Part b</p>"),
        ("d", "<p>Part d</p>"),
    ]
    assert frozen["nodes"][1]["choices"] == [
        {"id": "c3", "text": "Choice c3", "next": "d", "credit": 0.5, "feedback": "<p>Why c3</p>"},
        {"id": "c4", "text": "Choice c4", "next": "d", "credit": 0, "feedback": "<p>Why c4</p>"},
    ]


def test_frozen_html_is_clean():
    question = SingleChoiceQuestionFactory(
        stem='<p data-block-key="x1" onclick="go()">Ring <b>911</b>&nbsp;<script>x</script><a href="https://a.b">now</a></p>'
    )
    question.options.update(text='<p data-block-key="y1">One &amp; all</p><p data-block-key="y2"><i>two</i></p>')

    frozen = freeze_question(Question.objects.get(pk=question.pk))

    assert frozen["stem"] == "<p>Ring <b>911</b>&nbsp;now</p>"
    assert frozen["options"][0]["text"] == "One &amp; all<br><i>two</i>"


def test_frozen_choice_of_a_story_is_escaped():
    question = ScenarioQuestionFactory()
    question.graph[0].value["choices"][0]["text"] = "Say <nothing> & wait"

    assert freeze_question(question)["nodes"][0]["choices"][0]["text"] == "Say &lt;nothing&gt; &amp; wait"


def test_version_changes_with_the_text_and_only_then():
    question = TrueFalseQuestionFactory()
    before = freeze_question(question)["version"]

    assert freeze_question(Question.objects.get(pk=question.pk))["version"] == before

    question.stem = "<p>Another statement.</p>"
    assert freeze_question(question)["version"] != before


def test_frozen_quiz_has_policy_blueprint_and_questions(english):
    quiz = QuizFactory(code="final", pass_percent=80, max_false_alarms=2, max_attempts=None, wait_hours=0)

    frozen = freeze_quiz(quiz, locale=english)

    assert {name: value for name, value in frozen.items() if name != "questions"} == {
        "code": "final",
        "title": "Check what you learnt",
        "pass_percent": 80,
        "max_false_alarms": 2,
        "max_attempts": None,
        "wait_hours": 0,
        "blueprint": [
            {"n": 1, "critical": "emergency-first"},
            {"n": 2, "objective": "note"},
            {"n": 1, "innocent": True},
        ],
        "objectives": [{"code": "note", "text": "Do note"}],
        "critical_rules": [{"code": "emergency-first", "text": "Danger now: call 911 first", "passage": "act"}],
    }
    assert len(frozen["questions"]) == 8
    assert check_blueprint(frozen) == []


def test_frozen_quiz_leaves_out_retired_questions_and_other_banks(english):
    quiz = QuizFactory()
    SingleChoiceQuestionFactory(bank=quiz.bank, code="gone", retired=True)
    SingleChoiceQuestionFactory(bank=BankFactory(), code="elsewhere")

    keys = {question["key"] for question in freeze_quiz(quiz, locale=english)["questions"]}

    assert len(keys) == 8
    assert keys & {"gone", "elsewhere"} == set()


@pytest.mark.parametrize("more", [0, 5])
def test_freezing_a_quiz_takes_the_same_queries_for_any_number_of_questions(more, english, django_assert_num_queries):
    quiz = QuizFactory()
    for each in (SingleChoiceQuestionFactory, MultipleChoiceQuestionFactory, ScenarioQuestionFactory):
        each.create_batch(more, bank=quiz.bank)
    quiz = type(quiz).objects.select_related("bank").get(pk=quiz.pk)

    # Blueprint; questions and four types of them; options, items, pairs; default language; objectives; rules.
    with django_assert_num_queries(12):
        freeze_quiz(quiz, locale=english)


def _translate(question, locale, words):
    """Give ``question`` a translation whose texts are ``words``."""
    translation = question.copy_for_translation(locale)
    translation.stem = f"<p>{words}</p>"
    translation.feedback = f"<p>{words}</p>"
    translation.save()
    ChoiceOption.objects.filter(question=translation).update(text=f"<p>{words}</p>")
    return Question.objects.get(pk=translation.pk)


def test_translated_question_takes_its_words_from_the_translation_and_its_keys_from_the_source(french):
    question = SingleChoiceQuestionFactory(innocent=True)
    translation = _translate(question, french, "Bonjour")
    # Whatever a translator may do to the form:
    ChoiceOption.objects.filter(question=translation).update(correct=True, alarm=False)
    Question.objects.filter(pk=translation.pk).update(innocent=False, passage="autre")

    source, frozen = freeze_questions([question, translation])

    assert frozen["stem"] == "<p>Bonjour</p>"
    assert [option["text"] for option in frozen["options"]] == ["Bonjour"] * 3
    assert [(option["id"], option["correct"], option["alarm"]) for option in frozen["options"]] == [
        (option["id"], option["correct"], option["alarm"]) for option in source["options"]
    ]
    assert (frozen["innocent"], frozen["passage"]) == (True, "act")
    assert frozen["version"] == question_version(frozen) != source["version"]


def test_quiz_in_another_language_holds_whole_translations_alone(english, french):
    quiz = QuizFactory()
    whole, lacking, retired = SingleChoiceQuestionFactory.create_batch(3, bank=quiz.bank)
    for question in (whole, lacking, retired):
        _translate(question, french, "Bonjour")
    ChoiceOption.objects.create(question=lacking, text="<p>A new one</p>", feedback="<p>Why</p>")
    Question.objects.filter(pk=retired.pk).update(retired=True)
    only_french = ReflectionQuestionFactory(bank=quiz.bank, locale=french)

    frozen = freeze_quiz(quiz, locale=french)

    assert {question["key"] for question in frozen["questions"]} == {whole.code, only_french.code}
    assert len(freeze_quiz(quiz, locale=english)["questions"]) == 10


def test_question_whose_translation_lacks_a_part_comes_out_in_the_default_language(french):
    question = SingleChoiceQuestionFactory()
    translation = _translate(question, french, "Bonjour")
    ChoiceOption.objects.create(question=question, text="<p>A new one</p>", feedback="<p>Why</p>")

    assert freeze_question(translation) == freeze_question(Question.objects.get(pk=question.pk))


@pytest.mark.parametrize("more", [0, 5])
def test_translated_questions_take_the_same_queries_for_any_number(more, french, django_assert_num_queries):
    quiz = QuizFactory()
    SingleChoiceQuestionFactory.create_batch(more, bank=quiz.bank)
    for question in Question.objects.filter(bank=quiz.bank):
        _translate(question, french, "Bonjour")
    quiz = type(quiz).objects.select_related("bank").get(pk=quiz.pk)

    # As in one language, the questions of the default one with their parts, and the words of objectives and rules.
    with django_assert_num_queries(21):
        frozen = freeze_quiz(quiz, locale=french)
    assert len(frozen["questions"]) == 8 + more


def test_names_of_a_storys_parts_are_not_offered_for_translation():
    segments = extract_segments(ScenarioQuestionFactory())

    paths = {segment.path.split(".")[-1] for segment in segments}
    assert paths & {"id", "next", "credit"} == set()
    assert "text" in paths
