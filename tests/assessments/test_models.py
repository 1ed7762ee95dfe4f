import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.template.loader import get_template
from wagtail.models import Locale, Revision

from assessments.freezing import freeze_question
from assessments.frozen import QUESTION_TYPES
from assessments.grading import grade_question
from assessments.models import AnonymousAnswer, Answer, Attempt, BlueprintRow, Question
from assessments.viewsets import CONCRETE_MODELS
from tests.assessments.test_stateless import right_answer
from tests.factories.assessments import (
    TYPE_FACTORIES,
    BankFactory,
    QuizFactory,
    ScenarioQuestionFactory,
    SingleChoiceQuestionFactory,
    TrueFalseQuestionFactory,
)

pytestmark = pytest.mark.django_db


def test_every_type_has_a_form_a_factory_and_a_page_that_teaches_it():
    assert {model.kind: model for model in Question.__subclasses__()} == {
        model.kind: model for model in CONCRETE_MODELS
    }
    assert {*QUESTION_TYPES} == {model.kind for model in CONCRETE_MODELS} == {*TYPE_FACTORIES}
    for model in CONCRETE_MODELS:
        assert TYPE_FACTORIES[model.kind]._meta.model is model
        assert model.snippet_viewset.model is model
        get_template(f"assessments/admin/how_to/{model.kind}.html")


@pytest.mark.parametrize("kind", [kind for kind in QUESTION_TYPES if kind != "reflection"])
def test_right_answer_to_a_frozen_question_earns_the_point(kind):
    frozen = freeze_question(TYPE_FACTORIES[kind]())
    match kind:
        case "ordering":
            response = [item["id"] for item in frozen["items"]]
        case "matching":
            response = {pair["id"]: pair["right_id"] for pair in frozen["pairs"]}
        case "scenario":
            response = ["c1", "c3"]
        case _:
            response = right_answer(frozen)

    assert grade_question(frozen, response).right


def test_questions_come_back_as_their_own_type():
    made = {type(factory()) for factory in TYPE_FACTORIES.values()}

    assert {type(question) for question in Question.objects.all()} == made == {*CONCRETE_MODELS}


def test_code_is_once_in_a_language():
    question = SingleChoiceQuestionFactory(code="hos-1")

    with pytest.raises(IntegrityError), transaction.atomic():
        TrueFalseQuestionFactory(code="hos-1", bank=BankFactory())
    french = Locale.objects.get_or_create(language_code="fr")[0]
    translation = question.copy_for_translation(french)
    translation.save()
    assert (translation.code, translation.options.count()) == ("hos-1", 3)


def test_question_is_not_critical_and_innocent():
    with pytest.raises(IntegrityError), transaction.atomic():
        SingleChoiceQuestionFactory(of_rule=True, innocent=True)


def test_row_of_a_blueprint_names_one_kind():
    quiz = QuizFactory()
    objective, rule = quiz.bank.objectives.get(), quiz.bank.critical_rules.get()

    for values in ({}, {"objective": objective, "critical": rule}, {"critical": rule, "innocent": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BlueprintRow.objects.create(quiz=quiz, **values)


def test_revisions_of_a_question_go_with_it():
    question = ScenarioQuestionFactory()
    question.save_revision()
    assert question.revisions.count() == 1

    question.delete()

    assert Revision.objects.count() == 0


def test_attempt_outlives_its_learner_without_a_name():
    learner = get_user_model().objects.create_user()
    Attempt.objects.create(
        learner=learner,
        quiz_code="q",
        context="c",
        form=1,
        paper={"questions": []},
        language="en",
        started_at="2026-03-01T12:00:00Z",
    )

    learner.delete()

    assert Attempt.objects.get().learner is None


def test_nothing_in_attempts_and_answers_describes_a_person():
    names = {field.name for model in (Attempt, Answer, AnonymousAnswer) for field in model._meta.get_fields()}

    assert names == {
        "id",
        "public_id",
        "learner",
        "quiz_code",
        "context",
        "form",
        "paper",
        "language",
        "started_at",
        "submitted_at",
        "result",
        "passed",
        "answers_detached_at",
        "answers",
        "attempt",
        "question_key",
        "question_version",
        "response",
        "saved_at",
        "score_percent",
        "rest_passed",
        "month",
    }
