"""Questions as rows: what goes out comes in unchanged, and what is bad is named by row and column."""

from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from assessments.freezing import freeze_question
from assessments.kinds.question_bank import QuestionBankKind
from assessments.models import Attempt, ChoiceOption, Question
from people import services
from people.exceptions import UnknownKind
from people.models import AuditEntry, WorkbookImport
from people.workbooks.kinds import all_kinds, shared_kinds
from people.workbooks.problems import Problem, RowProblem
from tests.corpus.workbooks import INJECTIONS, saved, texts, xlsx
from tests.factories.assessments import (
    TYPE_FACTORIES,
    BankFactory,
    ChoiceOptionFactory,
    MultipleChoiceQuestionFactory,
    SingleChoiceQuestionFactory,
    TrueFalseQuestionFactory,
)
from tests.factories.people import AT, OrganisationFactory
from tests.people.workbooks.conftest import counted, looked_at, said

pytestmark = pytest.mark.django_db

HEADS = [
    "question",
    "bank",
    "type",
    "objective",
    "stem",
    "right",
    "feedback",
    "option_a",
    "option_b",
    "feedback_b",
    "option_c",
    "feedback_c",
]
NEW = [
    "who-to-tell",
    "hospitality",
    "single",
    "note",
    "Whom do you tell?",
    "a",
    "They know what to do.",
    "The contact person",
    "Nobody",
    "Help never comes.",
    "The guest",
    "It may harm somebody.",
]


def look(file: BytesIO, mode: str = "upsert", **options: Any) -> WorkbookImport:
    return looked_at(file, "question_bank", mode=mode, **options)


def bring(file: BytesIO, **options: Any) -> WorkbookImport:
    kept = look(file, **options)
    services.confirm_import(workbook_import=kept, by=None, at=AT, later=False)
    return services.write_import(import_id=kept.pk, at=AT, turn_seconds=None)


def export(file_format: str = "xlsx") -> BytesIO:
    target = BytesIO()
    services.write_export(organisation=None, kind="question_bank", target=target, at=AT, file_format=file_format)
    target.seek(0)
    target.name = f"questions.{file_format}"
    return target


def faults(kept: WorkbookImport) -> list[tuple[str, str]]:
    return [(it["column"], (it["hints"] or [""])[0]) for row in kept.rows.order_by("pk") for it in row.problems]


@pytest.fixture(autouse=True)
def bank() -> Any:
    return BankFactory(code="hospitality")


def test_new_questions_come_in(bank: Any) -> None:
    kept = bring(xlsx(HEADS, NEW))
    assert (said(kept), counted(kept)) == ([], (1, 0, 0, 0, 0))
    question = Question.objects.get(code="who-to-tell")
    assert (question.kind, question.bank, question.difficulty, question.stem) == (
        "single",
        bank,
        "medium",
        "<p>Whom do you tell?</p>",
    )
    assert [(it.text, it.correct, it.feedback) for it in question.options.all()] == [
        ("<p>The contact person</p>", True, ""),
        ("<p>Nobody</p>", False, "<p>Help never comes.</p>"),
        ("<p>The guest</p>", False, "<p>It may harm somebody.</p>"),
    ]
    assert question.latest_revision is not None
    assert counted(look(xlsx(HEADS, NEW))) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_what_goes_out_comes_in_unchanged(bank: Any, file_format: str) -> None:
    for factory in TYPE_FACTORIES.values():
        factory(bank=bank)
    SingleChoiceQuestionFactory(bank=bank, innocent=True, stem="<h3>Odd</h3><p>A <b>b</b></p><ul><li>=1+1</li></ul>")
    for sign in INJECTIONS:
        TrueFalseQuestionFactory(bank=bank, stem=f"<p>{sign}</p>", feedback=f"<p>{sign}</p>")
    before = [freeze_question(it) for it in Question.objects.order_by("pk")]
    kept = bring(export(file_format))
    assert {it[2] for it in said(kept)} <= {"like_a_formula"}
    assert counted(kept) == (0, 0, len(TYPE_FACTORIES) + 1 + len(INJECTIONS), 0, 0)
    assert [freeze_question(it) for it in Question.objects.order_by("pk")] == before


def test_options_keep_their_keys_however_they_are_moved_and_reworded(bank: Any) -> None:
    question = SingleChoiceQuestionFactory(bank=bank, code="first")
    for option in question.options.all():
        option.feedback = "<p>Why.</p>"
        option.save()
    keys = [str(it.key) for it in question.options.all()]
    book = load_workbook(export())
    sheet = book["Questions"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for name in ("option", "feedback", "key"):
        first, second = sheet.cell(3, at[f"{name}_a"]), sheet.cell(3, at[f"{name}_b"])
        first.value, second.value = second.value, first.value
    sheet.cell(3, at["option_a"]).value = "Tell the owner"
    kept = bring(saved(book))
    assert said(kept) == []
    after = {str(it.key): (it.text, it.correct) for it in ChoiceOption.objects.filter(question=question)}
    # The letter that is right names a place in the row.
    assert after == {
        keys[0]: ("<p>Ask what is needed</p>", False),
        keys[1]: ("<p>Tell the owner</p>", True),
        keys[2]: ("<p>Look the other way</p>", False),
    }
    bring(xlsx(["question", "option_c"], ["first", "Turn away"]), mode="update")
    third = ChoiceOption.objects.get(question=question, key=keys[2])
    assert third.text == "<p>Turn away</p>"
    bring(xlsx(["question", "option_d", "feedback_d"], ["first", "Run", "No."]), mode="update")
    assert ChoiceOption.objects.filter(question=question).count() == 4
    bring(xlsx(["question", "option_d"], ["first", "(clear)"]), mode="update")
    assert {str(it) for it in ChoiceOption.objects.filter(question=question).values_list("key", flat=True)} == {*keys}


def test_undo_gives_questions_back_and_keeps_later_edits(bank: Any) -> None:
    SingleChoiceQuestionFactory(bank=bank, code="first")
    TrueFalseQuestionFactory(bank=bank, code="second", feedback="<p>Old.</p>")
    before = freeze_question(Question.objects.get(code="first"))
    stem = Question.objects.get(code="second").stem
    heads = ["question", "stem", "feedback", *HEADS[1:4], "right", *HEADS[7:]]
    new = [NEW[0], NEW[4], NEW[6], *NEW[1:4], NEW[5], *NEW[7:]]
    kept = bring(xlsx(heads, ["first", "Anew?", "So."], ["second", "Anew?", "So."], new))
    assert counted(kept) == (1, 2, 0, 0, 0)
    Question.objects.filter(code="second").update(feedback="<p>Later.</p>")
    services.undo_import(workbook_import=kept, by=None, at=AT, later=False)
    undone = services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)
    assert undone.outcome["left"] == [{"key": "second", "column": "feedback"}]
    assert freeze_question(Question.objects.get(code="first")) == before
    second = Question.objects.get(code="second")
    assert (second.stem, second.feedback) == (stem, "<p>Later.</p>")
    assert not Question.objects.filter(code="who-to-tell").exists()


def test_undo_leaves_a_question_whole_that_its_form_would_not_take(bank: Any) -> None:
    question = SingleChoiceQuestionFactory(bank=bank, code="first")
    first, second, _third = question.options.all()
    feedback = ["question", "right", "feedback_a", "stem"]
    kept = bring(xlsx(feedback, ["first", "b", "It is not enough.", "Anew?"]), mode="update")
    assert counted(kept) == (0, 1, 0, 0, 0)
    # Somebody takes away what was right before.
    first.delete()
    services.undo_import(workbook_import=kept, by=None, at=AT, later=False)
    undone = services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)
    assert {it["column"] for it in undone.outcome["left"]} == {"stem", "right", "feedback_a"}
    now = Question.objects.get(code="first")
    assert (now.stem, [it.key for it in now.options.all() if it.correct]) == ("<p>Anew?</p>", [second.key])


def test_papers_that_were_drawn_never_change(bank: Any) -> None:
    question = SingleChoiceQuestionFactory(bank=bank, code="first")
    paper = {"schema": 1, "questions": [freeze_question(question)]}
    attempt = Attempt.objects.create(quiz_code="q", context="c", form=1, paper=paper, language="en", started_at=AT)
    bring(xlsx(["question", "stem", "right"], ["first", "Anew?", "b"], ["x", "y", "z"]), mode="update")
    bring(xlsx(["question", "stem"], ["first", "Anew?"]), mode="update")
    attempt.refresh_from_db()
    assert attempt.paper == paper
    assert Question.objects.get(code="first").stem == "<p>Anew?</p>"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"question": "Not a code"}, ("question", "bad_code")),
        ({"right": "a, b"}, ("right", "not_one_right")),
        ({"right": "f"}, ("right", "no_option")),
        ({"right": "first"}, ("right", "bad_letters")),
        ({"feedback_b": None}, ("feedback_b", "feedback_missing")),
        ({"option_c": "Nobody"}, ("option_c", "same_text")),
        ({"option_c": None}, ("option_a", "wrong_number_of_parts")),
        ({"type": "multiple"}, ("option_a", "wrong_number_of_parts")),
        ({"type": "true_false"}, ("right", "not_a_statement")),
        ({"stem": None}, ("stem", "")),
        ({"objective": "nothing"}, ("objective", "note")),
        ({"bank": "nowhere"}, ("bank", "hospitality")),
    ],
)
def test_bad_rows_are_named_by_row_and_column(changed: Any, found: Any) -> None:
    row = [changed.get(key, value) for key, value in zip(HEADS, NEW, strict=True)]
    kept = look(xlsx(HEADS, row))
    assert found in faults(kept)
    report = services.report_of(kept)
    assert all(it["problem"] and it["mend"] and "%(" not in it["problem"] for it in report["problems"])
    assert not Question.objects.exists()


def test_rules_across_questions_hold(bank: Any) -> None:
    SingleChoiceQuestionFactory(bank=bank, code="first", of_rule=True, situation="lobby")
    heads = [*HEADS, "critical", "situation"]
    rows = [[f"new-{n}", *NEW[1:], "emergency-first", word] for n, word in enumerate(("lobby", "yard", "yard", None))]
    kept = look(xlsx(heads, *rows))
    assert [(it["row"], it["column"], it["hints"][0]) for row in kept.rows.order_by("pk") for it in row.problems] == [
        (2, "situation", "situation_taken"),
        (4, "situation", "situation_taken"),
        (5, "situation", "situation_missing"),
    ]


def test_what_never_changes_is_said(bank: Any) -> None:
    TrueFalseQuestionFactory(bank=bank, code="first")
    kept = look(xlsx(["question", "type", "stem"], ["first", "single", "x"]), mode="update")
    assert [it[:3] for it in said(kept)] == [(2, "type", "fixed")]


STORY = """[a]
A guest has no key.
She looks tired.
> Ask her -> b (1)
Her answer is hers to give.
> Call her boss -> b
It may harm her.
[b]
She thanks you."""
NEW_PARTS = {
    "ordering": ("order", "Look\nListen\n*Link*"),
    "matching": ("pairs", "Danger | 911\nA worry | A help line"),
    "scenario": ("story", STORY),
}


def of_parts(kind: str, parts: str) -> list[str]:
    code = NEW_PARTS[kind][0]
    use = "paper" if kind == "scenario" else "practice"
    stem, why = ("", "") if kind == "scenario" else ("What fits?", "So it is.")
    return [code, "hospitality", kind, "note", stem, "", why, use, parts]


PART_HEADS = ["question", "bank", "type", "objective", "stem", "right", "feedback", "use", "parts"]


@pytest.mark.parametrize("kind", NEW_PARTS)
def test_orders_pairs_and_stories_come_in_and_go_back_where_they_were(bank: Any, kind: str) -> None:
    code, parts = NEW_PARTS[kind]
    kept = bring(xlsx(PART_HEADS, of_parts(kind, parts)))
    assert (said(kept), counted(kept)) == ([], (1, 0, 0, 0, 0))
    question = Question.objects.get(code=code)
    match kind:
        case "ordering":
            assert [it.text for it in question.items.all()] == ["<p>Look</p>", "<p>Listen</p>", "<p><i>Link</i></p>"]
        case "matching":
            found = [(it.left, it.right) for it in question.pairs.all()]
            assert found == [("<p>Danger</p>", "<p>911</p>"), ("<p>A worry</p>", "<p>A help line</p>")]
        case "scenario":
            frozen = freeze_question(question)
            assert [it["id"] for it in frozen["nodes"]] == ["a", "b"]
            assert [(it["text"], it["next"], it["credit"]) for it in frozen["nodes"][0]["choices"]] == [
                ("Ask her", "b", 1),
                ("Call her boss", "b", 0),
            ]
            assert len({it["id"] for it in frozen["nodes"][0]["choices"]}) == 2
    assert counted(look(export())) == (0, 0, 1, 0, 0)
    services.undo_import(workbook_import=kept, by=None, at=AT, later=False)
    services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)
    assert not Question.objects.filter(code=code).exists()


def test_parts_keep_their_keys_however_they_are_moved_and_reworded(bank: Any) -> None:
    order = TYPE_FACTORIES["ordering"](bank=bank, code="order")
    story = TYPE_FACTORIES["scenario"](bank=bank, code="story")
    keys = {it.text: it.key for it in order.items.all()}
    bring(
        xlsx(
            ["question", "parts"],
            ["order", "Listen\nLook\nLink others"],
            ["story", "[a]\nPart a\n> Choice c2 -> d\nWhy c2\n> Choice 1 -> b (1)\nWhy c1\n[b]\nPart b, anew\n> Choice c3 -> d (0.5)\nWhy c3\n> Choice c4 -> d\nWhy c4\n[d]\nPart d"],
        ),
        mode="update",
    )  # fmt: skip
    assert [(it.text, it.key) for it in order.items.all()] == [
        ("<p>Listen</p>", keys["<p>Listen</p>"]),
        ("<p>Look</p>", keys["<p>Look</p>"]),
        ("<p>Link others</p>", keys["<p>Link</p>"]),
    ]
    frozen = freeze_question(Question.objects.get(pk=story.pk))
    assert [it["id"] for it in frozen["nodes"][0]["choices"]] == ["c2", frozen["nodes"][0]["choices"][1]["id"]]
    assert [it["id"] for it in frozen["nodes"][1]["choices"]] == ["c3", "c4"]
    assert frozen["nodes"][1]["text"] == "<p>Part b, anew</p>"


@pytest.mark.parametrize(
    ("kind", "parts", "fault"),
    [
        ("ordering", "One\nTwo", "wrong_number_of_parts"),
        ("ordering", "One\nTwo\nOne", "same_text"),
        ("matching", "Danger", "bad_line"),
        ("matching", "Danger | 911 | 112", "bad_line"),
        ("matching", "Danger | 911", "wrong_number_of_parts"),
        ("scenario", "Once upon a time", "bad_line"),
        ("scenario", "[a]\nHe waits.\n> Go", "bad_line"),
        ("scenario", "[a]\nHe waits.\n> Go -> c (1)\nWhy", "unknown_next"),
        ("scenario", "[a]\nHe waits.\n> Go -> a (1)\nWhy", "cycle"),
        ("scenario", "[a]\nHe waits.\n> Go -> b (1)\nWhy\n[b]\nEnd\n[c]\nLost", "unreachable"),
        ("scenario", "[a]\nHe waits.\n> Go -> b (1)\nWhy\n[b]\nEnd\n[b]\nAgain", "repeated_node"),
        ("scenario", "[a]\nHe waits.\n> Go -> b (1)\n[b]\nEnd", "feedback_missing"),
        ("scenario", "[a]\nHe waits.\n> Go -> b\nWhy\n[b]\nEnd", "no_credit"),
    ],
)
def test_what_is_wrong_with_parts_is_said_at_their_cell(bank: Any, kind: str, parts: str, fault: str) -> None:
    kept = look(xlsx(PART_HEADS, of_parts(kind, parts)))
    assert ("parts", fault) in faults(kept)
    assert not Question.objects.filter(bank=bank).exists()
    told = [
        QuestionBankKind().words(RowProblem(2, "parts", Problem.OF_KIND, hints=tuple(it[1:]))) for it in hints(kept)
    ]
    assert told
    assert not any("%(" in sentence or "“”" in sentence for pair in told for sentence in pair)


def hints(kept: WorkbookImport) -> list[tuple[str, ...]]:
    return [(it["column"], *it["hints"]) for it in kept.rows.get().problems if it["column"] == "parts"]


def test_words_of_all_languages_are_taken(bank: Any) -> None:
    TrueFalseQuestionFactory(bank=bank, code="first", difficulty="easy")
    kept = look(xlsx(["question", "difficulty", "retired"], ["first", "hard", "YES"]), mode="update")
    assert kept.rows.get().changes == {"difficulty": ["easy", "hard"], "retired": ["no", "yes"]}


def test_formulas_stay_texts(bank: Any) -> None:
    MultipleChoiceQuestionFactory(bank=bank, code="first", feedback="<p>=cmd|' /C calc'!A0</p>")
    cells = [cell for sheet in load_workbook(export()).worksheets for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    kept = look(texts(["question", "feedback"], ["first", "=1+1"]), mode="update")
    assert [it[2] for it in said(kept)] == ["like_a_formula"]


def test_organisations_neither_see_nor_bring_shared_kinds(bank: Any) -> None:
    assert [it.code for it in shared_kinds()] == ["glossary", "question_bank"]
    assert "question_bank" not in {it.code for it in all_kinds()}
    organisation = OrganisationFactory()
    with pytest.raises(UnknownKind):
        services.write_export(organisation=organisation, kind="question_bank", target=BytesIO(), at=AT)
    with pytest.raises(UnknownKind):
        services.write_export(organisation=None, kind="people", target=BytesIO(), at=AT)
    with pytest.raises(UnknownKind):
        services.keep_upload(
            organisation=organisation, kind="question_bank", file=xlsx(HEADS), file_name="x", by=None, at=AT
        )


def test_commands_bring_questions_in_and_out(bank: Any, tmp_path: Path) -> None:
    TrueFalseQuestionFactory(bank=bank, code="first")
    path = tmp_path / "questions.xlsx"
    out = StringIO()
    call_command("export_workbook", "question_bank", str(path), stdout=out)
    with pytest.raises(SystemExit) as ended:
        call_command("import_workbook", "question_bank", str(path), "--apply", stdout=out)
    assert (ended.value.code, "0 changes." in out.getvalue()) == (0, True)
    assert AuditEntry.objects.filter(verb="workbook.written", organisation=None).count() == 1
    call_command("export_workbook", "question_bank", str(tmp_path / "t.xlsx"), "--template", stdout=out)
    for args, words in (
        (["export_workbook", "question_bank", str(path), "--as-of", "2026-03-02"], "as of a day"),
        (
            ["export_workbook", "question_bank", str(path), "--organisation", OrganisationFactory().code],
            "no organisation",
        ),
        (["export_workbook", "people", str(path)], "needs --organisation"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command(*args)


def test_rows_cost_no_more_than_their_writing(bank: Any, django_assert_num_queries: Any) -> None:
    for _ in range(6):
        option = SingleChoiceQuestionFactory(bank=bank)
        ChoiceOptionFactory(question=option, text="<p>More</p>")
    with django_assert_num_queries(11):
        export()
