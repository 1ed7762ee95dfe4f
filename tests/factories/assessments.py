"""Banks, quizzes and a question of each type, all valid unless told otherwise.

``QuizFactory()`` has a bank of its own with enough questions to be drawn twice.
"""

from itertools import count
from typing import Any

import factory
from factory.django import DjangoModelFactory
from wagtail.models import Locale

from assessments.models import (
    BlueprintRow,
    ChoiceOption,
    CriticalRule,
    MatchingPair,
    MatchingQuestion,
    MultipleChoiceQuestion,
    Objective,
    OrderingItem,
    OrderingQuestion,
    QuestionBank,
    Quiz,
    ReflectionQuestion,
    ScenarioQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)

_numbers = count(1)


class BankFactory(DjangoModelFactory):
    """A bank with one objective ``note`` and one critical rule ``emergency-first``."""

    class Meta:
        model = QuestionBank
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"bank-{n}")
    title = factory.LazyAttribute(lambda bank: bank.code.title())

    @factory.post_generation
    def parts(bank: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            ObjectiveFactory(bank=bank)
            CriticalRuleFactory(bank=bank)


class ObjectiveFactory(DjangoModelFactory):
    class Meta:
        model = Objective

    code = "note"
    text = factory.LazyAttribute(lambda objective: f"Do {objective.code}")


class CriticalRuleFactory(DjangoModelFactory):
    class Meta:
        model = CriticalRule

    code = "emergency-first"
    text = "Danger now: call 911 first"
    passage = "act"


class QuestionFactory(DjangoModelFactory):
    """What all types share; only the types are made."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    class Params:
        # A question of the bank's critical rule.
        of_rule = factory.Trait(
            critical=factory.LazyAttribute(lambda question: question.bank.critical_rules.first()),
            situation=factory.LazyFunction(lambda: f"situation-{next(_numbers)}"),
        )

    bank = factory.SubFactory(BankFactory)
    # One count for all types: a code names one question, whatever its type.
    code = factory.LazyFunction(lambda: f"question-{next(_numbers)}")
    use = "paper"
    objective = factory.LazyAttribute(lambda question: question.bank.objectives.first())
    difficulty = "easy"
    innocent = False
    passage = "act"
    stem = factory.LazyAttribute(lambda question: f"<p>{question.code}: what do you do first?</p>")
    feedback = "<p>This keeps people safe.</p>"
    # Tests with real transactions leave no rows behind, not even those of migrations.
    locale = factory.LazyFunction(lambda: Locale.objects.get_or_create(language_code="en")[0])


class SingleChoiceQuestionFactory(QuestionFactory):
    """One right option of three; of an innocent one, the second reports somebody."""

    class Meta:
        model = SingleChoiceQuestion

    @factory.post_generation
    def parts(question: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            ChoiceOptionFactory(question=question, text="<p>Ask what is needed</p>", correct=True, feedback="")
            ChoiceOptionFactory(question=question, text="<p>Tell the manager</p>", alarm=question.innocent)
            ChoiceOptionFactory(question=question, text="<p>Look the other way</p>")


class MultipleChoiceQuestionFactory(QuestionFactory):
    """Two right options of four."""

    class Meta:
        model = MultipleChoiceQuestion

    @factory.post_generation
    def parts(question: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            ChoiceOptionFactory(question=question, text="<p>Note the time</p>", correct=True)
            ChoiceOptionFactory(question=question, text="<p>Note the place</p>", correct=True)
            ChoiceOptionFactory(question=question, text="<p>Take a picture</p>", alarm=question.innocent)
            ChoiceOptionFactory(question=question, text="<p>Follow the car</p>")


class TrueFalseQuestionFactory(QuestionFactory):
    class Meta:
        model = TrueFalseQuestion

    answer = False


class OrderingQuestionFactory(QuestionFactory):
    """Three items in their order."""

    class Meta:
        model = OrderingQuestion

    use = "practice"

    @factory.post_generation
    def parts(question: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            for place, text in enumerate(("Look", "Listen", "Link")):
                OrderingItem.objects.create(question=question, text=f"<p>{text}</p>", sort_order=place)


class MatchingQuestionFactory(QuestionFactory):
    """Two pairs."""

    class Meta:
        model = MatchingQuestion

    use = "practice"

    @factory.post_generation
    def parts(question: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            for place, (left, right) in enumerate((("Danger", "911"), ("A worry", "A help line"))):
                MatchingPair.objects.create(
                    question=question, left=f"<p>{left}</p>", right=f"<p>{right}</p>", sort_order=place
                )


class ScenarioQuestionFactory(QuestionFactory):
    """Two decisions at most; the best way is ``c1``, ``c3``."""

    class Meta:
        model = ScenarioQuestion

    start = "a"
    graph = factory.LazyFunction(
        lambda: [
            scenario_node("a", ("c1", "b", "1"), ("c2", "d", "0")),
            scenario_node("b", ("c3", "d", "0.5"), ("c4", "d", "0")),
            scenario_node("d"),
        ]
    )


def scenario_node(name: str, *choices: tuple[str, str, str]) -> Any:
    """Return a part of a story as a stream child; choices are (id, next, credit)."""
    value = {
        "id": name,
        "text": f"<p>Part {name}</p>",
        "choices": [
            {"id": key, "text": f"Choice {key}", "next": leads_to, "credit": credit, "feedback": f"<p>Why {key}</p>"}
            for key, leads_to, credit in choices
        ],
    }
    return {"type": "node", "value": value}


class ReflectionQuestionFactory(QuestionFactory):
    class Meta:
        model = ReflectionQuestion

    use = "practice"
    feedback = ""


class ChoiceOptionFactory(DjangoModelFactory):
    class Meta:
        model = ChoiceOption

    text = factory.Sequence(lambda n: f"<p>Option {n}</p>")
    correct = False
    alarm = False
    feedback = "<p>People think so; asking is better.</p>"
    sort_order = factory.Sequence(lambda n: n)


class QuizFactory(DjangoModelFactory):
    """Draws four: of the critical rule, two of the objective, an innocent situation; the bank has twice as many."""

    class Meta:
        model = Quiz
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"quiz-{n}")
    title = "Check what you learnt"
    bank = factory.SubFactory(BankFactory)
    pass_percent = 75

    @factory.post_generation
    def blueprint_and_questions(quiz: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            fill_quiz(quiz)


def fill_quiz(quiz: Quiz) -> None:
    """Give ``quiz`` a blueprint that draws four questions, and its bank eight to draw from."""
    objective, rule = quiz.bank.objectives.get(), quiz.bank.critical_rules.get()
    BlueprintRow.objects.create(quiz=quiz, critical=rule, n=1, sort_order=0)
    BlueprintRow.objects.create(quiz=quiz, objective=objective, n=2, sort_order=1)
    BlueprintRow.objects.create(quiz=quiz, innocent=True, n=1, sort_order=2)
    SingleChoiceQuestionFactory.create_batch(2, bank=quiz.bank, of_rule=True)
    SingleChoiceQuestionFactory.create_batch(2, bank=quiz.bank, innocent=True)
    for type_factory in (
        SingleChoiceQuestionFactory,
        MultipleChoiceQuestionFactory,
        TrueFalseQuestionFactory,
        ScenarioQuestionFactory,
    ):
        type_factory(bank=quiz.bank)


TYPE_FACTORIES: dict[str, type[QuestionFactory]] = {
    "single": SingleChoiceQuestionFactory,
    "multiple": MultipleChoiceQuestionFactory,
    "true_false": TrueFalseQuestionFactory,
    "ordering": OrderingQuestionFactory,
    "matching": MatchingQuestionFactory,
    "scenario": ScenarioQuestionFactory,
    "reflection": ReflectionQuestionFactory,
}
