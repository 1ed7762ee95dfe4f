import csv
import io
import itertools
import json
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page

from courses.models import LessonPage
from tests.factories.courses import course_with_pages
from tests.factories.people import UserFactory, sign_in_personally
from tests.translations.samples import AT, recorded, text, translate
from translations.freshness import Freshness, Provenance, SegmentFact, State, freshness
from translations.models import Segment, Text, Translation
from translations.selectors import matrix
from translations.services import are_recorded, record_catalogues

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 28)

CATALOGUE = """msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"X-Review: {review}\\n"

#: people/forms.py:3 compliance/mails.py:7
msgid "Your training"
msgstr "Votre formation"

#: certificates/documents.py:4
msgid "Certificate"
msgstr "{certificate}"

#: courses/views.py:9
#, python-format
msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] "%(n)d jour"
msgstr[1] "%(n)d jours"
"""


def catalogue(root: Path, *, review: str = "draft, not yet reviewed", certificate: str = "Certificat") -> Path:
    folder = root / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "django.po").write_text(CATALOGUE.format(review=review, certificate=certificate))
    return root


def test_alias_of_another_language_is_no_translation() -> None:
    course = course_with_pages(("facts",))
    recorded(text(f"lesson:{course.code}/facts", sources={"title": "Facts"}, group=f"course:{course.code}"))
    french, _ = Locale.objects.get_or_create(language_code="fr")
    # With its lesson, and its parents before it: all of them copies that follow the English.
    for page in Page.objects.filter(depth__gt=1, locale__language_code="en").order_by("depth"):
        page.specific.copy_for_translation(french, alias=True)
    assert LessonPage.objects.filter(locale=french, alias_of__isnull=False).count() == 1
    [row] = matrix(languages=["fr"], on=ON).rows
    assert row.cells["fr"].state is State.UNTRANSLATED
    translate("title", "Faits")
    [row] = matrix(languages=["fr"], on=ON).rows
    assert row.cells["fr"].state is State.DRAFT


def test_sql_counts_as_the_rule_does() -> None:
    states = {
        "untranslated": None,
        "stale": {"of": "before"},
        "draft": {},
        "in_review": {"provenance": Provenance.PERSON},
        "current": {"provenance": Provenance.REVIEWED, "review_by": date(2026, 11, 28)},
        "overdue": {"provenance": Provenance.REVIEWED, "review_by": date(2026, 11, 27)},
    }
    # Each pair of states is a text of its own, and a text of all.
    for number, pair in enumerate([*itertools.combinations_with_replacement(states, 2), tuple(states)]):
        recorded(
            text(
                f"t{number}",
                sources={f"{number}/{at}": f"{each} {at}" for at, each in enumerate(pair)},
                group=f"g{number}",
            )
        )
        for at, each in enumerate(pair):
            if states[each] is not None:
                translate(f"{number}/{at}", "mots", **states[each])
    for row in matrix(languages=["fr"], on=ON).rows:
        facts = []
        for segment in Segment.objects.filter(text__code=row.code):
            known = Translation.objects.filter(segment=segment).first()
            facts.append(
                SegmentFact(segment.digest, known.source_digest, Provenance(known.provenance), known.review_by)
                if known
                else SegmentFact(segment.digest)
            )
        assert row.cells["fr"] == freshness(facts, on=ON), row.code


def test_two_queries_however_much_there_is(django_assert_num_queries) -> None:
    recorded(text(sources={"a": "One"}), text("lesson:hotel/b", sources={"b": "Two"}))
    translate("a", "Un")
    with django_assert_num_queries(2):
        found = matrix(languages=["fr", "es", "ar"], on=ON)
    assert [(row.code, {code: cell.state for code, cell in row.cells.items()}) for row in found.rows] == [
        ("course:hotel", {"fr": State.DRAFT, "es": State.UNTRANSLATED, "ar": State.UNTRANSLATED}),
        ("lesson:hotel/b", dict.fromkeys(("fr", "es", "ar"), State.UNTRANSLATED)),
    ]
    [group] = found.groups()
    assert (group.title, group.segments, group.cells["fr"]) == (
        "Course:Hotel",
        2,
        Freshness(State.STALE, 2, untranslated=1, draft=1),
    )


def test_catalogues_are_taken_in_as_mails_certificates_and_interface(tmp_path: Path) -> None:
    root = catalogue(tmp_path)
    assert not are_recorded(root=root)
    record_catalogues(root=root, at=AT)
    assert are_recorded(root=root)
    assert list(Text.objects.values_list("code", "kind", "group")) == [
        ("catalogue:courses", "catalogue", "interface"),
        ("certificate:certificates", "certificate", "interface"),
        ("mail:compliance", "mail", "interface"),
    ]
    assert set(Translation.objects.values_list("text", "provenance")) == {
        ("Votre formation", "machine"),
        ("Certificat", "machine"),
        ("%(n)d jours", "machine"),
    }
    # What the file takes back goes; a name in its header signs for the rest.
    record_catalogues(root=catalogue(tmp_path, review="Ana Silva, 2026-11-20", certificate=""), at=AT)
    states = {row.code: row.cells["fr"].state for row in matrix(languages=["fr"], on=ON).rows}
    assert states == {
        "catalogue:courses": State.CURRENT,
        "certificate:certificates": State.UNTRANSLATED,
        "mail:compliance": State.CURRENT,
    }


class TestCommand:
    def test_json_has_stable_keys(self) -> None:
        recorded(text(sources={"a": "One", "b": "Two"}))
        translate("a", "Un")
        said = io.StringIO()
        call_command("freshness", "--language", "fr", "--sector", "hospitality", "--json", stdout=said)
        found = json.loads(said.getvalue())
        found.pop("on")
        assert found == {
            "schema": 1,
            "languages": [{"language": "fr", "texts": {"stale": 1}}],
            "texts": [
                {
                    "text": "course:hotel",
                    "kind": "page",
                    "title": "Course:Hotel",
                    "group": "course:hotel",
                    "sector": "hospitality",
                    "segments": 2,
                    "languages": {
                        "fr": {
                            "state": "stale",
                            "untranslated": 1,
                            "stale": 0,
                            "draft": 1,
                            "in_review": 0,
                            "review_overdue": 0,
                        }
                    },
                }
            ],
        }

    @pytest.mark.parametrize("asked", [["--language", "en"], ["--language", "xx"], ["--sector", "none"]])
    def test_what_is_not_there_is_refused(self, asked: list[str]) -> None:
        recorded(text(sources={"a": "One"}))
        with pytest.raises(CommandError) as refused:
            call_command("freshness", *asked)
        assert refused.value.returncode == 2

    def test_check_fails_where_something_asks_for_work(self) -> None:
        recorded(text(sources={"a": "One"}))
        translate("a", "Un", provenance=Provenance.REVIEWED)
        call_command("freshness", "--language", "fr", "--check", stdout=io.StringIO())
        with pytest.raises(CommandError) as refused:
            call_command("freshness", "--check", stdout=io.StringIO())
        assert refused.value.returncode == 1


class TestPage:
    @pytest.fixture
    def localiser(self, client: Client) -> Client:
        user = UserFactory(with_email=True)
        user.groups.add(Group.objects.get(name="localiser"))
        sign_in_personally(client, user)
        return client

    def test_shows_courses_then_texts(self, localiser: Client) -> None:
        recorded(text(sources={"a": "One"}), text("lesson:hotel/b", sources={"b": "Two"}))
        translate("a", "Un")
        shown = localiser.get(reverse("translations_admin:matrix"), {"language": "fr"}).content.decode()
        assert '<td data-state="stale">1 missing</td>' in shown
        assert "group=course%3Ahotel" in shown
        assert "Lesson:Hotel/B" not in shown
        shown = localiser.get(reverse("translations_admin:matrix"), {"group": "course:hotel"}).content.decode()
        assert "Draft, not yet reviewed: 1" in shown
        assert "Lesson:Hotel/B" in shown

    def test_csv_is_what_the_filters_leave(self, localiser: Client) -> None:
        recorded(
            text("=course:x", sources={"a": "One"}), text("page:b", sources={"b": "Two"}, group="o", sector="camps")
        )
        answer = localiser.get(reverse("translations_admin:matrix_csv"), {"language": "fr", "sector": "hospitality"})
        lines = b"".join(answer).decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(lines)))[1:] == [
            ["'=course:x", "page", "'=Course:X", "course:hotel", "hospitality", "fr", "untranslated", "1", "1", *"0000"]
        ]

    @pytest.mark.parametrize("name", ["matrix", "matrix_csv"])
    def test_nobody_else_sees_it(self, client: Client, name: str) -> None:
        user = UserFactory(with_email=True)
        sign_in_personally(client, user)
        assert client.get(reverse(f"translations_admin:{name}")).status_code in (302, 403)
