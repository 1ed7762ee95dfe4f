import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from assessments.models import (
    AnonymousAnswer,
    Answer,
    Attempt,
    BlueprintRow,
    Objective,
    Question,
    QuestionBank,
    Quiz,
    ScenarioQuestion,
    SingleChoiceQuestion,
)
from assessments.viewsets import CONCRETE_MODELS, blueprint_warnings
from tests.factories.assessments import (
    TYPE_FACTORIES,
    BankFactory,
    CriticalRuleFactory,
    ObjectiveFactory,
    QuizFactory,
    ScenarioQuestionFactory,
    SingleChoiceQuestionFactory,
    TrueFalseQuestionFactory,
)

pytestmark = pytest.mark.django_db

KINDS = [model.kind for model in CONCRETE_MODELS]
MODELS = {model.kind: model for model in CONCRETE_MODELS}


@pytest.fixture
def admin(client):
    client.force_login(get_user_model().objects.create_superuser("trainer@example.org"))
    return client


@pytest.fixture
def bank():
    return BankFactory()


def url(model, name, *args):
    return reverse(model.snippet_viewset.get_url_name(name), args=args)


def option(text, *, correct=False, alarm=False, feedback="Asking is better."):
    data = {"text": rich_text(f"<p>{text}</p>"), "feedback": rich_text(f"<p>{feedback}</p>")}
    return {**data, **({"correct": "on"} if correct else {}), **({"alarm": "on"} if alarm else {})}


def node(name, *choices):
    return {
        "id": name,
        "text": rich_text(f"<p>Part {name}</p>"),
        "choices": {
            **{
                f"{place}": {"value": choice, "deleted": "", "order": str(place), "type": "item", "id": ""}
                for place, choice in enumerate(choices)
            },
            "count": len(choices),
        },
    }


def choice(leads_to, credit, *, key="", feedback="Why"):
    text = f"Go to {leads_to} for {credit}"
    return {"id": key, "text": text, "next": leads_to, "credit": credit, "feedback": rich_text(f"<p>{feedback}</p>")}


def graph(*nodes):
    return streamfield([("node", each) for each in nodes])


PARTS = {
    "single": lambda: {"options": inline_formset([option("Ask", correct=True), option("Tell"), option("Leave")])},
    "multiple": lambda: {
        "options": inline_formset(
            [option("When", correct=True), option("Where", correct=True), option("Who"), option("Follow")]
        )
    },
    "true_false": lambda: {"answer": "on"},
    "ordering": lambda: {"items": inline_formset([{"text": rich_text(f"<p>{text}</p>")} for text in ("a", "b", "c")])},
    "matching": lambda: {
        "pairs": inline_formset(
            [{"left": rich_text(f"<p>{n}</p>"), "right": rich_text(f"<p>{n} too</p>")} for n in ("one", "two")]
        )
    },
    "scenario": lambda: {
        "start": "a",
        "graph": graph(node("a", choice("b", "1"), choice("c", "0")), node("b"), node("c")),
    },
    "reflection": dict,
}


def form_data(kind, bank, **changes):
    data = {
        "bank": bank.pk,
        "code": "new-1",
        "objective": bank.objectives.get(code="note").pk,
        "passage": "act",
        "stem": rich_text("<p>What do you do?</p>"),
        "feedback": rich_text("<p>This keeps people safe.</p>"),
        "use": "practice" if kind in ("ordering", "matching", "reflection") else "paper",
        "difficulty": "easy",
        "critical": "",
        "situation": "",
        **PARTS[kind](),
        **changes,
    }
    return nested_form_data(data)


def post(admin, kind, bank, **changes):
    return admin.post(url(MODELS[kind], "add"), form_data(kind, bank, **changes))


def errors_of(response):
    """Return all errors of a refused form as text."""
    assert response.status_code == 200
    form = response.context["form"]
    found = [message for messages in form.errors.values() for message in messages]
    for formset in form.formsets.values():
        found += formset.non_form_errors()
        found += [message for row in formset.errors for messages in row.values() for message in messages]
    return found


# Every type


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_each_type_open(admin, bank, kind):
    question = TYPE_FACTORIES[kind](bank=bank)
    model = MODELS[kind]

    for name, args in [
        ("add", ()),
        ("edit", (question.pk,)),
        ("delete", (question.pk,)),
        ("history", (question.pk,)),
        ("usage", (question.pk,)),
    ]:
        response = admin.get(url(model, name, *args))
        assert response.status_code == 200, name
    assert "help-info" in admin.get(url(model, "add")).content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_question_is_created_and_edited(admin, bank, kind):
    response = post(admin, kind, bank)
    assert response.status_code == 302, errors_of(response)

    question = Question.objects.get()
    assert type(question) is MODELS[kind]
    assert (question.code, question.bank, question.locale) == ("new-1", bank, Locale.get_default())
    assert "What do you do?" in question.stem

    edit = url(MODELS[kind], "edit", question.pk)
    page = admin.get(edit)
    data = bound_data(page.context["form"]) | {"stem": rich_text("<p>What first?</p>")}
    response = admin.post(edit, data)
    assert response.status_code == 302, errors_of(response)

    changed = Question.objects.get()
    assert "What first?" in changed.stem
    assert type(changed) is MODELS[kind]
    assert part_keys(changed) == part_keys(question)
    assert changed.revisions.count() == 2


def part_keys(question):
    keys = [str(part.key) for name in ("options", "items", "pairs") for part in getattr(question, name).all()]
    graph = question.graph if isinstance(question, ScenarioQuestion) else ()
    return keys + [choice["id"] for child in graph for choice in child.value["choices"]]


def bound_data(form):
    """Return what a browser would send back when nothing is changed."""
    data = {}
    for bound in form:
        value = bound.value()
        if bound.name == "graph":
            data |= nested_form_data({"graph": as_stream_data(value)})
        elif bound.name in ("stem", "feedback"):
            data[bound.html_name] = rich_text(value)
        elif isinstance(value, bool):
            data |= {bound.html_name: "on"} if value else {}
        else:
            data[bound.html_name] = "" if value is None else getattr(value, "pk", value)
    for name, formset in form.formsets.items():
        rows = [row for row in formset.forms if row.instance.pk]
        data |= {
            f"{name}-TOTAL_FORMS": len(rows),
            f"{name}-INITIAL_FORMS": len(rows),
            f"{name}-MIN_NUM_FORMS": 0,
            f"{name}-MAX_NUM_FORMS": 1000,
        }
        for place, row in enumerate(rows):
            data |= {f"{name}-{place}-id": row.instance.pk, f"{name}-{place}-ORDER": place + 1}
            for bound in row:
                value = bound.value()
                if bound.name in ("text", "feedback", "left", "right"):
                    data[f"{name}-{place}-{bound.name}"] = rich_text(value)
                elif bound.name in ("correct", "alarm") and value:
                    data[f"{name}-{place}-{bound.name}"] = "on"
    return data


def as_stream_data(value):
    return graph(
        *(
            node(
                child.value["id"],
                *(choice(each["next"], each["credit"], key=each["id"]) for each in child.value["choices"]),
            )
            for child in value
        )
    )


# What a form refuses


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("single", {"code": "Not a code"}, "Use lower-case letters, digits and hyphens."),
        ("single", {"stem": rich_text("<p></p>")}, "This is needed."),
        ("single", {"feedback": rich_text("<p></p>")}, "This is needed."),
        (
            "single",
            {"options": inline_formset([option("a", correct=True), option("b")])},
            "There have to be 3 to 4.",
        ),
        (
            "single",
            {"options": inline_formset([option("a", correct=True), option("b", correct=True), option("c")])},
            "Exactly one option has to be right.",
        ),
        (
            "single",
            {"options": inline_formset([option("a", correct=True), option("b", feedback=""), option("c")])},
            "Say why somebody would think so, and what is better.",
        ),
        (
            "single",
            {"options": inline_formset([option("a", correct=True), option("a"), option("c")])},
            "Another one says the same: nobody could tell them apart.",
        ),
        (
            "single",
            {"options": inline_formset([option("a", correct=True), option("b", alarm=True), option("c")])},
            "Only options of an innocent situation can report somebody innocent.",
        ),
        (
            "single",
            {
                "innocent": "on",
                "options": inline_formset(
                    [option("a", correct=True, alarm=True), option("b", alarm=True), option("c")]
                ),
            },
            "The right option cannot report somebody innocent.",
        ),
        (
            "single",
            {"innocent": "on"},
            "Of an innocent situation at least one wrong option reports somebody, or acts against them.",
        ),
        (
            "multiple",
            {"options": inline_formset([option("a", correct=True), option("b"), option("c"), option("d")])},
            "At least 2 options have to be right.",
        ),
        ("ordering", {"use": "paper"}, "Select a valid choice. paper is not one of the available choices."),
        ("ordering", {"items": inline_formset([{"text": rich_text("<p>one</p>")}])}, "There have to be 3 to 8."),
        ("scenario", {"start": "z"}, "There is no part “z”."),
    ],
)
def test_form_refuses(admin, bank, kind, changes, message):
    assert errors_of(post(admin, kind, bank, **changes)) == [message]
    assert Question.objects.count() == 0


def test_critical_question_needs_a_situation_of_its_own(admin, bank):
    rule = bank.critical_rules.get()
    SingleChoiceQuestionFactory(bank=bank, critical=rule, situation="lobby")
    SingleChoiceQuestionFactory(bank=bank, critical=rule, situation="garage", retired=True)

    assert errors_of(post(admin, "single", bank, critical=rule.pk)) == [
        "A question of a critical rule needs a word for its situation."
    ]
    assert errors_of(post(admin, "single", bank, critical=rule.pk, situation="lobby")) == [
        "Another question of this critical rule has this situation."
    ]
    assert post(admin, "single", bank, critical=rule.pk, situation="garage").status_code == 302


def test_question_is_not_critical_and_innocent(admin, bank):
    changes = {
        "critical": bank.critical_rules.get().pk,
        "situation": "lobby",
        "innocent": "on",
        "options": inline_formset([option("a", correct=True), option("b", alarm=True), option("c")]),
    }

    assert errors_of(post(admin, "single", bank, **changes)) == [
        "A question is about a critical rule, or an innocent situation, or neither; not both."
    ]


def test_true_or_false_has_no_field_for_a_critical_rule(admin, bank):
    rule = bank.critical_rules.get()

    assert post(admin, "true_false", bank, critical=rule.pk, situation="lobby").status_code == 302
    assert Question.objects.get().critical is None


def test_code_is_once_per_language(admin, bank):
    SingleChoiceQuestionFactory(code="new-1")

    assert errors_of(post(admin, "single", bank)) == ["Another question has this code."]


def test_objective_and_rule_are_of_the_same_bank(admin, bank):
    other = BankFactory()

    response = post(
        admin,
        "single",
        bank,
        objective=other.objectives.get().pk,
        critical=other.critical_rules.get().pk,
        situation="lobby",
    )

    assert errors_of(response) == ["This belongs to another bank."] * 2


def test_code_and_bank_of_an_answered_question_stay(admin, bank):
    question = SingleChoiceQuestionFactory(bank=bank, code="hos-1")
    AnonymousAnswer.objects.create(
        question_key="hos-1", question_version="x", language="en", response="x", score_percent=0, month="2026-03-01"
    )
    edit = url(SingleChoiceQuestion, "edit", question.pk)

    response = admin.post(
        edit, bound_data(admin.get(edit).context["form"]) | {"code": "other", "bank": BankFactory().pk}
    )

    assert response.status_code == 302
    question.refresh_from_db()
    assert (question.code, question.bank) == ("hos-1", bank)


# Stories


def block_errors(response):
    """Return the errors in the story as nested plain data."""
    assert response.status_code == 200
    return response.context["form"].errors["graph"].as_data()[0].as_json_data()


def of_choice(**messages):
    """Return the error of a part whose first choice has these."""
    return {"choices": {"blockErrors": {"0": {"blockErrors": messages}}}}


@pytest.mark.parametrize(
    ("nodes", "place", "expected"),
    [
        (
            [node("a", choice("x", "1"))],
            "0",
            of_choice(next="There is no part “x”: the story would end in nothing."),
        ),
        ([node("a", choice("b", "1")), node("b"), node("c")], "2", {"id": "No choice leads to this part."}),
        ([node("a", choice("b", "1")), node("b"), node("b")], "2", {"id": "There is another part “b”."}),
        (
            [node("a", choice("a", "1"))],
            "0",
            of_choice(next="This leads back to part “a”: the story would never end."),
        ),
        (
            [node("a", choice("b", "1", feedback="")), node("b")],
            "0",
            of_choice(feedback="Say why somebody would think so, and what is better."),
        ),
        (
            [node("a", *[choice("b", "1") for _ in range(9)]), node("b")],
            "0",
            {"choices": "There have to be 0 to 8."},
        ),
    ],
)
def test_faults_of_a_story_stand_where_they_are(admin, bank, nodes, place, expected):
    found = block_errors(post(admin, "scenario", bank, graph=graph(*nodes)))

    # A list of messages that holds one is written as that one.
    flat = re.sub(r'\{"messages": \[("[^"]*")\]\}', r"\1", json.dumps(found))
    assert json.loads(flat) == {"blockErrors": {place: {"blockErrors": expected}}}
    assert ScenarioQuestion.objects.count() == 0


def test_story_without_credit_is_refused(admin, bank):
    found = block_errors(post(admin, "scenario", bank, graph=graph(node("a", choice("b", "0")), node("b"))))

    assert found == {"messages": ["At least one choice has to earn credit."]}


def test_choices_get_ids_that_stay_and_differ(admin, bank):
    choices = [choice("b", "1"), choice("b", "0.5", key="kept"), choice("b", "0", key="kept")]

    assert post(admin, "scenario", bank, graph=graph(node("a", *choices), node("b"))).status_code == 302

    ids = part_keys(ScenarioQuestion.objects.get())
    assert ids[1] == "kept"
    assert len({*ids}) == 3
    assert all(len(each) == 12 for each in (ids[0], ids[2]))


# The list of all questions


def test_list_shows_every_type_and_leads_to_its_form(admin, bank):
    questions = [TYPE_FACTORIES[kind](bank=bank) for kind in KINDS]

    page = admin.get(url(Question, "list")).content.decode()

    for question in questions:
        assert url(type(question), "edit", question.pk) in page
        assert url(Question, "try", question.pk) in page
        assert url(Question, "edit", question.pk) not in page


def test_list_takes_the_same_queries_for_any_number_of_questions(admin, bank, django_assert_max_num_queries):
    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            assert admin.get(url(Question, "list")).status_code == 200
        return len(captured)

    SingleChoiceQuestionFactory(bank=bank, of_rule=True)
    queries()
    few = queries()
    SingleChoiceQuestionFactory.create_batch(6, bank=bank, of_rule=True)

    # One more may be Wagtail reading a setting that another test has let go.
    assert queries() <= few + 1


@pytest.mark.parametrize(
    ("narrowed", "codes"),
    [
        ({"bank": "other"}, {"elsewhere"}),
        ({"objective": "act"}, {"acting"}),
        ({"polymorphic_ctype": TrueFalseQuestionFactory}, {"believed"}),
        ({"use": "practice"}, {"practised"}),
        ({"critical": "rule"}, {"must-know"}),
        ({"innocent": "true"}, {"harmless"}),
        ({"retired": "true"}, {"gone"}),
        ({"q": "harmless"}, {"harmless"}),
        ({"q": "what", "innocent": "true"}, {"harmless"}),
    ],
)
@pytest.mark.usefixtures("search_index")
def test_list_is_narrowed(admin, bank, narrowed, codes):
    other = BankFactory()
    act = ObjectiveFactory(bank=bank, code="act")
    SingleChoiceQuestionFactory(bank=other, code="elsewhere")
    SingleChoiceQuestionFactory(bank=bank, code="acting", objective=act)
    TrueFalseQuestionFactory(bank=bank, code="believed")
    SingleChoiceQuestionFactory(bank=bank, code="practised", use="practice")
    SingleChoiceQuestionFactory(bank=bank, code="must-know", of_rule=True)
    SingleChoiceQuestionFactory(bank=bank, code="harmless", innocent=True)
    SingleChoiceQuestionFactory(bank=bank, code="gone", retired=True)
    values = {
        "other": other.pk,
        "act": act.pk,
        "rule": bank.critical_rules.get().pk,
        TrueFalseQuestionFactory: ContentType.objects.get(app_label="assessments", model="truefalsequestion").pk,
    }

    response = admin.get(url(Question, "list"), {name: values.get(value, value) for name, value in narrowed.items()})

    assert {question.code for question in response.context["object_list"]} == codes


def test_forms_of_the_base_type_are_not_offered(admin, bank):
    question = ScenarioQuestionFactory(bank=bank)

    response = admin.get(url(Question, "edit", question.pk))
    assert (response.status_code, response.url) == (302, url(ScenarioQuestion, "edit", question.pk))

    response = admin.post(url(Question, "edit", question.pk), {"code": "other"})
    assert (response.status_code, response.url) == (302, url(ScenarioQuestion, "edit", question.pk))

    page = admin.get(url(Question, "add"))
    assert page.status_code == 200
    for model in CONCRETE_MODELS:
        assert url(model, "add") in page.content.decode()
    assert admin.post(url(Question, "add"), {"code": "bare"}).status_code == 405
    assert Question.objects.count() == 1


def test_list_of_one_type_is_the_list_narrowed_to_it(admin):
    content_type = ContentType.objects.get(app_label="assessments", model="scenarioquestion")

    response = admin.get(url(ScenarioQuestion, "list"))

    assert response.url == f"{url(Question, 'list')}?polymorphic_ctype={content_type.pk}"


def test_menu_has_questions_banks_and_quizzes(admin):
    page = admin.get(url(Question, "list")).content.decode()

    for model in (Question, QuestionBank, Quiz):
        assert url(model, "list") in page
    assert (
        reverse("wagtailsnippets:index") not in page
        or "truefalse" not in admin.get(reverse("wagtailsnippets:index")).content.decode()
    )


def test_chooser_offers_every_type_but_nothing_retired(admin, bank):
    questions = [TYPE_FACTORIES[kind](bank=bank) for kind in KINDS]
    gone = SingleChoiceQuestionFactory(bank=bank, code="gone", retired=True)
    chooser = "wagtailsnippetchoosers_assessments_question"

    page = json.loads(admin.get(reverse(f"{chooser}:choose")).content)["html"]
    for question in questions:
        assert question.code in page
    assert gone.code not in page

    chosen = json.loads(admin.get(reverse(f"{chooser}:chosen", args=[questions[0].pk])).content)["result"]
    assert (chosen["id"], chosen["string"]) == (str(questions[0].pk), questions[0].code)


# Retiring


@pytest.mark.parametrize("model", [Question, SingleChoiceQuestion])
def test_question_that_was_answered_is_not_deleted(admin, bank, model):
    question = SingleChoiceQuestionFactory(bank=bank, code="hos-1")
    attempt = Attempt.objects.create(
        quiz_code="q", context="c", form=1, paper={}, language="en", started_at="2026-03-01T12:00:00Z"
    )
    Answer.objects.create(attempt=attempt, question_key="hos-1", response="x", saved_at="2026-03-01T12:00:00Z")

    for send in (admin.get, admin.post):
        response = send(url(model, "delete", question.pk), follow=True)
        assert response.redirect_chain[0][0] == url(SingleChoiceQuestion, "edit", question.pk)
        assert "In use: hos-1." in response.content.decode()
    bulk = reverse("wagtail_bulk_action", args=["assessments", "question", "delete"])
    assert admin.post(f"{bulk}?id={question.pk}").status_code == 302
    assert Question.objects.count() == 1


def test_question_that_nobody_answered_is_deleted(admin, bank):
    question = SingleChoiceQuestionFactory(bank=bank)

    assert admin.post(url(SingleChoiceQuestion, "delete", question.pk)).status_code == 302
    assert Question.objects.count() == 0


# Trying


def sent_answer(question):
    """Return the fields of the right answer."""
    name = f"q-{question.code}"
    match question.kind:
        case "single" | "multiple":
            return {name: [str(each.key) for each in question.options.filter(correct=True)]}
        case "true_false":
            return {name: "false"}
        case "ordering":
            return {f"{name}-{item.key}": place for place, item in enumerate(question.items.all(), 1)}
        case "matching":
            return {f"{name}-{pair.key}": str(pair.right_key) for pair in question.pairs.all()}
        case "scenario":
            return {name: ["c1", "c3"]}
    return {}


@pytest.mark.parametrize("kind", KINDS)
def test_question_is_tried_and_nothing_is_recorded(admin, bank, kind):
    question = TYPE_FACTORIES[kind](bank=bank)

    page = admin.get(url(Question, "try", question.pk)).content.decode()
    assert question.code in page
    assert "people safe" not in page
    assert "Asking is better" not in page

    response = admin.post(url(Question, "try", question.pk), sent_answer(question))
    assert response.status_code == 200
    if kind != "reflection":
        assert response.context["graded"].right
        assert "people safe" in response.content.decode()
    assert (Attempt.objects.count(), Answer.objects.count(), AnonymousAnswer.objects.count()) == (0, 0, 0)


def test_tried_story_goes_on_part_by_part(admin, bank):
    question = ScenarioQuestionFactory(bank=bank)
    name = f"q-{question.code}"

    first = admin.get(url(Question, "try", question.pk)).content.decode()
    second = admin.post(url(Question, "try", question.pk), {name: ["c1"]})

    assert "Part a" in first
    assert "Part b" not in first
    assert second.context["graded"] is None
    assert f'<input type="hidden" name="{name}" value="c1">' in second.content.decode()
    assert "Part b" in second.content.decode()


@pytest.mark.parametrize("sent", [{}, {"q-x": "no-such-option"}])
def test_tried_question_without_a_readable_answer_is_asked_again(admin, bank, sent):
    question = SingleChoiceQuestionFactory(bank=bank, code="x")

    response = admin.post(url(Question, "try", question.pk), sent)

    assert "Answer the whole question first." in response.content.decode()
    assert "people safe" not in response.content.decode()


def test_tried_wrong_answer_says_why_and_reports_count(admin, bank):
    question = SingleChoiceQuestionFactory(bank=bank, code="x", innocent=True)

    response = admin.post(url(Question, "try", question.pk), {"q-x": str(question.options.get(alarm=True).key)})

    page = response.content.decode()
    assert "asking is better" in page
    assert "it counts against passing" in page


# Who may


@pytest.fixture
def editor(client):
    """Return a function that signs in an editor with these permissions."""

    def _editor(*codenames):
        user = get_user_model().objects.create_user("editor@example.org")
        wanted = ["access_admin", *codenames]
        user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
        assert user.user_permissions.count() == len(wanted)
        client.force_login(user)
        return client

    return _editor


def test_editor_of_one_type_sees_that_type_alone(editor, bank):
    single, story = SingleChoiceQuestionFactory(bank=bank), ScenarioQuestionFactory(bank=bank)
    client = editor(
        "view_question", "add_question", "change_singlechoicequestion", "add_singlechoicequestion", "change_course"
    )

    assert client.get(url(SingleChoiceQuestion, "edit", single.pk)).status_code == 200
    assert client.get(url(ScenarioQuestion, "edit", story.pk)).status_code == 302
    assert client.get(url(Question, "try", single.pk)).status_code == 200
    assert client.get(url(Question, "try", story.pk)).status_code in (302, 403)
    page = client.get(url(Question, "list")).content.decode()
    assert url(SingleChoiceQuestion, "edit", single.pk) in page
    assert url(ScenarioQuestion, "edit", story.pk) not in page
    types = client.get(url(Question, "add")).content.decode()
    assert url(SingleChoiceQuestion, "add") in types
    assert url(ScenarioQuestion, "add") not in types


@pytest.mark.parametrize("model", [Question, QuestionBank, Quiz, *CONCRETE_MODELS])
def test_pages_are_closed_to_strangers(client, model):
    for user in (None, get_user_model().objects.create_user()):
        if user:
            client.force_login(user)
        for name in ("list", "add"):
            assert client.get(url(model, name)).status_code in (302, 403)


def test_trying_is_closed_to_strangers(client, bank):
    question = SingleChoiceQuestionFactory(bank=bank)

    assert client.get(url(Question, "try", question.pk)).status_code == 302


# Banks


def bank_data(bank, **changes):
    rows = {
        "objectives": [(each.pk, {"code": each.code, "text": each.text}) for each in bank.objectives.all()],
        "critical_rules": [
            (each.pk, {"code": each.code, "text": each.text, "passage": each.passage})
            for each in bank.critical_rules.all()
        ],
    }
    data = {"title": bank.title, "code": bank.code}
    for name, parts in rows.items():
        data[name] = inline_formset([{"id": pk, **values} for pk, values in parts], initial=len(parts))
    data |= changes
    return nested_form_data(data)


def test_bank_is_created_with_objectives_and_rules(admin):
    data = {
        "title": "Hotels",
        "code": "hotels",
        "objectives": inline_formset([{"code": "note", "text": "Note facts"}]),
        "critical_rules": inline_formset([{"code": "first", "text": "Call first", "passage": "act"}]),
    }
    assert admin.get(url(QuestionBank, "add")).status_code == 200

    assert admin.post(url(QuestionBank, "add"), nested_form_data(data)).status_code == 302

    bank = QuestionBank.objects.get()
    assert [each.code for each in bank.objectives.all()] == ["note"]
    assert [(each.code, each.passage) for each in bank.critical_rules.all()] == [("first", "act")]


def test_bank_keeps_the_objectives_and_rules_that_are_used(admin):
    quiz = QuizFactory()
    bank = quiz.bank
    unused = ObjectiveFactory(bank=bank, code="unused")
    edit = url(QuestionBank, "edit", bank.pk)
    assert admin.get(edit).status_code == 200

    response = admin.post(edit, bank_data(bank) | {"objectives-0-DELETE": "on", "critical_rules-0-DELETE": "on"})

    assert errors_of(response) == [
        "“Do note” is used by questions or quizzes: it cannot be deleted.",
        "“Danger now: call 911 first” is used by questions or quizzes: it cannot be deleted.",
    ]
    assert admin.post(edit, bank_data(bank) | {"objectives-1-DELETE": "on"}).status_code == 302
    assert not Objective.objects.filter(pk=unused.pk).exists()


@pytest.mark.parametrize("send", ["get", "post"])
def test_bank_that_is_used_is_not_deleted(admin, send):
    bank = QuizFactory().bank

    response = getattr(admin, send)(url(QuestionBank, "delete", bank.pk), follow=True)

    assert "Something still hangs on" in response.content.decode()
    assert QuestionBank.objects.count() == 1


def test_empty_bank_is_deleted(admin, bank):
    assert admin.post(url(QuestionBank, "delete", bank.pk)).status_code == 302
    assert QuestionBank.objects.count() == 0


# Quizzes


def quiz_data(bank, rows, **changes):
    data = {
        "title": "Check what you learnt",
        "code": "final",
        "bank": bank.pk,
        "pass_percent": 80,
        "max_false_alarms": 1,
        "max_attempts": "",
        "wait_hours": 0,
        "blueprint": inline_formset(rows),
    }
    return nested_form_data(data | changes)


def row(n=1, *, objective=None, critical=None, difficulty="", innocent=False):
    values = {
        "n": n,
        "objective": objective.pk if objective else "",
        "critical": critical.pk if critical else "",
        "difficulty": difficulty,
    }
    return values | ({"innocent": "on"} if innocent else {})


def test_quiz_is_created_and_warns_of_what_its_bank_lacks(admin, bank):
    SingleChoiceQuestionFactory.create_batch(3, bank=bank)
    rows = [row(2, objective=bank.objectives.get()), row(1, critical=bank.critical_rules.get())]
    assert admin.get(url(Quiz, "add")).status_code == 200

    response = admin.post(url(Quiz, "add"), quiz_data(bank, rows), follow=True)

    quiz = Quiz.objects.get()
    assert [(each.n, each.sort_order) for each in quiz.blueprint.all()] == [(2, 0), (1, 1)]
    warnings = [
        "Row 1 finds 3 questions; it needs 4, so that a second chance has others.",
        "Row 2 finds 0 questions; it needs 2, so that a second chance has others.",
        "0 innocent situations are drawn; at least 1 have to be, a quarter of the paper.",
    ]
    assert blueprint_warnings(quiz) == warnings
    for page in (response.content.decode(), admin.get(url(Quiz, "edit", quiz.pk)).content.decode()):
        for warning in warnings:
            assert warning in page


def test_sound_quiz_has_no_warning(admin):
    quiz = QuizFactory()

    page = admin.get(url(Quiz, "edit", quiz.pk))

    assert blueprint_warnings(quiz) == []
    assert page.status_code == 200
    assert "cannot be drawn twice" not in page.content.decode()


def test_row_of_a_quiz_names_one_kind_of_its_own_bank(admin, bank):
    note, rule = bank.objectives.get(), bank.critical_rules.get()
    one_kind = "A row draws from one objective, from one critical rule, or innocent situations."
    foreign = BankFactory().objectives.get()
    cases = [
        (row(), one_kind),
        (row(objective=note, critical=rule), one_kind),
        (row(objective=note, innocent=True), one_kind),
        (row(innocent=True, difficulty="easy"), "A difficulty stands beside an objective only."),
        (row(objective=foreign), "This belongs to another bank."),
        (row(0, objective=note), "Ensure this value is greater than or equal to 1."),
    ]
    for values, message in cases:
        assert errors_of(admin.post(url(Quiz, "add"), quiz_data(bank, [values]))) == [message]
    assert (Quiz.objects.count(), BlueprintRow.objects.count()) == (0, 0)


def test_rows_of_a_saved_quiz_offer_what_its_bank_has(admin):
    quiz = QuizFactory()
    other = BankFactory()
    CriticalRuleFactory(bank=other, code="other")

    form = admin.get(url(Quiz, "edit", quiz.pk)).context["form"]

    offered = form.formsets["blueprint"].forms[0].fields["objective"].queryset
    assert set(offered) == set(quiz.bank.objectives.all())
    assert set(form.formsets["blueprint"].empty_form.fields["critical"].queryset) == set(quiz.bank.critical_rules.all())
