"""A fact that is stale, contradicted or withdrawn shows so wherever it is used, in every edition, language and file."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from courses import selectors, services
from courses.claims import ClaimNow, Standing, Use, standing_of, uses_in, with_claims
from courses.exceptions import NoReason, NotYetLooked, PastReview, ReleaseFault, ReleaseRefused
from courses.models import Claim, ClaimUse, Course, CoursePage, EditionText, RenditionSet, Withdrawal
from courses.renditions.material import material_of
from courses.renditions.outline import lesson_facts
from people import outbox
from tests.courses.learners import queries_of, the_clock  # noqa: F401  # a fixture
from tests.courses.test_release import LATER, editor
from tests.factories.courses import (
    RELEASED_AT,
    STARTED_AT,
    ClaimFactory,
    course_with_pages,
    enrolled,
    figure,
    learner_at_work,
    lesson_page,
    release,
)
from tests.factories.people import UserFactory, sign_in_personally, sign_in_with_pin

WHY = "Statistics Canada has corrected it."
FIGURE = "570 incidents"


@pytest.mark.parametrize(
    ("state", "on", "standing"),
    [
        ("current", date(2027, 3, 1), Standing.CURRENT),
        ("current", date(2027, 3, 2), Standing.STALE),
        ("contradicted", date(2026, 3, 2), Standing.CONTRADICTED),
        ("withdrawn", date(2027, 3, 2), Standing.WITHDRAWN),
    ],
)
def test_standing(state: str, on: date, standing: Standing) -> None:
    assert standing_of(state=state, review_by=date(2027, 3, 1), on=on) is standing


def test_what_is_known_stands_beside_the_passages_that_use_it() -> None:
    block = {"type": "figure", "id": "b", "value": {"text": "x", "claims": ["one", "other", "one"]}}
    snapshot = {"lessons": [{"code": "facts", "body": [block, {"type": "text", "id": "c", "value": {"text": "y"}}]}]}
    assert list(uses_in(snapshot)) == [Use("one", "facts", "b"), Use("other", "facts", "b")]
    now = ClaimNow("one", Standing.STALE, date(2026, 3, 1))
    told = with_claims(snapshot, {"one": now})
    assert told["lessons"][0]["body"][0]["value"]["claims_now"] == [now, now]
    assert "claims_now" not in block["value"]


@pytest.fixture
def claim(db: None) -> Claim:
    return ClaimFactory(code="incidents")


@pytest.fixture
def course(claim: Claim) -> Course:
    """Edition 1 is released; its lesson "rich" relies on the claim."""
    course = course_with_pages()
    lesson_page(
        CoursePage.objects.get(course=course),
        "rich",
        body=[figure(claim), ("text", {"heading": "", "text": "<p>Beside it.</p>"})],
    )
    release(course)
    return course


def lesson_of(client: Client, course: Course) -> str:
    membership = learner_at_work()
    sign_in_with_pin(client, membership)
    enrolled(course, membership)
    return client.get(reverse("courses:lesson", args=[course.slug, "rich"])).content.decode()


def facts_on(course: Course, on: date) -> list[str]:
    text = EditionText.objects.select_related("edition__course").get(edition__course=course)
    return [fact for lesson in material_of(text, on=on).lessons for fact in lesson_facts(lesson)]


class TestReaders:
    def test_see_when_it_was_verified_and_that_it_is_past_its_review(
        self,
        client: Client,
        course: Course,
        claim: Claim,
        the_clock: Any,  # noqa: F811
    ) -> None:
        assert "Verified on 1 March 2026." in lesson_of(client, course)
        Claim.objects.update(review_by=date(2026, 3, 2))
        the_clock.forward(days=2)
        assert "it should have been looked at again since" in lesson_of(Client(), course)
        assert "Verified on 1 March 2026." in facts_on(course, date(2026, 3, 2))
        assert any("looked at again since" in fact for fact in facts_on(course, date(2026, 3, 3)))

    def test_are_told_what_speaks_against_it(self, client: Client, course: Course, claim: Claim) -> None:
        before = material_of(EditionText.objects.select_related("edition__course").get()).fingerprint
        services.contradict_claim(claim=claim, why=WHY, by=None, at=LATER)
        assert f"contradicted since: {WHY}" in lesson_of(client, course)
        assert any(WHY in fact for fact in facts_on(course, date(2026, 3, 2)))
        assert material_of(EditionText.objects.select_related("edition__course").get()).fingerprint != before

    def test_see_no_withdrawn_one_in_any_edition_or_file(self, client: Client, course: Course, claim: Claim) -> None:
        services.withdraw_claim(claim=claim, why=WHY, by=None, at=LATER)
        page = lesson_of(client, course)
        # "570" alone may stand in the id of a block.
        assert (WHY in page, FIGURE in page, "Beside it." in page) == (True, False, True)
        said = facts_on(course, date(2026, 3, 2))
        assert not any(FIGURE in fact for fact in said)
        assert any(WHY in fact for fact in said)
        # The frozen text still proves what was shown.
        assert FIGURE in json.dumps(EditionText.objects.get().snapshot)
        assert Withdrawal.objects.get().label == claim.value

    def test_are_given_the_files_that_are_true(self, client: Client, course: Course, settings: Any) -> None:
        settings.RENDITIONS = True
        text = EditionText.objects.select_related("edition__course").get()
        fingerprint = material_of(text, on=date(2026, 3, 2)).fingerprint
        RenditionSet.objects.create(
            edition=text.edition, language="en", fingerprint=fingerprint, asked_for=fingerprint, total=1, made=1
        )
        lesson_of(client, course)
        url = reverse("courses:other_ways", args=[course.slug])
        assert client.get(url).context["is_true"]
        Claim.objects.update(state="contradicted", why=WHY)
        assert not client.get(url).context["is_true"]

    def test_find_all_sources_on_one_page(self, client: Client, course: Course, claim: Claim) -> None:
        url = reverse("courses:course_sources", args=[course.slug])
        page = client.get(url).content.decode()
        assert claim.value in page
        assert "Last looked at on" in page
        few = queries_of(client, url)
        services.contradict_claim(claim=claim, why=WHY, by=None, at=LATER)
        assert WHY in client.get(url).content.decode()
        assert queries_of(client, url) == few


class TestRelease:
    @pytest.mark.parametrize("say", [services.contradict_claim, services.withdraw_claim])
    def test_is_refused_with_what_does_not_hold(self, course: Course, claim: Claim, say: Any) -> None:
        say(claim=claim, why=WHY, by=None, at=LATER)
        with pytest.raises(ReleaseRefused) as refused:
            release(course, LATER)
        found = [(each.fault, each.lesson, each.detail) for each in refused.value.problems]
        assert (ReleaseFault.CLAIM, "rich", "incidents") in found

    def test_is_refused_to_people_with_law_past_its_review(self, course: Course, claim: Claim) -> None:
        Claim.objects.update(kind=Claim.Kind.LEGAL, verified_on=date(2025, 1, 1), review_by=date(2026, 1, 1))
        publisher = UserFactory(with_email=True, is_superuser=True)
        with pytest.raises(ReleaseRefused) as refused:
            release(course, LATER, by=publisher)
        assert ReleaseFault.CLAIM in {each.fault for each in refused.value.problems}
        with pytest.raises(ReleaseRefused) as refused:
            release(course, LATER, by=None)
        assert {each.fault for each in refused.value.problems} == {ReleaseFault.CLAIM}
        # What comes with the curriculum for the first time does not keep a new site from starting.
        fresh = course_with_pages()
        lesson_page(fresh.pages.get(), "rich", body=[figure(claim)])
        assert release(fresh, LATER, by=None).number == 1


class TestSaying:
    def test_without_a_reason_or_with_a_review_before_the_verification_is_refused(self, claim: Claim) -> None:
        for say in (services.contradict_claim, services.withdraw_claim):
            with pytest.raises(NoReason):
                say(claim=claim, why=" ", by=None, at=LATER)
        with pytest.raises(PastReview):
            services.verify_claim(
                claim=claim, verified_on=date(2026, 3, 2), review_by=date(2026, 3, 2), by=None, at=LATER
            )
        with pytest.raises(NotYetLooked):
            services.verify_claim(
                claim=claim, verified_on=date(2999, 3, 2), review_by=date(2999, 4, 2), by=None, at=LATER
            )
        kept = Claim.objects.get()
        assert (kept.state, kept.verified_on < date(2999, 1, 1)) == ("current", True)

    def test_verified_again_it_holds(self, course: Course, claim: Claim) -> None:
        services.contradict_claim(claim=claim, why=WHY, by=None, at=LATER)
        services.verify_claim(claim=claim, verified_on=date(2026, 3, 2), review_by=date(2027, 3, 2), by=None, at=LATER)
        assert selectors.claims_now(EditionText.objects.get().snapshot, on=date(2026, 3, 3)) == {
            "incidents": ClaimNow("incidents", Standing.CURRENT, date(2026, 3, 2), stated_on=date(2026, 3, 31))
        }


@pytest.mark.reference_index
def test_where_it_is_used_takes_few_queries(course: Course, claim: Claim, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(5):
        uses = selectors.uses_of(claim)
        assert [(use.text.edition.course, use.lesson) for use in uses.texts] == [(course, "rich")]
        assert [page.title for page in uses.pages] == ["Rich"]


def test_owners_are_reminded_once(claim: Claim, django_capture_on_commit_callbacks: Any) -> None:
    owner = UserFactory(with_email=True, language="fr")
    Claim.objects.update(owner=owner)
    assert services.remind_owners(on=date(2027, 1, 29), at=LATER) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert services.remind_owners(on=date(2027, 1, 30), at=LATER) == 1
    outbox.deliver_due(at=LATER, limit=10)
    [message] = mail.outbox
    with translation.override("fr"):
        subject = gettext("Something to look at again")
    assert (message.to, message.subject) == ([owner.email], subject)
    assert (subject == "Something to look at again", message.extra_headers["Content-Language"]) == (False, "fr")
    assert "2027-03-01  incidents" in message.body
    assert services.remind_owners(on=date(2027, 2, 28), at=LATER) == 0
    assert services.remind_owners(on=date(2027, 3, 1), at=LATER) == 1


class TestCms:
    @pytest.mark.reference_index
    def test_lists_what_is_due_and_takes_what_editors_say(self, client: Client, course: Course, claim: Claim) -> None:
        sign_in_personally(client, editor("author"))
        page = client.get(reverse("courses_admin:claims"))
        assert [(it.code, it.times_used) for it, _standing in page.context["listed"]] == [("incidents", 1)]
        assert client.get(reverse("courses_admin:claims"), {"mine": "1"}).context["listed"] == []
        url = reverse("courses_admin:claim", args=[claim.pk])
        assert "Rich" in client.get(url).content.decode()
        assert "Say why" in client.post(url, {"act": "withdraw", "why": ""}, follow=True).content.decode()
        ahead = client.post(url, {"act": "verify", "verified_on": "2999-01-01", "review_by": "2999-02-01"})
        assert "lies ahead" in ahead.content.decode()
        before = client.post(url, {"act": "verify", "verified_on": "2026-02-02", "review_by": "2026-02-01"})
        assert "Choose a later day" in before.content.decode()
        client.post(url, {"act": "contradict", "why": WHY})
        assert Claim.objects.get().state == "contradicted"

    def test_localisers_only_look(self, client: Client, claim: Claim) -> None:
        sign_in_personally(client, editor("localiser"))
        url = reverse("courses_admin:claim", args=[claim.pk])
        assert client.get(url).status_code == 200
        client.post(url, {"act": "withdraw", "why": WHY})
        assert Claim.objects.get().state == "current"

    def test_a_claim_needs_a_source_and_a_review_that_lies_ahead(
        self,
        client: Client,
        claim: Claim,
        the_clock: Any,  # noqa: F811
    ) -> None:
        sign_in_personally(client, editor("author"))
        form = {"code": "new", "kind": "legal", "value": "Under 19.", "verified_on": "2025-01-01", "place": "ca-bc"}
        answer = client.post(reverse("wagtailsnippets_courses_claim:add"), form | {"review_by": "2026-01-01"})
        errors = answer.context["form"].errors
        assert {"source", "review_by"} <= errors.keys()
        assert "This day is past." in str(errors["review_by"])
        assert Claim.objects.count() == 1


class TestCommand:
    def claims(self, *args: str) -> tuple[int, str]:
        out = StringIO()
        try:
            call_command("claims", *args, stdout=out)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
        return 0, out.getvalue()

    def test_says_where_each_is_used_and_whether_all_hold(
        self,
        course: Course,
        claim: Claim,
        the_clock: Any,  # noqa: F811
    ) -> None:
        status, said = self.claims("incidents", "--json")
        [row] = json.loads(said)["claims"]
        assert (status, row["standing"]) == (0, "current")
        assert [(use["course"], use["edition"], use["language"], use["lesson"]) for use in row["used_in"]] == [
            (course.code, 1, "en", "rich")
        ]
        assert self.claims("--due", "30") == (0, "No claim is due.\n")
        services.contradict_claim(claim=claim, why=WHY, by=None, at=STARTED_AT)
        assert self.claims() == (1, f"2027-03-01 incidents (contradicted): {course.code} 1 en/rich\n")

    @pytest.mark.django_db
    def test_refuses_in_words(self) -> None:
        with pytest.raises(CommandError, match="no claim nowhere"):
            call_command("claims", "nowhere")


def test_texts_that_name_none_are_frozen_as_before(db: None) -> None:
    course = course_with_pages()
    release(course, RELEASED_AT)
    assert "claims" not in json.dumps(EditionText.objects.get().snapshot)
    assert not ClaimUse.objects.exists()
