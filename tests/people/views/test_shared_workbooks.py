"""Workbooks of no organisation in the CMS: for who may edit what they hold, and for nobody else."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from assessments.models import Question
from people import services
from people.models import StaffRole, WorkbookImport
from tests.corpus.workbooks import xlsx
from tests.factories.assessments import BankFactory, TrueFalseQuestionFactory
from tests.factories.people import AT, StaffRoleFactory, UserFactory, sign_in_personally

pytestmark = pytest.mark.django_db
HEADS = ["question", "stem", "right"]


def editor(client: Any, *permissions: str) -> Any:
    user = UserFactory(with_email=True)
    group = Group.objects.create(name=f"group {user.pk}")
    group.permissions.add(*Permission.objects.filter(codename__in=["access_admin", *permissions]))
    user.groups.add(group)
    sign_in_personally(client, user)
    return client


@pytest.fixture
def question() -> Question:
    question: Question = TrueFalseQuestionFactory(bank=BankFactory(code="hospitality"), code="first", answer=False)
    return question


def test_author_brings_questions_in_and_takes_them_back(client: Any, question: Question) -> None:
    author = editor(client, "add_question", "change_question", "change_course")
    page = author.get("/cms/workbooks/").content.decode()
    assert "/cms/workbooks/question_bank/upload/" in page
    sent = author.post(
        "/cms/workbooks/question_bank/upload/", {"file": xlsx(HEADS, ["first", "Anew?", "maybe"]), "mode": "update"}
    )
    bad = author.get(sent.url).content.decode()
    assert "A statement is true or not." in bad
    marked = author.get(f"{sent.url}marked-up.xlsx")
    assert marked.headers["Content-Disposition"].endswith('-marked.xlsx"')
    sent = author.post(
        "/cms/workbooks/question_bank/upload/", {"file": xlsx(HEADS, ["first", "Anew?", "yes"]), "mode": "update"}
    )
    assert "Write 1 change" in author.get(sent.url).content.decode()
    author.post(f"{sent.url}confirm/")
    kept = WorkbookImport.objects.latest("pk")
    services.write_import(import_id=kept.pk, at=AT, turn_seconds=None)
    question.refresh_from_db()
    assert (question.stem, question.answer) == ("<p>Anew?</p>", True)
    Question.objects.update(stem="<p>Later?</p>")
    author.post(f"{sent.url}undo/")
    services.take_back_import(import_id=kept.pk, at=AT, turn_seconds=None)
    question.refresh_from_db()
    assert (question.stem, question.answer) == ("<p>Later?</p>", False)
    assert "<li>first: Text of the question</li>" in author.get(sent.url).content.decode()


def test_files_go_out(client: Any, question: Question) -> None:
    author = editor(client, "change_question", "change_course")
    for path, start in (("template.xlsx", b"PK"), ("export.xlsx", b"PK"), ("export.csv", b"\xef\xbb\xbf")):
        answer = author.get(f"/cms/workbooks/question_bank/{path}")
        assert b"".join(answer.streaming_content).startswith(start), path
    assert author.get("/cms/workbooks/question_bank/export.pdf").status_code == 404
    assert author.get("/cms/workbooks/people/export.xlsx").status_code == 404


def test_who_may_not_edit_questions_finds_nothing(client: Any, question: Question) -> None:
    kept = services.keep_upload(
        organisation=None, kind="question_bank", file=xlsx(HEADS), file_name="x.xlsx", by=None, at=AT, later=False
    )
    half = editor(client, "change_question")
    refused = half.post("/cms/workbooks/question_bank/upload/", {"file": xlsx(HEADS)})
    assert (refused.status_code, WorkbookImport.objects.count()) == (302, 1)
    half.post(f"/cms/workbooks/uploads/{kept.public_id}/confirm/")
    other = editor(client)
    assert other.get(f"/cms/workbooks/uploads/{kept.public_id}/").status_code == 404
    assert "/cms/workbooks/" not in other.get("/cms/").content.decode()
    kept.refresh_from_db()
    assert kept.state == "judging"
    hr = StaffRoleFactory(kind=StaffRole.Kind.HR)
    sign_in_personally(client, hr.user)
    assert client.get(f"/cms/workbooks/uploads/{kept.public_id}/").status_code in (302, 404)
    assert client.get(f"/workplace/{hr.organisation.code}/uploads/{kept.public_id}/").status_code == 404
