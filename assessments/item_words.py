"""What is wrong with a question, in words for whoever writes it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from assessments.items import ItemFault, ItemProblem
from assessments.scenarios import ScenarioFault

_FAULT_MESSAGES: Final[Mapping[ItemFault | ScenarioFault, str | Promise]] = {
    ItemFault.TEXT_MISSING: gettext_lazy("This is needed."),
    ItemFault.PRACTICE_ONLY: gettext_lazy("This type of question is for practice only: on a phone it tests reading."),
    ItemFault.NEVER_CRITICAL: gettext_lazy("True or false is never critical: a tossed coin is right half the time."),
    ItemFault.CRITICAL_AND_INNOCENT: gettext_lazy(
        "A question is about a critical rule, or an innocent situation, or neither; not both."
    ),
    ItemFault.SITUATION_MISSING: gettext_lazy("A question of a critical rule needs a word for its situation."),
    ItemFault.SITUATION_TAKEN: gettext_lazy("Another question of this critical rule has this situation."),
    ItemFault.WRONG_NUMBER_OF_PARTS: gettext_lazy("There have to be %(least)d to %(most)d."),
    ItemFault.NOT_ONE_RIGHT: gettext_lazy("Exactly one option has to be right."),
    ItemFault.TOO_FEW_RIGHT: gettext_lazy("At least %(least)d options have to be right."),
    ItemFault.NONE_WRONG: gettext_lazy("At least one option has to be wrong."),
    ItemFault.SAME_TEXT: gettext_lazy("Another one says the same: nobody could tell them apart."),
    ItemFault.FEEDBACK_MISSING: gettext_lazy("Say why somebody would think so, and what is better."),
    ItemFault.ALARM_NOT_INNOCENT: gettext_lazy("Only options of an innocent situation can report somebody innocent."),
    ItemFault.ALARM_ON_RIGHT: gettext_lazy("The right option cannot report somebody innocent."),
    ItemFault.ALARM_MISSING: gettext_lazy(
        "Of an innocent situation at least one wrong option reports somebody, or acts against them."
    ),
    ItemFault.NO_CREDIT: gettext_lazy("At least one choice has to earn credit."),
    ScenarioFault.REPEATED_NODE: gettext_lazy("There is another part “%(name)s”."),
    ScenarioFault.UNKNOWN_START: gettext_lazy("There is no part “%(name)s”."),
    ScenarioFault.UNKNOWN_NEXT: gettext_lazy("There is no part “%(name)s”: the story would end in nothing."),
    ScenarioFault.UNREACHABLE: gettext_lazy("No choice leads to this part."),
    ScenarioFault.CYCLE: gettext_lazy("This leads back to part “%(name)s”: the story would never end."),
}


def fault_message(problem: ItemProblem) -> str:
    """Return the sentence for an editor."""
    values = {"least": problem.least, "most": problem.most, "name": problem.name}
    return str(_FAULT_MESSAGES[problem.fault]) % values
