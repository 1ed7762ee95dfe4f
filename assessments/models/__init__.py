"""Models of assessments."""

from assessments.models.attempt import AnonymousAnswer, Answer, Attempt
from assessments.models.bank import CriticalRule, Objective, QuestionBank
from assessments.models.question import (
    ChoiceOption,
    MatchingPair,
    MatchingQuestion,
    MultipleChoiceQuestion,
    OrderingItem,
    OrderingQuestion,
    Question,
    ReflectionQuestion,
    ScenarioQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from assessments.models.quiz import BlueprintRow, Quiz

__all__ = [
    "AnonymousAnswer",
    "Answer",
    "Attempt",
    "BlueprintRow",
    "ChoiceOption",
    "CriticalRule",
    "MatchingPair",
    "MatchingQuestion",
    "MultipleChoiceQuestion",
    "Objective",
    "OrderingItem",
    "OrderingQuestion",
    "Question",
    "QuestionBank",
    "Quiz",
    "ReflectionQuestion",
    "ScenarioQuestion",
    "SingleChoiceQuestion",
    "TrueFalseQuestion",
]
