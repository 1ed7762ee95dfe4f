"""The rules that shipped training keeps beside its format: fair questions, neutral titles, safe advice.

They hold for the text itself; what a text means, people review. Each rule names what it protects.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from assessments.papers import BlueprintFault, check_blueprint
from courses.curriculum.fields import Said, Use
from courses.curriculum.problems import Place, Problem
from courses.curriculum.schema import (
    AttestationBlock,
    Course,
    Curriculum,
    DoNeverBlock,
    HelpNowBlock,
    Lesson,
    Question,
    ReflectionBlock,
    ScenarioBlock,
    Service,
    SignBlock,
    TwoWaysBlock,
)

MIN_ITEMS_PER_OBJECTIVE: Final = 3
MIN_ITEMS_PER_RULE: Final = 3
MIN_INNOCENT_SCENARIOS: Final = Fraction(1, 4)
MAX_RIGHT_LONGEST: Final = Fraction(2, 5)
MAX_RIGHT_SHORTEST: Final = Fraction(9, 20)
MAX_RIGHT_SAME_PLACE: Final = Fraction(1, 2)
# Below this a share says nothing: with three items, one right answer in second place is a third.
MIN_ITEMS_FOR_SHARES: Final = 8
# "Equal size" and "equal weight" in characters: neither less than two thirds of the other side.
MIN_BOSS_SIDE: Final = Fraction(2, 3)
MIN_OTHER_EXPLANATIONS: Final = Fraction(2, 3)

# Somebody who looks over a shoulder, reads a calendar or a browser's history must not learn the topic.
_TELLING_WORDS: Final = re.compile(
    r"traffick|exploit|slave|\bsex|prostitut|\bpimp|\brap(?:e|ist)|\bporn|\babus|\bvictim|\bsurvivor"
    r"|\bgroom(?:ed|ing|er)|\bsmuggl|\bbrothel|\bescort|\bcoerc|\bviolen|\bmissing|\bforced|\bluring|\blured",
    re.IGNORECASE,
)

# Numbers without a base that can be checked, and words that label people or sell the topic.
_BANNED: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), reason)
    for pattern, reason in (
        (r"\baverage age\b", "a number without a base that can be checked"),
        (r"\bfastest[- ]growing\b", "a claim without a base that can be checked"),
        (r"\b(?:second|third)[- ](?:largest|biggest|most profitable)\b", "a claim without a base that can be checked"),
        (r"\bhalf of (?:all )?(?:the )?victims\b", "a number without a base that can be checked"),
        (r"\b50 ?(?:%|per ?cent\b)", "a number without a base that can be checked"),
        (r"\bmodern(?:[- ]day)? slave", "a sensational word"),
        (r"\b(?:sex|child|white)[- ]slave", "a sensational word"),
        (r"\bpimp", "a sensational word"),
        (r"\bprostitute", "a label; say what somebody does"),
        (r"\b(?:hooker|whore)s?\b", "a label; say what somebody does"),
        (r"\blured\b|\binnocent (?:girl|child|victim|women|woman)", "a sensational word"),
        (r"\bin chains\b|\bchained\b|\bshackle", "a sensational picture"),
        (r"\bthe vulnerable\b", "a label; say what makes it hard"),
        (r"\bvulnerable (?:people|persons?|women|girls|boys|youth|victims?)\b", "a label; say what makes it hard"),
        (r"\billegals\b|\billegal (?:im)?migrants?\b|\billegal (?:worker|alien)s?\b", "no person is illegal"),
    )
)
_RESCUE: Final = re.compile(r"\brescu(?:e|es|ed|ing|er|ers)\b", re.IGNORECASE)
_NEGATED: Final = re.compile(r"\b(?:not|never|no|nobody|cannot)\b|n['’]t\b", re.IGNORECASE)

# A sign is something done; it never rests on how somebody looks, where they come from or what they work.
_LOOKS: Final = re.compile(
    r"\b(?:accents?|skin|race|racial|ethnic\w*|nationalit\w+|religio\w+|foreign\w*|immigrants?|migrants?|newcomers?"
    r"|hair|make-?up|tattoo\w*|outfits?|short skirts?|skimpy|provocative\w*|well[- ]dressed|dressed|clothing"
    r"|hijab|turban|headscar(?:f|ves)|indigenous|asian|african|latin\w*|filipin\w+|eastern european|chinese|indian"
    r"|mexican|gender|transgender|gay|lesbian|sex workers?|escorts?|strippers?|refugees?"
    r"|look(?:s|ed)? (?:poor|foreign))\b",
    re.IGNORECASE,
)

# A number that changes has to change everywhere: help lines stand in their records, not in running text.
_PHONE: Final = re.compile(r"(?<![\w-])(?:1[-. ])?(?:\(?\d{3}\)?[-. ])?\d{3}[-. ]\d{4}(?![\w-])")

_PERCENT: Final = re.compile(r"\d+(?:\.\d+)? ?(?:%|per ?cent\b)", re.IGNORECASE)

_PERSON_AT_WORK: Final = (
    r"(?:managers?|management|supervisors?|employers?|dispatch(?:ers?)?|security|principals?|sergeants?|boss(?:es)?"
    r"|foreman|control room|human resources|(?:your|the|a|an|team|shift|crew|safety|designated|site|camp)\s+leads?)"
)
_TELL_AT_WORK: Final = re.compile(
    r"\b(?:tell|tells|telling|told|inform|informs|informing|notify|notifies|alert|alerts|call|calls|calling|phone"
    r"|radio|contact|ask|asks|asking|report(?:s|ed|ing)?(?:\s+\w+){0,3}?\s+to|speak\s+(?:to|with)|talk\s+(?:to|with)"
    r"|bring\s+in|go\s+to|let|hand\s+(?:it|this|the note)\s+to|pass\s+(?:it|this)\s+(?:on\s+)?to)"
    rf"(?:[\s,]+(?!not\b|never\b)[\w'’-]+){{0,4}}?\s+(?:{_PERSON_AT_WORK})\b(?!\s+camera)",
    re.IGNORECASE,
)
_NEGATED_JUST_BEFORE: Final = re.compile(
    r"(?:\b(?:not|never|cannot)\b|n['’]t\b)[^\w,]+(?:[\w'’]+[^\w,]+){0,3}$", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?:;])\s+|\n")


def shared_problems(curriculum: Curriculum) -> list[Problem]:
    """Return what the shared files break: neutral titles and addresses, words."""
    named = [(sector.at, "slug", sector.slug) for sector in curriculum.sectors]
    return [*_telling_titles(curriculum.texts), *_telling_codes(named), *_banned_words(curriculum.texts)]


def course_problems(course: Course, services: Sequence[Service], *, counted: bool) -> list[Problem]:
    """Return what a course breaks; ``counted`` is false when its files are not sound enough to count in them."""
    rules: list[Callable[[Course], Iterable[Problem]]] = [_own_words, _neutral_addresses, _wrong_options]
    rules += [_alarms, _equal_signs, _endings]
    if counted:
        rules += [_minutes, _objectives, _critical_rules, _blueprint, _innocent_scenarios, _guessing]
    problems = [problem for rule in rules for problem in rule(course)]
    for lesson in course.lessons:
        problems += _two_ways(lesson, {service.code: service for service in services})
    return problems


def _problem(at: Place, message: str) -> Problem:
    return Problem(at.path, at.line, message)


# Words


def _own_words(course: Course) -> Iterator[Problem]:
    yield from _telling_titles(course.texts)
    yield from _banned_words(course.texts)
    for said in course.texts:
        phone = _PHONE.search(said.text) if said.use is not Use.NAME else None
        if phone:
            yield _problem(said.at, f'the number "{phone[0]}" in running text; name the service in a block instead')
        percent = _PERCENT.search(said.text) if said.use not in (Use.NAME, Use.FIGURE) else None
        if percent:
            yield _problem(said.at, f'"{percent[0]}" outside a figure block, without its source and caveat')
        looks = _LOOKS.search(said.text) if said.use is Use.SIGN else None
        if looks:
            yield _problem(said.at, f'a sign that says "{looks[0]}"; signs are what people do, not who they are')


def _telling_titles(texts: Iterable[Said]) -> Iterator[Problem]:
    for said in texts:
        telling = _TELLING_WORDS.search(said.text) if said.use is Use.TITLE else None
        if telling:
            yield _problem(said.at, f'a title that says "{telling[0]}"; titles say nothing of the topic')


def _telling_codes(named: Iterable[tuple[Place, str, str]]) -> Iterator[Problem]:
    for at, what, code in named:
        telling = _TELLING_WORDS.search(code.replace("-", " "))
        if telling:
            yield _problem(at, f'the {what} "{code}" says "{telling[0]}"; addresses say nothing of the topic')


def _neutral_addresses(course: Course) -> Iterator[Problem]:
    yield from _telling_codes(
        [(course.at, "slug", course.slug), (course.at, "code", course.code)]
        + [(lesson.at, "code", lesson.code) for lesson in course.lessons]
    )


def _banned_words(texts: Iterable[Said]) -> Iterator[Problem]:
    for said in texts:
        if said.use is Use.NAME:
            continue
        for pattern, reason in _BANNED:
            found = pattern.search(said.text)
            if found:
                yield _problem(said.at, f'"{found[0]}": {reason}')
        # "Never try to rescue" is what the course teaches.
        if said.use is not Use.NEVER:
            for sentence in _SENTENCE_END.split(said.text):
                found = _RESCUE.search(sentence)
                if found and not _NEGATED.search(sentence):
                    yield _problem(said.at, f'"{found[0]}": people leave; nobody is rescued by a reader')


# Lessons


def _minutes(course: Course) -> Iterator[Problem]:
    total = sum(lesson.minutes for lesson in course.lessons)
    if total != course.minutes:
        yield _problem(course.at, f'"minutes" is {course.minutes}; the lessons take {total}')


def _scenarios(course: Course) -> list[ScenarioBlock]:
    return [block for lesson in course.lessons for block in lesson.body if isinstance(block, ScenarioBlock)]


def _innocent_scenarios(course: Course) -> Iterator[Problem]:
    scenarios = _scenarios(course)
    innocent = sum(scenario.verdict == "innocent" for scenario in scenarios)
    if innocent < len(scenarios) * MIN_INNOCENT_SCENARIOS:
        yield _problem(
            course.at, f"{innocent} of {len(scenarios)} scenarios are innocent; at least a quarter has to be"
        )


def _equal_signs(course: Course) -> Iterator[Problem]:
    for lesson in course.lessons:
        for block in lesson.body:
            if (
                isinstance(block, SignBlock)
                and block.also
                and len(block.also) < len(block.sign) * MIN_OTHER_EXPLANATIONS
            ):
                yield _problem(
                    block.at,
                    f'"also" has {len(block.also)} characters, "sign" {len(block.sign)}: '
                    "other explanations weigh as much as the sign",
                )


def _endings(course: Course) -> Iterator[Problem]:
    """A lesson ends in what the reader can do."""
    for lesson in course.lessons:
        if lesson.body and not isinstance(
            lesson.body[-1], HelpNowBlock | DoNeverBlock | TwoWaysBlock | AttestationBlock | ReflectionBlock
        ):
            yield _problem(lesson.body[-1].at, "a lesson ends in what the reader can do: help_now or do_never")


def _two_ways(lesson: Lesson, services: dict[str, Service]) -> Iterator[Problem]:
    """Wherever a lesson says to tell somebody at work, it says what to do if the boss is part of it."""
    blocks = [block for block in lesson.body if isinstance(block, TwoWaysBlock)]
    for block in blocks:
        known = [services[code] for code in block.boss.services if code in services]
        for service in known:
            if service.is_police or service.kind == "emergency":
                yield _problem(block.boss.at, f'"boss" names {service.code}: it has to be neither employer nor police')
        if known and all(service.kind == "anonymous-tips" for service in known):
            yield _problem(block.boss.at, '"boss" names only a line for tips; it has to name one that gives advice')
        if block.work.text and len(block.boss.text) < len(block.work.text) * MIN_BOSS_SIDE:
            yield _problem(block.boss.at, '"boss" says much less than "work"; both sides have the same size')
    if blocks:
        return
    for said in lesson.texts:
        if said.use in (Use.PROSE, Use.CHOICE):
            told = _tells_at_work(said.text)
            if told:
                yield _problem(said.at, f'"{told}", but the lesson has no two_ways block')
                return


def _tells_at_work(text: str) -> str:
    """Return the words that tell the reader to turn to somebody at work, or ""."""
    for sentence in _SENTENCE_END.split(text):
        for found in _TELL_AT_WORK.finditer(sentence):
            if not _NEGATED_JUST_BEFORE.search(sentence[: found.start()]):
                return " ".join(found[0].split())
    return ""


# Questions


def _wrong_options(course: Course) -> Iterator[Problem]:
    for question in course.questions:
        for option in question.options:
            if not option.correct and not option.feedback:
                yield _problem(option.at, "a wrong option without feedback")


def _alarms(course: Course) -> Iterator[Problem]:
    """Innocent questions measure false alarms, so each has an option that raises one."""
    for question in course.questions:
        counts = question.innocent and not question.critical and question.use == "paper"
        if counts and not any(option.alarm for option in question.options):
            yield _problem(question.at, 'an innocent question for the paper needs an option with "alarm"')


def _objectives(course: Course) -> Iterator[Problem]:
    asked = Counter(question.objective for question in course.questions if question.use == "paper")
    for objective in course.objectives:
        if asked[objective.code] < MIN_ITEMS_PER_OBJECTIVE:
            yield _problem(
                objective.at,
                f'objective "{objective.code}" has {asked[objective.code]} paper questions; '
                f"it needs {MIN_ITEMS_PER_OBJECTIVE}",
            )


def _critical_rules(course: Course) -> Iterator[Problem]:
    by_rule: defaultdict[str, list[Question]] = defaultdict(list)
    for question in course.questions:
        if question.critical and question.use == "paper":
            by_rule[question.critical].append(question)
    for rule in course.critical_rules:
        questions = by_rule[rule.code]
        if len(questions) < MIN_ITEMS_PER_RULE:
            yield _problem(
                rule.at,
                f'critical rule "{rule.code}" has {len(questions)} paper questions; it needs {MIN_ITEMS_PER_RULE}',
            )
        situations: set[str] = set()
        for question in questions:
            if question.situation in situations:
                yield _problem(question.at, f'situation "{question.situation}" again for critical rule "{rule.code}"')
            situations.add(question.situation)


def _blueprint(course: Course) -> Iterator[Problem]:
    if course.quiz is None:
        return
    rows = course.quiz.blueprint
    for problem in check_blueprint(_as_frozen(course)):
        at = course.quiz.at if problem.row is None else rows[problem.row].at
        yield _problem(at, _BLUEPRINT_MESSAGES[problem.fault].format(problem=problem))


_BLUEPRINT_MESSAGES: Final[dict[BlueprintFault, str]] = {
    BlueprintFault.EMPTY: "the blueprint has no row",
    BlueprintFault.BAD_ROW: "this row cannot be read",
    BlueprintFault.UNKNOWN_OBJECTIVE: 'no objective "{problem.code}"',
    BlueprintFault.UNKNOWN_RULE: 'no critical rule "{problem.code}"',
    BlueprintFault.RULE_NOT_DRAWN: 'no row draws the critical rule "{problem.code}"',
    BlueprintFault.TOO_FEW_CANDIDATES: (
        "{problem.found} questions for this kind of row; twice what is drawn, {problem.needed}, are needed"
    ),
    BlueprintFault.TOO_FEW_INNOCENT: (
        "innocent rows draw {problem.found}; a quarter of the paper, {problem.needed}, are needed"
    ),
}


def _as_frozen(course: Course) -> dict[str, Any]:
    """Return as much of the course's frozen quiz as a blueprint is checked against."""
    quiz = course.quiz
    return {
        "blueprint": [row.to_json() for row in quiz.blueprint] if quiz else [],
        "objectives": [{"code": objective.code} for objective in course.objectives],
        "critical_rules": [{"code": rule.code} for rule in course.critical_rules],
        "questions": [
            {
                "key": question.code,
                "type": question.type,
                "use": question.use,
                "objective": question.objective,
                "difficulty": question.difficulty,
                "critical": question.critical or None,
                "innocent": question.innocent,
            }
            for question in course.questions
        ],
    }


def _guessing(course: Course) -> Iterator[Problem]:
    """The right option cannot be found by its length or its place."""
    singles = [question for question in course.questions if question.type == "single"]
    if course.quiz is None or len(singles) < MIN_ITEMS_FOR_SHARES:
        return
    longest = shortest = 0
    places: Counter[int] = Counter()
    for question in singles:
        lengths = [len(option.text) for option in question.options]
        right = next(index for index, option in enumerate(question.options) if option.correct)
        others = lengths[:right] + lengths[right + 1 :]
        longest += lengths[right] > max(others)
        shortest += lengths[right] < min(others)
        places[right] += 1
    (place, most), *_ = places.most_common(1)
    for count, limit, what in (
        (longest, MAX_RIGHT_LONGEST, "is the longest"),
        (shortest, MAX_RIGHT_SHORTEST, "is the shortest"),
        (most, MAX_RIGHT_SAME_PLACE, f"stands in place {place + 1}"),
    ):
        if count > len(singles) * limit:
            yield _problem(
                Place(singles[0].at.path, 1),
                f"the right option {what} in {count} of {len(singles)} single choices; "
                f"{int(len(singles) * limit)} are allowed",
            )
