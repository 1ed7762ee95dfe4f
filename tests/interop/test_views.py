"""Workbooks by other systems: a key, an Idempotency-Key, a report."""

import json
from typing import Any

import pytest
from django.test import Client

from people import outbox, services
from people.models import ApiKey, Membership, WorkbookImport
from tests.corpus.workbooks import JO, KEYS, csv_file, xlsx
from tests.factories.people import AT, OrganisationFactory
from tests.people.workbooks.conftest import Hand, larch  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db
PEOPLE = "/api/1/larch/workbooks/people/"
ROW = {"employee_number": "0042", "name": "Jo", "site": "fsj", "starts_on": "2026-03-02"}


@pytest.fixture
def key(larch: Hand) -> str:  # noqa: F811
    return services.make_api_key(organisation=larch.organisation, name="payroll", by=None, at=AT)


def send(client: Client, key: str, body: Any, path: str = PEOPLE, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body)
    sent = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k1", **headers}
    return client.post(path, content, content_type=sent.pop("Content-Type", "application/json"), headers=sent)


def test_rows_are_looked_at_and_then_confirmed(client: Client, key: str) -> None:
    answer = send(client, key, [ROW, {**ROW, "employee_number": "0043", "site": "nowhere"}])
    report = answer.json()
    assert (answer.status_code, report["state"], report["counts"]["new"]) == (200, "ready", 1)
    assert [(it["row"], it["column"], it["rule"]) for it in report["problems"]] == [(3, "site", "not_a_choice")]
    assert not Membership.objects.exists()
    path = f"/api/1/larch/imports/{report['import']}/"
    assert send(client, key, b"", path + "confirm/").status_code == 202
    outbox.deliver_due(at=AT.replace(year=2030), limit=5)
    answer = client.get(path, headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["state"], answer.json()["outcome"]["new"]) == (200, "applied", 1)


def test_same_key_is_the_same_import_and_another_body_is_refused(client: Client, key: str) -> None:
    first = send(client, key, {"rows": [ROW]}, PEOPLE + "?apply=1")
    again = send(client, key, {"rows": [ROW]}, PEOPLE + "?apply=1")
    assert first.json()["import"] == again.json()["import"]
    assert WorkbookImport.objects.get().state == "applying"
    assert send(client, key, {"rows": []}).status_code == 409


@pytest.mark.parametrize(
    ("content_type", "make"),
    [
        ("text/csv", csv_file),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
    ],
)
def test_files_are_taken(client: Client, key: str, content_type: str, make: Any) -> None:
    body = make(KEYS, JO).getvalue()
    answer = send(client, key, body, **{"Content-Type": content_type})
    assert (answer.status_code, answer.json()["counts"]["new"]) == (200, 1)
    answer = client.post(
        PEOPLE, {"file": make(KEYS, JO)}, headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "k2"}
    )
    assert (answer.status_code, answer.json()["counts"]["new"]) == (200, 1)


def test_what_cannot_be_taken_says_why(client: Client, key: str) -> None:
    answer = send(client, key, b"broken")
    assert (answer.status_code, answer.json()["problems"][0]["rule"]) == (422, "unreadable")
    for path, headers, status in (
        (PEOPLE, {"Idempotency-Key": ""}, 400),
        (PEOPLE + "?mode=all", {}, 400),
        (PEOPLE + "?encoding=x", {}, 400),
        ("/api/1/larch/workbooks/nothing/", {}, 404),
        (PEOPLE, {"Content-Type": "image/png"}, 415),
    ):
        assert send(client, key, b"[]", path, **headers).status_code == status


def test_signs_that_no_database_keeps_are_no_failure(client: Client, key: str) -> None:
    answer = send(client, key, [{**ROW, "name": "Jo\0"}], PEOPLE + "?sheet=%00&blank_clears=%00")
    assert (answer.status_code, answer.json()["counts"]["new"]) == (200, 1)
    assert WorkbookImport.objects.get().options["blank_clears"] == [""]


def test_only_a_live_key_of_this_very_organisation_opens(client: Client, key: str, larch: Hand) -> None:  # noqa: F811
    other = OrganisationFactory(code="other")
    theirs = services.make_api_key(organisation=other, name="payroll", by=None, at=AT)
    answers = [
        send(client, secret, [ROW], path)
        for secret, path in (
            ("", PEOPLE),
            ("wrong", PEOPLE),
            (theirs, PEOPLE),
            (key, "/api/1/other/workbooks/people/"),
            (key, "/api/1/nobody/workbooks/people/"),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    kept = send(client, key, [ROW]).json()["import"]
    answer = client.get(f"/api/1/other/imports/{kept}/", headers={"Authorization": f"Bearer {theirs}"})
    assert answer.status_code == 404
    assert services.revoke_api_keys(organisation=larch.organisation, name="payroll", by=None, at=AT) == 1
    assert send(client, key, [ROW]).status_code == 401
    assert key not in ApiKey.objects.values_list("secret_hash", flat=True)
