"""The rules of policy: each broken once in a small sound curriculum, and the same rule kept."""

import re

import pytest

from courses.curriculum import CurriculumRejected, Problem, read_curriculum
from courses.curriculum.reader import examine_curriculum
from tests.courses import curricula
from tests.courses.curricula import broken, write

ACT = "hospitality/lessons/02-act.yaml"
BANK = "hospitality/bank.yaml"
COURSE = "hospitality/course.yaml"


def problems_of(root):
    try:
        read_curriculum(root)
    except CurriculumRejected as rejected:
        return list(rejected.problems)
    return []


def only_problem(root):
    (problem,) = problems_of(root)
    return problem


TWO_WAYS = """\
  - type: two_ways
    work: {title: "Tell the manager on duty", text: "Give time, place and words."}
    boss: {title: "If your boss is part of it", text: "Call the hotline from your phone.", services: [ca-hotline]}
"""

ONE_BREACH = {
    "telling title of a course": (
        "course",
        "title: Safe and fair work in hotels\nfull_title",
        "title: Trafficking in hotels◀\nfull_title",
        'a title that says "Traffick"',
    ),
    "telling title of a lesson": (
        "signs",
        "title: What you may notice",
        "title: Sexual harm◀",
        'a title that says "Sex"',
    ),
    "telling title of a quiz": (
        "course",
        "title: Check what you learnt",
        "title: Victims◀",
        'a title that says "Victim"',
    ),
    "telling title of a certificate": (
        "course",
        "title: Safe and fair work in hotels\n  validity",
        "title: Against exploitation◀\n  validity",
        'a title that says "exploit"',
    ),
    "telling title of a sector": (
        "sectors.yaml",
        "title: Hotels and restaurants",
        "title: Escorts◀",
        'a title that says "Escort"',
    ),
    "telling address of a course": (
        "course",
        "code: hospitality\nslug: hotel-work",
        "code: hospitality\nslug: anti-trafficking",
        "addresses say nothing of the topic",
    ),
    "telling address of a sector": (
        "sectors.yaml",
        "slug: hotels-and-restaurants",
        "slug: sex-work◀",
        'the slug "sex-work" says "sex"',
    ),
    "average age": ("act", "Danger now: call 911.", "The average age is low.", '"average age"'),
    "fastest-growing": ("signs", "Look twice.", "The fastest growing crime.◀", '"fastest growing"'),
    "second-largest": ("signs", "Look twice.", "The second-largest crime.◀", '"second-largest"'),
    "modern slavery": ("signs", "Look twice.", "It is modern-day slavery.◀", '"modern-day slave"'),
    "label": (
        "bank",
        "stem: Somebody shouts for help.",
        "stem: A prostitute shouts for help.◀",
        '"prostitute": a label',
    ),
    "vulnerable people": ("signs", "Look twice.", "It happens to vulnerable people.◀", '"vulnerable people": a label'),
    "illegal migrants": ("signs", "Look twice.", "They are illegal migrants.◀", '"illegal migrants"'),
    "rescue": ("act", "Danger now: call 911.", "You can rescue people.", '"rescue"'),
    "banned word of a service": ("services.yaml", "Say where you are.", "We rescue girls.◀", '"rescue"'),
    "number in running text": (
        "bank",
        "feedback: 911 comes first.",
        "feedback: Call 1-833-900-1010.◀",
        'the number "1-833-900-1010"',
    ),
    "short number in running text": ("signs", "Look twice.", "Call 310-1234 now.◀", 'the number "310-1234"'),
    "percentage outside a figure": ("signs", "Look twice.", "It is 12.5 % of cases.◀", '"12.5 %" outside a figure'),
    "sign of looks": (
        "signs",
        "sign: One person answers every question for another.",
        "sign: A guest with an accent is shy.◀",
        'a sign that says "accent"',
    ),
    "sign of kind of work": (
        "signs",
        "sign: One person answers every question for another.",
        "sign: A sex worker rents a room.◀",
        'a sign that says "sex worker"',
    ),
    "light other explanation": (
        "signs",
        '"It may also be shyness, a shared language, or a carer helping."',
        "Or shyness.",
        "other explanations weigh as much",
    ),
    "lesson that ends in text": (
        "act",
        '"Try to rescue somebody"]\n',
        '"Try to rescue somebody"]\n  - {type: text, heading: "So", text: "That was it."}◀\n',
        "a lesson ends in what the reader can do",
    ),
    "minutes": ("course", "minutes: 7\n", "minutes: 8\n", '"minutes" is 8; the lessons take 7'),
    "manager without two ways": ("act", TWO_WAYS, "", '"tell your manager", but the lesson has no two_ways'),
    "police on the side of the boss": (
        "act",
        "services: [ca-hotline]",
        "services: [ca-hotline, emergency]",
        '"boss" names emergency',
    ),
    "tips only on the side of the boss": (
        "act",
        "services: [ca-hotline]",
        "services: [tips]",
        '"boss" names only a line for tips',
    ),
    "short side of the boss": (
        "act",
        "Call the hotline from your phone.",
        "Call.",
        '"boss" says much less than "work"',
    ),
    "wrong option without feedback": (
        "bank",
        '{text: "Write it down", feedback: "Later."}',
        '{text: "Write it down"}◀',
        "a wrong option without feedback",
    ),
    "innocent question without an alarm": (
        "bank",
        '{text: "Call 911", alarm: true, feedback: "Nothing happened."}',
        '{text: "Call 911", feedback: "Nothing happened."}',
        'needs an option with "alarm"',
    ),
    "situation twice": (
        "bank",
        "situation: parking",
        "situation: lobby",
        'situation "lobby" again for critical rule "emergency-first"',
    ),
    "row with few questions": (
        "course",
        "{objective: note, difficulty: hard, n: 1}",
        "{objective: note, difficulty: medium, n: 1}◀",
        "0 questions for this kind of row; twice what is drawn, 2, are needed",
    ),
    "few innocent drawn": (
        "course",
        "    - {objective: note, difficulty: hard, n: 1}\n    - {innocent: true, n: 1}\n",
        "    - {objective: note, difficulty: hard, n: 1}\n",
        "innocent rows draw 0; a quarter of the paper, 1, are needed",
    ),
    "rule never drawn": (
        "course",
        "    - {critical: emergency-first, n: 1}\n",
        "",
        'no row draws the critical rule "emergency-first"',
    ),
}


@pytest.mark.parametrize("breach", ONE_BREACH)
def test_one_breach_is_one_problem_at_its_place(tmp_path, breach):
    file, old, new, message = ONE_BREACH[breach]
    path, text, line = broken(file, old, new)
    problem = only_problem(write(tmp_path, **{path: text}))
    assert message in problem.message
    assert problem.path == path
    if curricula.MARK in new:
        assert problem.line == line


def test_critical_rule_with_two_paper_questions_is_a_problem(tmp_path):
    path, text, _ = broken(
        "bank", "hos-emergency-3, type: single, use: paper", "hos-emergency-3, type: single, use: practice"
    )
    assert only_problem(write(tmp_path, **{path: text})) == Problem(
        COURSE, 22, 'critical rule "emergency-first" has 2 paper questions; it needs 3'
    )


def test_course_without_innocent_scenarios_is_a_problem(tmp_path):
    path, text, _ = broken("signs", "verdict: innocent", "verdict: concern")
    assert only_problem(write(tmp_path, **{path: text})) == Problem(
        COURSE, 1, "0 of 1 scenarios are innocent; at least a quarter has to be"
    )


def test_objective_with_two_paper_questions_is_a_problem(tmp_path):
    text = curricula.COURSE.replace(
        '  - {code: note, text: "Note facts"}\n', '  - {code: note, text: "Note facts"}\n  - {code: act, text: "Act"}\n'
    )
    bank = re.sub(r"(code: hos-log-[12], .*?)objective: note", r"\1objective: act", curricula.BANK)
    root = write(tmp_path, **{COURSE: text, BANK: bank})
    assert Problem(COURSE, 21, 'objective "act" has 2 paper questions; it needs 3') in problems_of(root)


# What is allowed


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("act", "Danger now: call 911.", "Never try to rescue anybody."),
        ("act", "Danger now: call 911.", "Do not rescue: people leave when they can."),
        ("signs", "Look twice.", "Sex work is not trafficking. The abuse of vulnerability is a sign."),
        ("signs", "Look twice.", "Call 911. Room 1204, 22:10, 2012-2022, code 570."),
        ("signs", "Most are never reported.", "About 12 % are reported."),
        ("signs", 'title: "Slow down"', 'title: "Sex work is not trafficking"'),
        ("course", "full_title: Recognising and responding to", "full_title: Survivors, victims and"),
        ("sources.yaml", "title: Landscape scan", "title: Modern slavery and sex slaves"),
        ("course", "title: Check what you learnt", "title: Essex and Sussex"),
        ("signs", "sign: One person", "sign: One grace of hairlines"),
    ],
)
def test_words_in_their_right_use_are_no_problem(tmp_path, file, old, new):
    path, text, _ = broken(file, old, new)
    assert problems_of(write(tmp_path, **{path: text})) == []


TOLD = [
    "Tell your manager.",
    "Then inform the supervisor on duty.",
    "Call security.",
    "Report what you saw to the principal.",
    "Let the dispatcher know.",
    "Speak to your employer first.",
    "Radio dispatch and stop.",
    "If nobody is in danger, tell the designated lead.",
    "Ask your sergeant.",
    "You can talk with the manager, in private.",
    "Notify the shift lead at once.",
    "If you are not sure, tell your manager.",
    "Do not call security, but tell the manager.",
]
NOT_TOLD = [
    "Do not tell your manager.",
    "You need not inform the employer.",
    "Never call security because of looks.",
    "The manager came in. Call 911.",
    "A boss who keeps a passport breaks the law.",
    "Small calls can lead to trouble.",
    "Tell a friend whom you trust.",
    "Your permit names one employer.",
    "Ask how the security camera works.",
    "You don't have to ask your boss.",
]


@pytest.mark.parametrize("advice", TOLD)
def test_advice_to_tell_somebody_at_work_needs_two_ways(tmp_path, advice):
    text = curricula.LESSON_ACT.replace(TWO_WAYS, "").replace("Otherwise tell your manager what you saw.", advice)
    problem = only_problem(write(tmp_path, **{ACT: text}))
    assert (problem.path, problem.line) == (ACT, 10)
    assert "the lesson has no two_ways block" in problem.message


@pytest.mark.parametrize("advice", NOT_TOLD)
def test_advice_that_tells_nobody_at_work_needs_no_two_ways(tmp_path, advice):
    text = curricula.LESSON_ACT.replace(TWO_WAYS, "").replace("Otherwise tell your manager what you saw.", advice)
    assert problems_of(write(tmp_path, **{ACT: text})) == []


def test_manager_in_what_never_to_do_needs_no_two_ways(tmp_path):
    text = curricula.LESSON_ACT.replace(TWO_WAYS, "").replace("Otherwise tell your manager what you saw.", "Breathe.")
    text = text.replace('never: ["Confront anybody"', 'never: ["Tell the employer who spoke"')
    assert problems_of(write(tmp_path, **{ACT: text})) == []


# Scenarios


def scenario(number, verdict):
    return (
        f"  - {{type: scenario, code: more-{number}, title: More, verdict: {verdict}, start: a, nodes: "
        '[{id: a, text: "A.", choices: [{text: "Go", next: b, feedback: "Why."}]}, {id: b, text: "B."}]}\n'
    )


@pytest.mark.parametrize(("others", "count"), [(3, 0), (4, 1)])
def test_a_quarter_of_the_scenarios_is_innocent(tmp_path, others, count):
    marker = "  - {type: check"
    more = "".join(scenario(number, "concern") for number in range(others))
    text = curricula.LESSON_SIGNS.replace(marker, more + marker)
    assert len(problems_of(write(tmp_path, **{curricula.SHORT["signs"]: text}))) == count


# Guessing


def singles(*options_of_each):
    """Return a bank with one more ordinary single choice per tuple: (right place, lengths of the options)."""
    bank = curricula.BANK
    for number, (right, lengths) in enumerate(options_of_each):
        options = ", ".join(
            '{text: "'
            + chr(ord("a") + place) * length
            + '", '
            + ("correct: true}" if place == right else 'feedback: "Why."}')
            for place, length in enumerate(lengths)
        )
        bank += (
            f"  - {{code: more-{number}, type: single, use: paper, objective: note, difficulty: easy, passage: act, "
            f'stem: "?", feedback: "Why.", options: [{options}]}}\n'
        )
    return {BANK: bank}


# The sound bank has 6 single choices; the right option is the longest in 2 and the shortest in 1 of them.
EVEN = [(0, (5, 5, 5)), (1, (5, 5, 5)), (2, (5, 5, 5)), (0, (5, 5, 5))]


def guessing(root):
    return [problem.message for problem in problems_of(root) if "the right option" in problem.message]


def test_even_options_cannot_be_guessed(tmp_path):
    assert guessing(write(tmp_path, **singles(*EVEN))) == []


def test_right_option_that_is_often_the_longest_is_a_problem(tmp_path):
    longest = [(place % 3, tuple(9 if at == place % 3 else 5 for at in range(3))) for place in range(8)]
    assert guessing(write(tmp_path, **singles(*longest[:2], *EVEN[:2]))) == []
    (message,) = guessing(write(tmp_path, **singles(*longest)))
    assert "the right option is the longest in" in message


def test_right_option_that_is_often_the_shortest_is_a_problem(tmp_path):
    shortest = [(place % 3, tuple(2 if at == place % 3 else 5 for at in range(3))) for place in range(12)]
    (message,) = guessing(write(tmp_path, **singles(*shortest)))
    assert "the right option is the shortest in" in message


def test_right_option_that_stands_in_one_place_is_a_problem(tmp_path):
    same_place = [(2, (5, 5, 5))] * 8
    (message,) = guessing(write(tmp_path, **singles(*same_place)))
    assert "the right option stands in place 3 in 9 of 14 single choices; 7 are allowed" in message


def test_few_questions_are_too_few_to_count(tmp_path):
    text = curricula.BANK.replace('{text: "Call 911", correct: true}', '{text: "Call 911 at once, now", correct: true}')
    assert problems_of(write(tmp_path, **{BANK: text})) == []


def test_rules_that_count_wait_for_a_sound_course(tmp_path):
    text = curricula.LESSON_ACT.replace("minutes: 4", "minutes: four")
    assert only_problem(write(tmp_path, **{ACT: text})).message == '"minutes" has to be a whole number'


def test_sound_curriculum_breaks_no_rule(tmp_path):
    assert examine_curriculum(write(tmp_path))[1] == []
