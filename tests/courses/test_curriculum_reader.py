"""Reading curriculum files: what is read, and that each mistake is one problem at its file and line."""

import os
import textwrap
from datetime import date

import pytest
from wagtail.images.tests.utils import get_test_image_file

from courses.curriculum import CurriculumRejected, Problem, read_curriculum
from courses.curriculum.documents import MAX_DEPTH, MAX_FILE_BYTES
from courses.curriculum.markdown import markdown_faults, render_inline, render_markdown
from courses.curriculum.reader import NOT_A_FILE, examine_curriculum
from courses.curriculum.schema import BlueprintRow, CheckBlock, DoNeverBlock, ImageBlock, TwoWaysBlock
from tests.courses import curricula
from tests.courses.curricula import broken, write


def problems_of(root):
    with pytest.raises(CurriculumRejected) as caught:
        read_curriculum(root)
    return list(caught.value.problems)


def only_problem(root):
    (problem,) = problems_of(root)
    return problem


# What is read


def test_sound_curriculum_is_read(tmp_path):
    curriculum = read_curriculum(write(tmp_path))
    (course,) = curriculum.courses
    assert (course.code, course.slug, course.minutes, course.tier) == ("hospitality", "hotel-work", 7, "recorded")
    assert course.missing_reviews == ("survivors", "lawyer")
    assert [lesson.code for lesson in course.lessons] == ["signs", "act"]
    assert course.quiz.blueprint[2] == BlueprintRow(
        at=course.quiz.blueprint[2].at, n=1, critical="", objective="note", difficulty="hard", innocent=False
    )
    assert [row.to_json() for row in course.quiz.blueprint] == [
        {"n": 1, "critical": "emergency-first"},
        {"n": 1, "objective": "note"},
        {"n": 1, "objective": "note", "difficulty": "hard"},
        {"n": 1, "innocent": True},
    ]
    assert [service.code for service in curriculum.services] == ["emergency", "ca-hotline", "tips"]
    assert curriculum.services[1].what_happens == "A charity answers."
    assert [source.code for source in curriculum.all_sources()] == ["scan-2024", "hos-guide"]
    assert curriculum.sources[0].verified_on == date(2026, 11, 22)


def test_blocks_are_read_in_their_order(tmp_path):
    signs, act = read_curriculum(write(tmp_path)).courses[0].lessons
    assert [type(block).__name__ for block in signs.body] == [
        *("TextBlock", "CalloutBlock", "FigureBlock", "SignBlock", "ScenarioBlock"),
        *("CheckBlock", "ImageBlock", "ReflectionBlock", "HelpNowBlock"),
    ]
    assert signs.body[5] == CheckBlock(at=signs.body[5].at, question="hos-order")
    assert signs.body[6] == ImageBlock(at=signs.body[6].at, file="door.svg", alt="A door", caption="The side door")
    assert isinstance(act.body[1], TwoWaysBlock)
    assert act.body[1].boss.services == ("ca-hotline",)
    assert isinstance(act.body[3], DoNeverBlock)
    assert act.body[3].never == ("Confront anybody", "Try to rescue somebody")


def test_things_know_their_place(tmp_path):
    (course,) = read_curriculum(write(tmp_path)).courses
    choice = course.lessons[0].body[4].nodes[0].choices[1]
    lines = curricula.LESSON_SIGNS.splitlines()
    assert choice.at.path == "hospitality/lessons/01-signs.yaml"
    assert "Watch them all night" in lines[choice.at.line - 1]


def test_questions_are_read_by_type(tmp_path):
    (course,) = read_curriculum(write(tmp_path)).courses
    by_code = {question.code: question for question in course.questions}
    assert [option.correct for option in by_code["hos-emergency-1"].options] == [True, False, False]
    assert by_code["hos-log-2"].answer is False
    assert by_code["hos-order"].items == ("first", "second", "third")
    assert [(pair.left, pair.right) for pair in by_code["hos-match"].pairs] == [("a", "1"), ("b", "2")]
    assert [choice.credit for choice in by_code["hos-talk"].nodes[0].choices] == [1, 0, 0.5]
    assert by_code["hos-innocent-1"].innocent is True
    assert [option.alarm for option in by_code["hos-innocent-1"].options] == [False, True, False]


def test_open_course_needs_no_certification(tmp_path):
    text = curricula.COURSE.partition("certification:")[0]
    text = text.replace("tier: recorded", "tier: open").replace("minimum_minutes: 5\n", "")
    (course,) = read_curriculum(write(tmp_path, **{"hospitality/course.yaml": text})).courses
    assert (course.certification, course.minimum_minutes) == (None, 0)


def test_hidden_files_and_windows_line_ends_are_no_problem(tmp_path):
    write(tmp_path, **{"hospitality/.DS_Store": "x", "README.md": "x", "LICENSE": "x"})
    course = tmp_path / "hospitality" / "course.yaml"
    course.write_bytes(course.read_bytes().replace(b"\n", b"\r\n"))
    assert read_curriculum(tmp_path).courses[0].title == "Safe and fair work in hotels"


# One broken thing, one problem

OPTION = '- {text: "Write it down", feedback: "Later."}'

ONE_MISTAKE = {
    "course at the address of what learners send": (
        "course",
        "slug: hotel-work",
        "slug: events◀",
        "is the address of another page",
    ),
    # shape
    "unknown key": ("course", "minimum_minutes: 5", "minimum_minutes: 5\ncolour: red◀", 'unknown key "colour"'),
    "misspelt key": ("course", "summary:", "sumary◀:", 'unknown key "sumary"; is it "summary"?'),
    "unknown key in a flow": ("signs", 'title: "Slow down"', 'title: "Slow down"◀, icon: x', 'unknown key "icon"'),
    "missing key": ("signs", "minutes: 3\n", "", '"minutes" is missing'),
    "missing key of a block": ("signs", "source: scan-2024}", "}◀", '"source" is missing'),
    "missing also": (
        "signs",
        '    also: "It may also be shyness, a shared language, or a carer helping."\n',
        "",
        '"also" is missing',
    ),
    "list for a text": (
        "course",
        "summary: For everybody who works in a hotel.",
        "summary: [a, b]◀",
        '"summary" has to be text',
    ),
    "text for a list": (
        "course",
        "audiences: [hotel-staff]",
        "audiences: hotel-staff◀",
        '"audiences" has to be a list',
    ),
    "text for a mapping": (
        "course",
        "reviews:\n  missing: [survivors, lawyer]",
        "reviews: none◀",
        '"reviews" has to be a mapping',
    ),
    "text in a list of mappings": (
        "course",
        '  - {code: note, text: "Note facts"}',
        '  - {code: note, text: "Note facts"}\n  - more◀',
        'each of "objectives" has to be a mapping',
    ),
    "text for a number": ("course", "minutes: 7\n", "minutes: seven◀\n", '"minutes" has to be a whole number'),
    "quoted number": ("course", "pass_percent: 80", 'pass_percent: "80"◀', '"pass_percent" has to be a whole number'),
    "number out of range": ("course", "pass_percent: 80", "pass_percent: 101◀", "it has to be from 1 to 100"),
    "long lesson": ("act", "minutes: 4", "minutes: 9◀", "it has to be from 3 to 8"),
    "number for a text": (
        "course",
        "title: Check what you learnt",
        "title: 2026◀",
        "YAML takes 2026 for a number: put it in quotes",
    ),
    "yes for a text": ("course", "  - notice signs", "  - yes◀", "YAML takes yes for yes or no: put it in quotes"),
    "nothing for a text": ("course", "summary: For everybody who works in a hotel.", "summary:◀", '"summary" is empty'),
    "blank text": ("course", "summary: For everybody who works in a hotel.", 'summary: " "◀', '"summary" is empty'),
    "yes for true": ("services.yaml", "is_police: true", "is_police: yes◀", '"is_police" has to be true or false'),
    "wrong day": (
        "sources.yaml",
        "verified_on: 2026-11-22",
        "verified_on: 2026-11-31◀",
        '"verified_on" has to be a day',
    ),
    "moment for a day": (
        "sources.yaml",
        "verified_on: 2026-11-22",
        "verified_on: 2026-11-22T10:00:00◀",
        '"verified_on" has to be a day',
    ),
    "review before verification": (
        "sources.yaml",
        "review_by: 2027-11-22",
        "review_by: 2026-11-22◀",
        '"review_by" has to be later',
    ),
    "code with capitals": (
        "course",
        "slug: hotel-work",
        "slug: Hotel-work◀",
        "\"slug\" is 'Hotel-work'; a code is lower-case words",
    ),
    "code with an underscore": ("signs", "code: four-rooms", "code: four_rooms◀", "a code is lower-case words"),
    "wrong tier": ("course", "tier: recorded", "tier: secret◀", "it has to be one of: open, recorded, vetted"),
    "wrong language": ("course", "language: en", "language: English◀", '"language" has to be a language tag'),
    "wrong place": ("services.yaml", "coverage: ca", "coverage: Canada◀", '"coverage" has to be a place'),
    "wrong exploitation": (
        "course",
        "exploitation: [labour, sexual]",
        "exploitation: [labor◀, sexual]",
        "'labor'; it has to be one of",
    ),
    "wrong block type": ("signs", "{type: callout, ", "{type: note◀, ", "'note'; it has to be one of: text, callout"),
    "wrong tone": ("signs", "tone: note", "tone: loud◀", "'loud'; it has to be one of: note"),
    "wrong verdict": ("signs", "verdict: innocent", "verdict: guilty◀", "'guilty'; it has to be one of"),
    "few outcomes": ("course", "  - notice signs\n  - note", "  - note◀", '"outcomes" has 3 entries; it needs 4 to 8'),
    "outcome twice": ("course", "  - note facts", "  - notice signs◀", '"outcomes" says the same thing twice'),
    "long title": ("course", "title: Check what you learnt", f"title: {'Check ' * 21}◀", "120 is the limit"),
    "minimum above minutes": ("course", "minimum_minutes: 5", "minimum_minutes: 8◀", '"minimum_minutes" is more than'),
    "window above validity": ("course", "window_months: 3", "window_months: 36◀", '"window_months" has to be less'),
    "row of two kinds": (
        "course",
        "{objective: note, n: 1}",
        "{objective: note◀, innocent: true, n: 1}",
        "exactly one of",
    ),
    "row of no kind": ("course", "{objective: note, n: 1}", "{n: 1}◀", "exactly one of"),
    "row with difficulty only": (
        "course",
        "{innocent: true, n: 1}",
        "{innocent: true◀, difficulty: easy, n: 1}",
        '"difficulty" stands beside',
    ),
    "row of nothing": (
        "course",
        "{innocent: true, n: 1}",
        "{innocent: false◀, n: 1}",
        '"innocent" has to be true here',
    ),
    # Markdown
    "HTML in Markdown": (
        "act",
        "Danger now: call 911.",
        "Danger <b>now</b>: call 911.",
        '"text": HTML is not used here',
    ),
    "link in Markdown": (
        "signs",
        "Look twice.",
        "Look [twice](https://example.org)◀.",
        '"text": links are not used here',
    ),
    "HTML in a plain text": ("signs", 'alt: "A door"', 'alt: "A <i>door</i>"◀', '"alt": HTML is not used here'),
    "sentence that becomes a list": ("signs", "Look twice.", "911. Then wait.◀", "becomes a list"),
    # scenarios
    "next is missing": ("signs", "next: c, ", "next: z◀, ", '"next" names node "z", which is not there'),
    "start is missing": ("signs", "start: a", "start: z◀", '"start" names node "z", which is not there'),
    "unreachable node": ("signs", "next: c, ", "next: b, ", 'no choice leads to node "c"'),
    "node twice": (
        "signs",
        "- {id: c, text",
        '- {id: b, text: "Again."}◀\n      - {id: c, text',
        'node "b" is there twice',
    ),
    "way back": (
        "signs",
        '- {id: c, text: "They notice, and leave."}',
        '- {id: c, text: "They notice.", choices: [{text: "Again", next: a◀, feedback: "Why."}]}',
        'leads back to node "a"',
    ),
    "no credit": ("bank", "credit: 1, ", "credit: 2◀, ", '"credit" has to be 0, 0.5 or 1'),
    "credit in a lesson": (
        "signs",
        'feedback: "There is no reason to."',
        'credit: 0, feedback: "There is no reason to."◀',
        'unknown key "credit"',
    ),
    "choice without feedback": ("signs", ', feedback: "There is no reason to."', "◀", '"feedback" is missing'),
    # references
    "unknown sector": ("course", "sector: hospitality", "sector: hotels◀", 'no sector "hotels" in sectors.yaml'),
    "unknown audience": ("course", "audiences: [hotel-staff]", "audiences: [cooks]◀", 'no audience "cooks"'),
    "unknown service": (
        "signs",
        "services: [emergency, ca-hotline]",
        "services: [emergency, ca-hot-line]◀",
        'no service "ca-hot-line" in services.yaml',
    ),
    "unknown source": ("act", "sources: [scan-2024]", "sources: [scan-2023]◀", 'no source "scan-2023" in sources.yaml'),
    "unknown source of a figure": ("signs", "source: scan-2024}", "source: scan-2023}◀", 'no source "scan-2023"'),
    "unknown source of a service": (
        "services.yaml",
        "    what_happens: |\n      A charity answers.\n    source: scan-2024",
        "    what_happens: |\n      A charity answers.\n    source: gone◀",
        'no source "gone"',
    ),
    "unknown objective": ("act", "objectives: [note]", "objectives: [note, gone]◀", 'no objective "gone"'),
    "unknown objective of a row": (
        "course",
        "{objective: note, n: 1}",
        "{objective: gone, n: 1}◀",
        'no objective "gone"',
    ),
    "unknown passage": ("course", "passage: act", "passage: gone◀", 'no lesson "gone" in this course'),
    "unknown passage of a question": (
        "bank",
        "situation: kitchen, passage: act",
        "situation: kitchen, passage: gone◀",
        'no lesson "gone"',
    ),
    "unknown rule": (
        "bank",
        "critical: emergency-first, situation: kitchen",
        "critical: gone◀, situation: kitchen",
        'no rule "gone"',
    ),
    "unknown question": ("signs", "question: hos-order", "question: hos-gone◀", 'no question "hos-gone" in bank.yaml'),
    "unknown image": ("signs", "file: door.svg", "file: window.svg◀", 'no media "window.svg" in media/'),
    "image outside the folder": (
        "signs",
        "file: door.svg",
        "file: ../../door.svg◀",
        '"file" has to be the name of a file in media/',
    ),
    "script for an image": (
        "signs",
        "file: door.svg",
        "file: door.js◀",
        '"file" has to be the name of a file in media/',
    ),
    "question twice": (
        "bank",
        "code: hos-log-3",
        "code: hos-log-1◀",
        'question "hos-log-1" again; it is given in line',
    ),
    "objective twice": (
        "course",
        '  - {code: note, text: "Note facts"}',
        '  - {code: note, text: "Note facts"}\n  - {code: note, text: "Again"}◀',
        'objective "note" again',
    ),
    "service named twice": (
        "signs",
        "services: [emergency, ca-hotline]",
        "services: [emergency, emergency]◀",
        '"services" names emergency twice',
    ),
    # questions
    "wrong question type": (
        "bank",
        "code: hos-log-2, type: true_false",
        "code: hos-log-2, type: yes_no◀",
        "'yes_no'; it has to be one of: single",
    ),
    "true_false critical": (
        "bank",
        "type: true_false, ",
        "type: true_false◀, critical: emergency-first, situation: desk, ",
        "true_false is never critical",
    ),
    "critical and innocent": (
        "bank",
        "critical: emergency-first, situation: kitchen",
        "critical: emergency-first, situation: kitchen, innocent: true◀",
        "not both",
    ),
    "critical without a situation": ("bank", "    situation: lobby\n", "", '"situation" is missing'),
    "ordering on the paper": (
        "bank",
        "type: ordering, use: practice",
        "type: ordering◀, use: paper",
        "ordering is for practice only",
    ),
    "reflection on the paper": (
        "bank",
        "type: reflection, use: practice",
        "type: reflection◀, use: paper",
        "reflection is for practice only",
    ),
    "two right options": (
        "bank",
        OPTION,
        '- {text: "Write it down", correct: true}',
        "2 options are correct; a single choice has exactly one",
    ),
    "one right option of multiple": (
        "bank",
        'options: [{text: "One", correct: true},\n               {text: "Two", correct: true}',
        'options: [◀{text: "One", correct: true},\n               {text: "Two", feedback: "Why."}',
        "1 options are correct; a multiple choice",
    ),
    "two options only": ("bank", f"      {OPTION}\n", "", '"options" has 2 entries; it needs 3 to 4'),
    "options alike": ("bank", OPTION, '- {text: "Call 911", feedback: "Later."}◀', "two options say the same"),
    "alarm outside innocent": (
        "bank",
        OPTION,
        '- {text: "Write it down", alarm: true, feedback: "Later."}◀',
        '"alarm" is for innocent questions only',
    ),
    "right option with alarm": (
        "bank",
        '{text: "Smile", correct: true}',
        '{text: "Smile", correct: true, alarm: true}◀',
        'a right option raises no "alarm"',
    ),
    "answer of a single choice": (
        "bank",
        "    stem: Somebody shouts for help.",
        "    stem: Somebody shouts for help.\n    answer: true◀",
        'unknown key "answer"',
    ),
    "true_false without an answer": ("bank", "answer: false, ", "", '"answer" is missing'),
    "pairs that share a side": (
        "bank",
        '{left: "b", right: "2"}',
        '{left: "b", right: "1"}◀',
        "two pairs share a side",
    ),
    "no feedback": ("bank", "    feedback: 911 comes first.\n", "", '"feedback" is missing'),
}


@pytest.mark.parametrize("mistake", ONE_MISTAKE)
def test_one_mistake_is_one_problem_at_its_line(tmp_path, mistake):
    file, old, new, message = ONE_MISTAKE[mistake]
    path, text, line = broken(file, old, new)
    problem = only_problem(write(tmp_path, **{path: text}))
    assert message in problem.message
    if curricula.MARK in new:
        assert (problem.path, problem.line) == (path, line)
    else:
        assert problem.path == path


@pytest.mark.parametrize(
    ("file", "old", "key", "most"),
    [
        ("sources.yaml", "title: Landscape scan", "title", 300),
        ("sources.yaml", "publisher: A network", "publisher", 200),
        ("sources.yaml", 'published: "2024-12"', "published", 40),
        ("sources.yaml", 'url: ""', "url", 400),
        ("course", "  - notice signs", "outcomes", 200),
        ("signs", 'heading: "Three questions"', "heading", 120),
        ("signs", 'title: "Slow down"', "title", 120),
        ("signs", 'caveat: "Most are never reported."', "caveat", 400),
        ("signs", "title: Four rooms", "title", 120),
        ("signs", 'text: "Give them the keys"', "text", 300),
        ("signs", 'alt: "A door"', "alt", 250),
        ("signs", 'caption: "The side door"', "caption", 250),
        ("signs", 'prompt: "What would you note?"', "prompt", 300),
        ("signs", 'title: "If you need help"', "title", 120),
        ("act", 'title: "Tell the manager on duty"', "title", 80),
        ("act", 'text: "I have read the steps."', "text", 300),
        ("act", 'never: ["Confront anybody"', "never", 200),
        ("act", 'text: "Call the hotline from your phone."', "text", 4000),
    ],
)
def test_text_that_its_place_cannot_hold_is_one_problem(tmp_path, file, old, key, most):
    begin = old[: old.index(old.strip(" -")[0])] if old.startswith("  -") else old.partition(":")[0] + ": "
    bracket = "[" if "[" in old else ""
    path, text, _ = broken(file, old, f'{begin}{bracket}"{"a" * (most + 1)}"')
    problem = only_problem(write(tmp_path, **{path: text}))
    assert problem.message == f'"{key}" has {most + 1} characters; {most} is the limit'


@pytest.mark.parametrize(
    ("escape", "name"), [("\\0", "0000"), ("\\a", "0007"), ("\\u202E", "202E"), ("\\u200B", "200B")]
)
def test_character_that_nobody_sees_is_one_problem(tmp_path, escape, name):
    path, text, line = broken("signs", '"Slow down"', f'"Slow{escape}down"{curricula.MARK}')
    problem = only_problem(write(tmp_path, **{path: text}))
    assert (problem.line, problem.message) == (line, f'"title" has a character that nobody sees (U+{name})')


def test_open_course_with_what_only_records_need_has_two_problems(tmp_path):
    path, text, _ = broken("course", "tier: recorded", "tier: open")
    assert [problem.message for problem in problems_of(write(tmp_path, **{path: text}))] == [
        '"minimum_minutes" is for the recorded tier only',
        '"certification" is for the recorded tier only',
    ]


def test_lesson_twice_is_a_problem_of_the_second(tmp_path):
    problems = problems_of(write(tmp_path, **{"hospitality/lessons/03-more.yaml": curricula.LESSON_ACT}))
    assert problems == [
        Problem(
            "hospitality/lessons/03-more.yaml",
            1,
            'lesson "act" again; it is given in hospitality/lessons/02-act.yaml:1',
        )
    ]


def test_lesson_at_the_address_of_the_quiz_is_a_problem(tmp_path):
    text = curricula.LESSON_ACT.replace("code: act", "code: quiz")
    problem = only_problem(write(tmp_path, **{"hospitality/lessons/03-more.yaml": text}))
    assert problem.path == "hospitality/lessons/03-more.yaml"
    assert problem.message == '"code" is the address of another page of each course; choose another word'


def test_source_twice_is_a_problem_of_the_second(tmp_path):
    text = curricula.COURSE_SOURCES + curricula.SOURCES.partition("\n")[2]
    assert only_problem(write(tmp_path, **{"hospitality/sources.yaml": text})) == Problem(
        "hospitality/sources.yaml", 10, 'source "scan-2024" again; it is given in sources.yaml:2'
    )


def test_second_course_keeps_its_own_lessons_but_not_its_own_questions(tmp_path):
    again = {path.replace("hospitality/", "events/"): text for path, text in curricula.FILES.items() if "/" in path}
    messages = {problem.message for problem in problems_of(write(tmp_path, **again))}
    assert 'course "hospitality" again; it is given in events/course.yaml:1' in messages
    assert 'question "hos-emergency-1" again; it is given in events/bank.yaml:2' in messages
    assert not [message for message in messages if message.startswith(("lesson", "objective", "rule", "scenario"))]


def test_check_of_another_course_s_question_is_a_problem(tmp_path):
    events = {path.replace("hospitality/", "events/"): text for path, text in curricula.FILES.items() if "/" in path}
    lesson = events["events/lessons/01-signs.yaml"].replace("question: hos-order", "question: eve-order")
    events["events/lessons/01-signs.yaml"] = lesson.replace("code: four-rooms", "code: eve-rooms")
    bank = curricula.BANK + (
        "  - {code: eve-order, type: ordering, use: practice, objective: note, difficulty: easy, passage: act, "
        'stem: "?", feedback: "Why.", items: [a, b, c]}\n'
    )
    problems = problems_of(write(tmp_path, **events, **{"hospitality/bank.yaml": bank}))
    assert [problem.path for problem in problems if problem.message == 'no question "eve-order" in bank.yaml'] == [
        "events/lessons/01-signs.yaml"
    ]


def test_missing_fields_are_reported_where_their_mapping_begins(tmp_path):
    path, text, _ = broken("act", "minutes: 4\n", "")
    assert only_problem(write(tmp_path, **{path: text})) == Problem(path, 1, '"minutes" is missing')
    path, text, _ = broken("bank", "    situation: lobby\n", "")
    assert only_problem(write(tmp_path, **{path: text})).line == 2


def test_every_mistake_is_reported_at_once(tmp_path):
    course = curricula.COURSE.replace("tier: recorded", "tier: secret").replace("language: en", "language: English")
    lesson = curricula.LESSON_ACT.replace("minutes: 4", "minutes: 40").replace("[scan-2024]", "[gone]")
    services = curricula.SERVICES.replace("kind: emergency", "kind: police")
    root = write(
        tmp_path,
        **{
            "hospitality/course.yaml": course,
            "hospitality/lessons/02-act.yaml": lesson,
            "services.yaml": services,
            "sectors.yaml": "sectors: [",
        },
    )
    assert [(problem.path, problem.line) for problem in problems_of(root)] == [
        ("hospitality/course.yaml", 8),
        ("hospitality/course.yaml", 9),
        ("hospitality/lessons/02-act.yaml", 3),
        ("hospitality/lessons/02-act.yaml", 6),
        ("sectors.yaml", 2),
        ("services.yaml", 4),
    ]


@pytest.mark.parametrize(
    "path", ["sectors.yaml", "services.yaml", "sources.yaml", "hospitality/course.yaml", "hospitality/bank.yaml"]
)
def test_missing_file_is_one_problem(tmp_path, path):
    assert only_problem(write(tmp_path, **{path: None})) == Problem(path, 1, "the file is missing")


def test_missing_folder_lists_the_missing_files(tmp_path):
    assert [problem.path for problem in problems_of(tmp_path / "gone")] == [
        "sectors.yaml",
        "services.yaml",
        "sources.yaml",
    ]


def test_course_without_lessons_is_one_problem(tmp_path):
    root = write(
        tmp_path,
        **{"hospitality/lessons/01-signs.yaml": None, "hospitality/lessons/02-act.yaml": None},
    )
    assert Problem("hospitality/lessons", 1, "the course has no lesson") in problems_of(root)


@pytest.mark.parametrize(
    "path",
    [
        "services.yml",
        "hospitality/bank.yml",
        "hospitality/notes.txt",
        "hospitality/lessons/act.yaml",
        "hospitality/lessons/more/03-more.yaml",
        "hospitality/media/Door.svg",
        "hospitality/lesson/03-more.yaml",
    ],
)
def test_file_that_nobody_reads_is_a_problem(tmp_path, path):
    lesson = curricula.LESSON_ACT.replace("code: act", "code: act-again")
    problems = problems_of(write(tmp_path, **{path: lesson}))
    assert [problem for problem in problems if problem.message == "this does not belong here"]


def test_names_in_an_unreadable_file_are_not_missed_elsewhere(tmp_path):
    root = write(tmp_path, **{"hospitality/lessons/02-act.yaml": "code: act\ncode"})
    (problem,) = problems_of(root)
    assert problem.path == "hospitality/lessons/02-act.yaml"


# YAML itself


def lesson_with(text):
    return {"hospitality/lessons/02-act.yaml": text}


BOMB = textwrap.dedent("""\
    a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]
    b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
    c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
    """)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (curricula.LESSON_ACT.replace("title: What", "\ttitle: What"), 2, "a tab"),
        (curricula.LESSON_ACT.replace("call 911.", "call\t911."), 11, "a tab"),
        (
            curricula.LESSON_ACT.replace("minutes: 4", "minutes: 4\ntitle: Again"),
            4,
            'key "title" again; first on line 2',
        ),
        (BOMB, 1, "anchors and aliases"),
        ("a: *a\n", 1, "anchors and aliases"),
        ("code: act\n<<: &x {a: 1}\n", 2, "anchors and aliases"),
        ("code: !!python/object/apply:os.system [ls]\n", 1, "tags (tag:yaml.org,2002:python/object/apply:os.system)"),
        ("code: act\n---\ncode: act\n", 2, "a second document"),
        ("", 1, "the file is empty"),
        ("# nothing\n", 1, "the file is empty"),
        ("- a\n- b\n", 1, "the file has to be a mapping of keys"),
        ("just text\n", 1, "the file has to be a mapping of keys"),
        ("code: act\n? [a]\n: b\n", 2, "a key has to be a plain word"),
        ("code: act\ntitle: 'open\n", 3, "not valid YAML"),
        ("code: act\n title: x\n", 2, "not valid YAML"),
        ("code: act\nbody: " + "[" * 5_000, 2, f"nested deeper than {MAX_DEPTH} levels"),
        ("code: act\nbody: " + "{a: " * 5_000, 2, f"nested deeper than {MAX_DEPTH} levels"),
    ],
)
def test_yaml_that_is_not_plain_is_one_problem(tmp_path, text, line, message):
    problem = only_problem(write(tmp_path, **lesson_with(text)))
    assert (problem.path, problem.line) == ("hospitality/lessons/02-act.yaml", line)
    assert message in problem.message


def test_yaml_with_a_control_character_is_one_problem(tmp_path):
    problem = only_problem(write(tmp_path, **lesson_with("code: act\ntitle: a\x00b\n")))
    assert "not valid YAML" in problem.message


def test_file_that_is_not_utf_8_is_one_problem(tmp_path):
    write(tmp_path)
    (tmp_path / "hospitality/lessons/02-act.yaml").write_bytes(b"code: act\ntitle: caf\xe9\n")
    assert only_problem(tmp_path) == Problem("hospitality/lessons/02-act.yaml", 2, "not UTF-8 text")


def test_file_of_the_largest_size_is_read_and_one_byte_more_is_not(tmp_path):
    padding = "#" * (MAX_FILE_BYTES - len(curricula.LESSON_ACT.encode()))
    read_curriculum(write(tmp_path, **lesson_with(curricula.LESSON_ACT + padding)))
    problem = only_problem(write(tmp_path, **lesson_with(curricula.LESSON_ACT + padding + "#")))
    assert (problem.path, problem.message) == (
        "hospitality/lessons/02-act.yaml",
        "the file is larger than 1000000 bytes",
    )


def test_link_out_of_the_folder_is_not_followed(tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text(curricula.BANK)
    root = write(tmp_path / "root", **{"hospitality/bank.yaml": None})
    os.symlink(outside, root / "hospitality/bank.yaml")
    assert only_problem(root) == Problem("hospitality/bank.yaml", 1, NOT_A_FILE)


@pytest.mark.parametrize(
    "made",
    [
        "hospitality/lessons/02-act.yaml",
        "hospitality/media/door.svg",
        "hospitality/locale",
        "glossary",
        "more",
    ],
)
@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/"), os.mkfifo])
def test_what_is_no_file_of_its_own_is_named_and_not_opened(tmp_path, made, make):
    root = write(tmp_path)
    (root / made).unlink(missing_ok=True)
    make(root / made)
    assert only_problem(root) == Problem(made, 1, NOT_A_FILE)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("door.svg", b"<svg onload='x()'/>", "a drawing must not act (onload)"),
        ("door.svg", b"<html/>", "this is not a drawing (SVG)"),
        ("door.png", b"<svg/>", "this is no picture of the kind .png, whatever its name says"),
        (
            "door.webp",
            get_test_image_file("x.png").read(),
            "this is no picture of the kind .webp, whatever its name says",
        ),
        (
            "door.png",
            get_test_image_file("x.png").read()[:60],
            "this is no picture of the kind .png, whatever its name says",
        ),
        ("door.jpg", b" " * 5_000_001, "the file is larger than 5000000 bytes"),
    ],
)
def test_a_picture_is_what_its_name_says(tmp_path, name, content, problem):
    path, text, _ = broken("signs", "file: door.svg", f"file: {name}")
    root = write(tmp_path, **{path: text})
    (root / "hospitality/media" / name).write_bytes(content)
    assert only_problem(root) == Problem(f"hospitality/media/{name}", 1, problem)


def test_very_many_wrong_keys_are_named_at_once(tmp_path):
    text = curricula.COURSE + "".join(f"wrong{number}: 1\n" for number in range(20_000))
    _, problems = examine_curriculum(write(tmp_path, **{"hospitality/course.yaml": text}))
    assert len(problems) == 20_000


def test_examine_returns_what_could_be_read(tmp_path):
    path, text, _ = broken("course", "tier: recorded", "tier: secret")
    curriculum, problems = examine_curriculum(write(tmp_path, **{path: text}))
    assert [course.code for course in curriculum.courses] == ["hospitality"]
    assert len(problems) == 1


def test_rejection_lists_problems_by_file_and_line():
    rejected = CurriculumRejected([Problem("b", 1, "x"), Problem("a", 10, "x"), Problem("a", 2, "x")])
    assert str(rejected) == "a:2: x\na:10: x\nb:1: x"


# Markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One *two* **three**.", "<p>One <em>two</em> <strong>three</strong>.</p>"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("### Head", "<h3>Head</h3>"),
        ("# Head", "<h3>Head</h3>"),
        ("##### Head", "<h4>Head</h4>"),
        ("a & b < c", "<p>a &amp; b &lt; c</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[a](https://example.org)", "<p>[a](https://example.org)</p>"),
        ("![a](x.png)", "<p>![a](x.png)</p>"),
        ("<https://example.org>", "<p>&lt;https://example.org&gt;</p>"),
        ("`code`", "<p>`code`</p>"),
    ],
)
def test_markdown_becomes_small_html(text, html):
    assert render_markdown(text) == html


def test_inline_markdown_has_no_paragraph():
    assert render_inline("Jo *chooses* <b>") == "Jo <em>chooses</em> &lt;b&gt;"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("One *two* **three**\n\n### Head\n\n- a\n\n1. b", []),
        ("3 < 4, 5 > 4 & so on", []),
        ("<b>a</b> <i>b</i>", ["HTML is not used here"]),
        ("[a](b) and www.example.org", ["links are not used here"]),
        ("![a](b)", ["images are not used here; use an image block"]),
        ("## Head", ["only headings with ### are used here"]),
        ("Head\n====", ["only headings with ### are used here"]),
        ("> quoted", ["quotations are not used here"]),
        ("a\n\n---", ["rules are not used here"]),
        ("`a`", ["code is not used here"]),
    ],
)
def test_markdown_faults_name_what_is_not_used(text, faults):
    assert markdown_faults(text) == faults
