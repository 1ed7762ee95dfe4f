"""The shipped packs, whose figures are held against literals, and what a broken file says."""

from datetime import date
from pathlib import Path

import pytest

from certificates.validity import Duration
from compliance.due_dates import due_rule_to_json, parse_due_rule
from compliance.rules.applying import Answer, SiteFacts, again_due, applies, due_rule_of, first_due, recurs_of
from compliance.rules.reader import SHIPPED, PacksRejected, examine_packs, read_packs
from compliance.rules.schema import FirstDue, Recurrence, rule_from_json, to_json, topic_from_json
from courses.curriculum.reader import NOT_A_FILE
from people.models.organisation import SITE_KIND_CHOICES
from people.site_kinds import SITE_KINDS
from tests.curriculum.shipped import shipped_curriculum

ROOT = Path(__file__).resolve().parents[3]
BOOK = read_packs(SHIPPED)
RULES = {rule.code: rule for pack in BOOK.packs for rule in pack.rules}


def d(text):
    return Duration.parse(text)


EVERY = {text: Recurrence("every", d(text)) for text in ("12m", "24m", "36m", "60m", "5y")}
ONCE = Recurrence("none")

# code: status, place, first due, minutes, recurrence, conditions, retention, hours, sign
FIGURES = {
    "us-ca-hotel": ("law", "us-ca", FirstDue("role-start", d("6m")), 20, EVERY["24m"], {"interactive"}, None, 0, None),
    "us-fl-lodging": (
        "law",
        "us-fl",
        FirstDue("role-start", d("60d")),
        0,
        EVERY["12m"],
        {"approved-course"},
        None,
        0,
        (11, 15, 32, ("en", "es")),
    ),
    "us-tx-lodging": (
        "law",
        "us-tx",
        FirstDue("hire", d("90d")),
        20,
        EVERY["12m"],
        {"approved-course"},
        ("current-and-former", None),
        72,
        (11, 17, 16, ("en", "es")),
    ),
    "us-mn-hotel": (
        "law",
        "us-mn",
        FirstDue(later_of=(FirstDue("hire", d("90d")), FirstDue(by=date(2018, 11, 29)))),
        0,
        EVERY["12m"],
        {"approved-course"},
        None,
        0,
        None,
    ),
    "us-ny-lodging": (
        "law",
        "us-ny",
        FirstDue("hire", d("60d")),
        0,
        ONCE,
        {"approved-course", "on-premises", "paid-time"},
        ("employment", d("12m")),
        0,
        None,
    ),
    "us-il-lodging": ("law", "us-il", FirstDue("role-start", d("6m")), 20, EVERY["24m"], set(), None, 0, None),
    "us-va-hotel": (
        "law",
        "us-va",
        FirstDue("hire", d("6m")),
        0,
        Recurrence("calendar-years", d("2y")),
        {"approved-course", "individual-only"},
        None,
        0,
        None,
    ),
    "us-md-lodging": (
        "law",
        "us-md",
        FirstDue("hire", d("90d")),
        0,
        EVERY["12m"],
        {"approved-course", "video"},
        None,
        0,
        None,
    ),
    "us-fed-cabin": ("law", "us", FirstDue("initial-training", d("0d")), 0, EVERY["12m"], set(), None, 0, None),
    "us-fed-ground": ("law", "us", None, 0, ONCE, set(), None, 0, None),
    "us-ca-transit": ("law", "us-ca", FirstDue(by=date(2021, 1, 1)), 20, ONCE, set(), None, 0, None),
    "us-tx-health": (
        "law",
        "us-tx",
        FirstDue("licence-renewal", d("0d")),
        0,
        Recurrence("licence-renewal"),
        {"approved-course"},
        None,
        0,
        None,
    ),
    "us-tx-police": ("law", "us-tx", None, 240, ONCE, set(), None, 0, None),
    "us-fl-police": ("law", "us-fl", FirstDue("hire", d("1y")), 0, ONCE, set(), None, 0, None),
    "us-ca-school": ("law", "us-ca", None, 0, ONCE, set(), None, 0, None),
    "us-wi-school": ("proposal", "us-wi", FirstDue("hire", d("6m")), 0, EVERY["5y"], set(), None, 0, None),
    "us-fl-school": ("proposal", "us-fl", None, 0, ONCE, set(), None, 0, None),
    "ca-bc-network-corporate": ("recommendation", "ca-bc", None, 0, EVERY["36m"], set(), None, 0, None),
    "ca-bc-truck-licence": (
        "proposal",
        "ca-bc",
        FirstDue("licence-renewal", d("0d")),
        0,
        EVERY["60m"],
        set(),
        None,
        0,
        None,
    ),
    "ca-airport-staff": ("policy", "ca", None, 30, ONCE, set(), None, 0, None),
    "ca-on-ppm166": ("policy", "ca-on", None, 0, ONCE, set(), None, 0, None),
    "ca-s211": ("law", "ca", None, 0, ONCE, set(), None, 0, None),
    "gb-msa-54": ("law", "gb", None, 0, ONCE, set(), None, 0, None),
    "au-msa": ("law", "au", None, 0, ONCE, set(), None, 0, None),
}


@pytest.mark.parametrize("code", FIGURES)
def test_the_figures_of_a_shipped_rule_are_those_of_its_source(code):
    rule = RULES[code]
    retention = (rule.retention.kind, rule.retention.and_after) if rule.retention else None
    sign = (
        (rule.sign.width_inches, rule.sign.height_inches, rule.sign.font_points, rule.sign.languages)
        if rule.sign
        else None
    )
    assert (
        rule.status,
        rule.jurisdiction,
        rule.first_due,
        rule.minimum_minutes,
        rule.recurrence,
        set(rule.conditions),
        retention,
        rule.produce_within_hours,
        sign,
    ) == FIGURES[code]


def test_the_table_names_every_shipped_rule():
    assert set(RULES) == set(FIGURES)


def test_days_on_which_the_employer_owes_something():
    dates = {code: (it.employer_date.month, it.employer_date.day) for code, it in RULES.items() if it.employer_date}
    assert dates == {"us-md-lodging": (10, 1), "ca-s211": (5, 31)}


def test_rules_begin_on_the_days_of_their_source():
    assert {code: rule.in_force_from for code, rule in RULES.items() if rule.in_force_from} == {
        "us-tx-lodging": date(2022, 1, 1),
        "us-va-hotel": date(2023, 1, 1),
        "us-tx-health": date(2020, 9, 1),
        "ca-on-ppm166": date(2022, 1, 31),
        "ca-s211": date(2024, 1, 1),
    }


def test_sizes_and_exceptions():
    scope = RULES["us-ny-lodging"].scope
    assert scope.unless is not None
    assert scope.unless.rooms_at_most == 5
    assert RULES["us-md-lodging"].scope.rooms_at_least == 4
    assert RULES["us-tx-lodging"].scope.rooms_at_least is None  # read in a companion bill only
    assert RULES["us-va-hotel"].approval.decides_within == d("60d")


def test_a_proposal_a_report_and_teaching_bind_nobody():
    assert {code for code, rule in RULES.items() if not rule.binds} == {
        "us-ca-school",
        "us-wi-school",
        "us-fl-school",
        "ca-bc-truck-licence",
        "ca-s211",
        "gb-msa-54",
        "au-msa",
    }


def test_every_rule_says_where_it_was_read_and_when_to_look_again():
    for rule in RULES.values():
        assert rule.sources
        assert rule.verified_on < rule.review_by
        assert all(source.seen_on <= rule.verified_on for source in rule.sources)


def test_topics_name_lessons_and_objectives_of_the_shipped_curriculum():
    curriculum = shipped_curriculum()
    lessons = {(course.code, lesson.code): lesson for course in curriculum.courses for lesson in course.lessons}
    wrong = [
        (topic.code, each)
        for topic in BOOK.topics
        for each in topic.covered_by
        if (each.course, each.lesson) not in lessons
        or each.objective not in lessons[each.course, each.lesson].objectives
    ]
    assert wrong == []


@pytest.mark.parametrize("code", FIGURES)
def test_a_rule_survives_the_way_through_json(code):
    assert rule_from_json(to_json(RULES[code])) == RULES[code]


def test_a_topic_survives_the_way_through_json():
    assert [topic_from_json(to_json(topic)) for topic in BOOK.topics] == list(BOOK.topics)


def test_kinds_of_sites_are_the_same_for_rules_and_for_people():
    assert tuple(code for code, _ in SITE_KIND_CHOICES) == SITE_KINDS


# --- broken files ---

PACK = """\
code: here
title: "Here"
summary: "A pack."
rules:
  - code: a-rule
    title: "A rule"
    place: Here
    jurisdiction: us-ca
    status: law
    duty: training
    who: "Everybody."
    scope: {kinds: [hotel]}
    first_due: {after: hire, within: 60d}
    minimum_minutes: 20
    recurrence: {kind: every, length: 12m}
    topics: [definition]
    sources:
      - {title: "A code", section: "1", url: "", seen_on: 2026-11-28}
    verified_on: 2026-11-28
    review_by: 2027-05-28
"""
TOPICS = 'topics:\n  - {code: definition, title: "What it is", covered_by: []}\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "topics.yaml").write_text(TOPICS)
    (tmp_path / "here.yaml").write_text(PACK)
    return tmp_path


def problems_of(folder):
    return [str(problem) for problem in examine_packs(folder)[1]]


def test_the_sample_is_sound(folder):
    assert problems_of(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("minimum_minutes: 20", "minimum_minute: 20", 'here.yaml:14: unknown key "minimum_minute"; is it "minimum_minutes"?'),
        ("status: law", "status: custom", "here.yaml:9: \"status\" is 'custom'; it has to be one of: law, regulation, policy, licence-condition, contract, recommendation, proposal"),
        ("within: 60d", "within: 60 days", 'here.yaml:13: "within" has to be a time such as 60d, 6m or 2y'),
        ("within: 60d", "within: 60d, by: 2026-01-01", 'here.yaml:13: unknown key "after"'),
        ("kinds: [hotel]", "kinds: [castle]", "here.yaml:12: \"kinds\" names 'castle'; it knows: " + ", ".join(SITE_KINDS)),
        ("topics: [definition]", "topics: [weather]", "here.yaml:16: \"topics\" names 'weather'; it knows: definition"),
        ("jurisdiction: us-ca", "jurisdiction: california", 'here.yaml:8: "jurisdiction" has to be a place such as ca or ca-bc'),
        ("review_by: 2027-05-28", "review_by: 2026-11-28", 'here.yaml:20: "review_by" has to be later than "verified_on"'),
        ("    minimum_minutes: 20\n", "", 'here.yaml:5: "minimum-minutes" is neither given nor named under "not_stated"'),
        ("topics: [definition]", "topics: [definition]\n    not_stated: [recurrence]", 'here.yaml:17: "recurrence" is given, and named under "not_stated" as well'),
        ("topics: [definition]", "topics: [definition]\n    conditions: [approved-course]", 'here.yaml:17: the condition "approved-course" and "approval" go together'),
        ("length: 12m}", "length: 0m}", 'here.yaml:15: "length" has to be more than nothing'),
        ("kind: every, length: 12m", "kind: none, length: 12m", 'here.yaml:15: "length" says nothing where "kind" is none'),
        ("kind: every, length: 12m", "kind: calendar-years, length: 12m", 'here.yaml:15: "length" has to be in years, such as 2y'),
        ("kind: every, length: 12m", "kind: anniversary, length: 12m, window: 2y", 'here.yaml:15: "window" has to be no longer than "length"'),
        ("kind: every, length: 12m", "kind: every, length: 12m, window: 2m", 'here.yaml:15: unknown key "window"'),
        ("after: hire, within: 60d", "later_of: [{by: 2026-01-01}]", 'here.yaml:13: "later_of" has to name two'),
        ("after: hire, within: 60d", "later_of: [{by: 2026-01-01}, {by: 2026-01-02}], after: hire", 'here.yaml:13: unknown key "after"'),
        ("after: hire, within: 60d", "later_of: [{by: 2026-01-01}, {after: birth, within: 1d}]", "here.yaml:13: \"after\" is 'birth'; it has to be one of: hire, role-start, initial-training, licence-issue, licence-renewal, contract-start"),
        ("topics: [definition]", "employer_date: {month: 2, day: 30, says: S}", 'here.yaml:16: "day": this month never has it'),
        ("review_by: 2027-05-28", "review_by: 2027-02-29", 'here.yaml:20: "review_by" has to be a day such as 2026-11-22'),
        ('url: ""', 'url: "here"', 'here.yaml:18: "url" has to be an address that begins with https://, or ""'),
        ("code: here", "code: there", 'here.yaml:1: the code is "there"; the file has to be there.yaml'),
        ("kind: every", "kind: &all every", "here.yaml:15: anchors and aliases (& and *) are not used here; write the text out"),
    ],
)  # fmt: skip
def test_a_broken_pack_says_file_line_and_what(folder, old, new, problem):
    assert old in PACK
    (folder / "here.yaml").write_text(PACK.replace(old, new))
    assert problem in problems_of(folder)


def test_every_problem_is_told_at_once_and_nothing_is_read(folder):
    (folder / "here.yaml").write_text(PACK.replace("status: law", "state: law").replace("hotel", "castle"))
    with pytest.raises(PacksRejected) as caught:
        read_packs(folder)
    assert [problem.line for problem in caught.value.problems] == [9, 12]


def rule_saying(folder, **parts):
    """Return the rule of the sample with some of its lines written otherwise, and what its JSON reads as."""
    text = PACK
    for key, said in parts.items():
        old = next(line for line in PACK.splitlines() if line.startswith(f"    {key}:"))
        text = text.replace(old, f"    {key}: {said}")
    (folder / "here.yaml").write_text(text)
    (pack,) = read_packs(folder).packs
    (rule,) = pack.rules
    assert rule_from_json(to_json(rule)) == rule
    return rule


@pytest.mark.parametrize(
    ("said", "due", "started_on", "due_on", "rule"),
    [
        ("{later_of: [{after: hire, within: 90d}, {by: 2018-11-29}]}", FirstDue(later_of=(FirstDue("hire", d("90d")), FirstDue(by=date(2018, 11, 29)))), date(2018, 8, 1), date(2018, 11, 29), {"later_of": [{"after": "hire", "in": "90d"}, {"on": "2018-11-29"}]}),
        ("{later_of: [{after: hire, within: 90d}, {by: 2018-11-29}]}", FirstDue(later_of=(FirstDue("hire", d("90d")), FirstDue(by=date(2018, 11, 29)))), date(2018, 9, 1), date(2018, 11, 30), {"later_of": [{"after": "hire", "in": "90d"}, {"on": "2018-11-29"}]}),
        ("{later_of: [{after: hire, within: 6m}, {after: role-start, within: 0d}]}", FirstDue(later_of=(FirstDue("hire", d("6m")), FirstDue("role-start", d("0d")))), date(2026, 8, 31), date(2027, 2, 28), {"later_of": [{"after": "hire", "in": "6m"}, {"after": "role_start", "in": "0d"}]}),
        ("{after: contract-start, within: 2w}", FirstDue("contract-start", d("2w")), date(2026, 3, 2), date(2026, 3, 16), {"after": "requirement_start", "in": "2w"}),
        ("{after: licence-issue, within: 30d}", FirstDue("licence-issue", d("30d")), date(2026, 3, 2), date(2026, 4, 1), {"after": "licence_renewal", "in": "30d"}),
        ("{by: 2026-06-30}", FirstDue(by=date(2026, 6, 30)), date(2026, 3, 2), date(2026, 6, 30), {"on": "2026-06-30"}),
    ],
)  # fmt: skip
def test_when_the_first_time_is_can_be_said(folder, said, due, started_on, due_on, rule):
    read = rule_saying(folder, first_due=said)
    assert (read.first_due, first_due(read, started_on)) == (due, due_on)
    assert due_rule_to_json(due_rule_of(read.first_due)) == rule
    assert due_rule_to_json(parse_due_rule(rule)) == rule


@pytest.mark.parametrize(
    ("said", "kept", "again_on"),
    [
        ("{kind: none}", "", None),
        ("{kind: every, length: 24m}", "24m", date(2026, 2, 27)),
        ("{kind: anniversary, length: 12m, window: 60d}", "12m@60d", date(2025, 2, 27)),
        ("{kind: calendar-years, length: 2y}", "2y@year", date(2026, 12, 31)),
        ("{kind: licence-renewal}", "licence", None),
    ],
)
def test_how_often_can_be_said(folder, said, kept, again_on):
    read = rule_saying(folder, recurrence=said)
    assert (recurs_of(read.recurrence), again_due(read, date(2024, 2, 28))) == (kept, again_on)


def test_a_part_of_a_place_and_ages_can_be_said(folder):
    read = rule_saying(folder, scope='{area: "The city of Here.", ages: "Under 16, unless they clean rooms."}')
    assert (read.scope.area, read.scope.ages) == ("The city of Here.", "Under 16, unless they clean rooms.")
    match = applies(read, SiteFacts("us-ca", "hotel"), date(2026, 12, 1))
    assert (match.answer, match.missing) == (Answer.UNKNOWN, ("area",))


def test_a_rule_that_two_packs_give_is_refused(folder):
    (folder / "there.yaml").write_text(PACK.replace("code: here", "code: there"))
    assert problems_of(folder) == ['there.yaml:5: rule "a-rule" again; first in here.yaml']


def test_a_file_that_does_not_belong_is_named(folder):
    (folder / "notes.txt").write_text("x")
    assert problems_of(folder) == ["notes.txt:1: this does not belong here"]


def test_topics_may_not_be_missing(folder):
    (folder / "topics.yaml").unlink()
    assert "topics.yaml:1: the file is missing" in problems_of(folder)


@pytest.mark.parametrize("name", ["here.yaml", "topics.yaml"])
def test_a_link_is_named_and_not_followed(folder, name):
    (folder / name).unlink()
    (folder / name).symlink_to("/etc/hostname")
    assert problems_of(folder) == [f"{name}:1: {NOT_A_FILE}"]
