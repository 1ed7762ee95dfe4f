"""Reading the folder of rule packs: all of it or nothing, with every problem found on the way.

One file holds one pack and has the name of its code; ``topics.yaml`` holds the topics.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from certificates.validity import Duration, PolicyError, PolicyProblem
from compliance.rules.applying import recurs_of
from compliance.rules.schema import (
    CONDITIONS,
    DUTIES,
    EMPLOYED,
    EVIDENCE,
    RECURRENCES,
    RETENTIONS,
    STATUSES,
    TRIGGERS,
    UNSTATED,
    Approval,
    Covering,
    EmployerDate,
    FirstDue,
    Pack,
    Recurrence,
    Retention,
    Rule,
    RuleBook,
    Scope,
    Sign,
    Source,
    Topic,
    Unless,
)
from courses.curriculum.documents import Mapping, load_document
from courses.curriculum.fields import Fields, Sheet, Use
from courses.curriculum.problems import CurriculumRejected, Problem
from courses.curriculum.reader import NOT_A_FILE
from people.site_kinds import SITE_KINDS

SHIPPED: Final = Path(__file__).resolve().parents[1] / "packs"
"""The packs that come with the platform."""
TOPICS_FILE: Final = "topics.yaml"
MAX_DURATION_CHARS: Final = 10
_PLACE: Final = re.compile(r"[a-z]{2}(?:-[a-z0-9]{1,3})?")
_ADDRESS: Final = re.compile(r"https?://[^\s]+")

_T = TypeVar("_T")


class PacksRejected(CurriculumRejected):
    """The packs have problems, all of them in ``problems``, ordered by file and line; nothing was loaded."""


def read_packs(root: Path) -> RuleBook:
    """Return what the folder ``root`` holds.

    Raises:
        PacksRejected: something breaks the format; it carries every problem.
    """
    book, problems = examine_packs(root)
    if problems:
        raise PacksRejected(problems)
    return book


def examine_packs(root: Path) -> tuple[RuleBook, list[Problem]]:
    """Return what could be read of ``root`` and every problem, ordered by file and line."""
    problems: list[Problem] = []
    files = sorted(entry.name for entry in root.iterdir() if not entry.name.startswith(".")) if root.is_dir() else []
    if TOPICS_FILE not in files:
        problems.append(Problem(TOPICS_FILE, 1, "the file is missing"))
    topics = _read(root, TOPICS_FILE, _topics, problems) if TOPICS_FILE in files else None
    known = None if topics is None else frozenset(topic.code for topic in topics)
    packs: list[Pack] = []
    given: dict[str, str] = {}
    for name in files:
        if name == TOPICS_FILE:
            continue
        if not name.endswith(".yaml") or (root / name).is_dir():
            problems.append(Problem(name, 1, "this does not belong here"))
            continue
        pack = _read(root, name, partial(_pack, name=name, topics=known, given=given), problems)
        if pack is not None:
            packs.append(pack)
    return RuleBook(tuple(packs), topics or ()), sorted(set(problems))


def _read(root: Path, name: str, shape: Callable[[Fields], _T], problems: list[Problem]) -> _T | None:
    if (root / name).is_symlink() or not (root / name).is_file():
        problems.append(Problem(name, 1, NOT_A_FILE))
        return None
    node = load_document(root / name, path=name, problems=problems)
    if node is None:
        return None
    sheet = Sheet(name, problems)
    if not isinstance(node, Mapping):
        sheet.report(node.line, "the file has to be a mapping of keys")
        return None
    return shape(Fields(node, sheet))


def _topics(fields: Fields) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    for each in fields.children("topics"):
        code = each.code()
        if code and code in {topic.code for topic in topics}:
            each.report(f'topic "{code}" again', "code")
        covered_by = tuple(_covering(it) for it in each.children("covered_by", least=0))
        topics.append(Topic(code, each.title(use=Use.NAME), covered_by))
        each.finish()
    fields.finish()
    return tuple(topics)


def _covering(fields: Fields) -> Covering:
    covering = Covering(
        course=fields.code("course"),
        lesson=fields.code("lesson"),
        objective=fields.code("objective"),
        place=_place(fields, "place", required=False),
    )
    fields.finish()
    return covering


def _pack(fields: Fields, name: str, topics: frozenset[str] | None, given: dict[str, str]) -> Pack:
    code = fields.code()
    if code and f"{code}.yaml" != name:
        fields.report(f'the code is "{code}"; the file has to be {code}.yaml', "code")
    pack = Pack(
        code=code,
        title=fields.title(use=Use.NAME),
        summary=fields.text("summary"),
        rules=tuple(_rule(each, topics, given) for each in fields.children("rules")),
    )
    fields.finish()
    return pack


def _rule(fields: Fields, topics: frozenset[str] | None, given: dict[str, str]) -> Rule:
    code = fields.code()
    if code in given:
        fields.report(f'rule "{code}" again; first in {given[code]}', "code")
    elif code:
        given[code] = fields.at("code").path
    rule = Rule(
        code=code,
        title=fields.title(use=Use.NAME),
        place=fields.text("place", max_chars=60),
        jurisdiction=_place(fields, "jurisdiction"),
        status=fields.one_of("status", STATUSES),
        duty=fields.one_of("duty", DUTIES),
        who=fields.text("who"),
        scope=_scope(fields),
        recurrence=_recurrence(fields),
        sources=tuple(_source(each) for each in fields.children("sources")),
        verified_on=fields.day("verified_on"),
        review_by=fields.day("review_by"),
        roles=fields.codes("roles", least=0),
        in_force_from=fields.day("in_force_from") if fields.has("in_force_from") else None,
        in_force_until=fields.day("in_force_until") if fields.has("in_force_until") else None,
        first_due=_first_due(fields),
        minimum_minutes=fields.integer("minimum_minutes", least=1, most=2400, required=False),
        conditions=_some(fields, "conditions", CONDITIONS),
        approval=_approval(fields),
        # Where they could not be read, none is said to be missing.
        topics=fields.codes("topics", least=0) if topics is None else _some(fields, "topics", sorted(topics)),
        evidence=_some(fields, "evidence", EVIDENCE),
        retention=_retention(fields),
        produce_within_hours=fields.integer("produce_within_hours", least=1, most=8760, required=False),
        produce_note=fields.text("produce_note", required=False),
        sign=_sign(fields),
        employer_date=_employer_date(fields),
        also=fields.texts("also", least=0),
        penalty=fields.text("penalty", required=False),
        not_stated=_some(fields, "not_stated", UNSTATED),
        notes=fields.texts("notes", least=0),
    )
    _check(rule, fields)
    fields.finish()
    return rule


def _check(rule: Rule, fields: Fields) -> None:
    """Report what contradicts itself."""
    if fields.has("review_by") and rule.review_by <= rule.verified_on:
        fields.report('"review_by" has to be later than "verified_on"', "review_by")
    if rule.in_force_from and rule.in_force_until and rule.in_force_until <= rule.in_force_from:
        fields.report('"in_force_until" has to be later than "in_force_from"', "in_force_until")
    if ("approved-course" in rule.conditions) != (rule.approval is not None):
        fields.report('the condition "approved-course" and "approval" go together', "conditions")
    open_points = (
        ("first-due", rule.first_due is not None),
        ("minimum-minutes", rule.minimum_minutes > 0),
        ("recurrence", rule.recurrence.kind != "none"),
    )
    for name, is_given in open_points:
        if is_given and name in rule.not_stated:
            fields.report(f'"{name}" is given, and named under "not_stated" as well', "not_stated")
        # No recurrence may be what the text says: once. The other two are either given or left open.
        if not is_given and name not in rule.not_stated and name != "recurrence" and rule.duty == "training":
            fields.report(f'"{name}" is neither given nor named under "not_stated"', "not_stated")


def _scope(fields: Fields) -> Scope:
    scope = fields.child("scope")
    if scope is None:
        return Scope()
    unless = scope.child("unless", required=False)
    read = Scope(
        kinds=_some(scope, "kinds", SITE_KINDS),
        kinds_to_check=_some(scope, "kinds_to_check", SITE_KINDS),
        employed=_some(scope, "employed", EMPLOYED),
        rooms_at_least=scope.integer("rooms_at_least", least=1, most=100_000, required=False) or None,
        size_at_least=scope.integer("size_at_least", least=1, most=10_000_000, required=False) or None,
        unless=_unless(unless) if unless else None,
        asks_organisation=scope.flag("asks_organisation"),
        area=scope.text("area", max_chars=100, required=False),
        ages=scope.text("ages", required=False),
    )
    scope.finish()
    return read


def _unless(fields: Fields) -> Unless:
    unless = Unless(fields.integer("rooms_at_most", least=1, most=100_000), fields.text("says"))
    fields.finish()
    return unless


def _first_due(fields: Fields) -> FirstDue | None:
    due = fields.child("first_due", required=False)
    if due is None:
        return None
    if due.has("later_of"):
        parts = due.children("later_of")
        read = FirstDue(later_of=tuple(_first_due_alone(part) for part in parts))
        if len(parts) != 2:
            due.report('"later_of" has to name two', "later_of")
        due.finish()
        return read
    return _first_due_alone(due)


def _first_due_alone(due: Fields) -> FirstDue:
    if due.has("by"):
        read = FirstDue(by=due.day("by"))
    else:
        read = FirstDue(after=due.one_of("after", TRIGGERS), within=_duration(due, "within", required=True))
    due.finish()
    return read


def _recurrence(fields: Fields) -> Recurrence:
    recurrence = fields.child("recurrence")
    if recurrence is None:
        return Recurrence()
    kind = recurrence.one_of("kind", RECURRENCES)
    length = _duration(recurrence, "length", required=kind in ("every", "anniversary", "calendar-years"))
    window = _duration(recurrence, "window", required=True) if kind == "anniversary" else None
    if length and not length.n:
        recurrence.report('"length" has to be more than nothing', "length")
    if length and kind == "calendar-years" and length.unit != "y":
        recurrence.report('"length" has to be in years, such as 2y', "length")
        length = None
    if length and kind in ("none", "licence-renewal"):
        recurrence.report(f'"length" says nothing where "kind" is {kind}', "length")
    read = Recurrence(kind or "none", length, window)
    if length and length.n:
        try:
            recurs_of(read)
        except PolicyError as error:
            recurrence.report(_RECURRENCE_PROBLEMS.get(error.problem, '"length" is too long'), "length")
    recurrence.finish()
    return read


_RECURRENCE_PROBLEMS: Final = {PolicyProblem.WINDOW_LONGER_THAN_VALIDITY: '"window" has to be no longer than "length"'}


def _approval(fields: Fields) -> Approval | None:
    approval = fields.child("approval", required=False)
    if approval is None:
        return None
    read = Approval(approval.text("body", use=Use.NAME), _duration(approval, "decides_within"))
    approval.finish()
    return read


def _retention(fields: Fields) -> Retention | None:
    retention = fields.child("retention", required=False)
    if retention is None:
        return None
    read = Retention(retention.one_of("for", RETENTIONS), _duration(retention, "and_after"))
    retention.finish()
    return read


def _sign(fields: Fields) -> Sign | None:
    sign = fields.child("sign", required=False)
    if sign is None:
        return None
    read = Sign(
        width_inches=sign.integer("width_inches", least=1, most=100),
        height_inches=sign.integer("height_inches", least=1, most=100),
        font_points=sign.integer("font_points", least=1, most=400),
        languages=sign.codes("languages"),
        more=sign.text("more", required=False),
    )
    sign.finish()
    return read


def _employer_date(fields: Fields) -> EmployerDate | None:
    on = fields.child("employer_date", required=False)
    if on is None:
        return None
    read = EmployerDate(on.integer("month", least=1, most=12), on.integer("day", least=1, most=31), on.text("says"))
    if read.month and read.day > monthrange(2000, read.month)[1]:  # a leap year: 29 February is a day of some years
        on.report('"day": this month never has it', "day")
    on.finish()
    return read


def _source(fields: Fields) -> Source:
    url = fields.text("url", use=Use.NAME, empty=True)
    if url and not _ADDRESS.fullmatch(url):
        fields.report('"url" has to be an address that begins with https://, or ""', "url")
    source = Source(
        title=fields.text("title", use=Use.NAME),
        section=fields.text("section", use=Use.NAME, empty=True),
        url=url,
        seen_on=fields.day("seen_on"),
        caveat=fields.text("caveat", required=False),
    )
    fields.finish()
    return source


def _some(fields: Fields, key: str, allowed: "tuple[str, ...] | list[str]") -> tuple[str, ...]:
    """Return a list that may be missing or empty, of the ``allowed`` words."""
    words = fields.codes(key, least=0)
    for word in words:
        if word not in allowed:
            fields.report(f'"{key}" names {word!r}; it knows: {", ".join(allowed)}', key)
    return words


def _place(fields: Fields, key: str, *, required: bool = True) -> str:
    place = fields.code(key, required=required)
    if place and not _PLACE.fullmatch(place):
        fields.report(f'"{key}" has to be a place such as ca or ca-bc', key)
    return place


def _duration(fields: Fields, key: str, *, required: bool = False) -> Duration | None:
    text = fields.text(key, required=required, max_chars=MAX_DURATION_CHARS)
    if not text:
        return None
    try:
        return Duration.parse(text)
    except PolicyError:
        fields.report(f'"{key}" has to be a time such as 60d, 6m or 2y', key)
        return None
