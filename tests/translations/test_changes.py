"""What a change of the source does to signatures: the rule as a table, at a load, and at a release from the CMS."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Course, EditionText, LessonPage
from courses.services import add_text
from courses.snapshot import changed_words
from tests.courses.test_release import LATER, LOOKED_AT_ALL, editor, in_french, retitle
from tests.factories.courses import release, released_course
from tests.factories.people import sign_in_personally
from tests.translations.samples import AT, recorded, text, translate
from translations.changes import ChangeKind, Standing, after_change, letters_of
from translations.exchange import ExchangeFile
from translations.freshness import Provenance
from translations.models import Segment, Translation, TranslationTask
from translations.selectors import file_for
from translations.services import import_file, record_texts

MACHINE, PERSON, REVIEWED = Provenance
MINOR, MEANING, LEGAL = ChangeKind


@pytest.mark.parametrize(
    ("kind", "provenance", "was_fresh", "is_local", "after"),
    [
        (MINOR, REVIEWED, True, True, Standing(REVIEWED, True)),
        (MINOR, REVIEWED, False, True, Standing(REVIEWED, False)),
        (MINOR, PERSON, True, True, Standing(PERSON, True)),
        (MINOR, MACHINE, True, False, Standing(MACHINE, True)),
        (MEANING, REVIEWED, True, True, Standing(PERSON, False)),
        (MEANING, REVIEWED, True, False, Standing(MACHINE, False)),
        (MEANING, REVIEWED, False, True, Standing(PERSON, False)),
        (MEANING, PERSON, True, True, Standing(PERSON, False)),
        (MEANING, MACHINE, True, False, Standing(MACHINE, False)),
        (LEGAL, REVIEWED, True, True, Standing(PERSON, False)),
        (LEGAL, REVIEWED, True, False, Standing(MACHINE, False)),
    ],
)
def test_rule(kind: ChangeKind, provenance: Provenance, was_fresh: bool, is_local: bool, after: Standing) -> None:
    assert after_change(kind, Standing(provenance, was_fresh), is_local=is_local) == after


def test_letters_are_the_same_in_markdown_and_on_the_page() -> None:
    assert letters_of("1. **Call** 911.\n2. Wait") == letters_of("Call 911.\nWait")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(ChangeKind))
@pytest.mark.parametrize("provenance", list(Provenance))
@pytest.mark.parametrize("is_local", [True, False])
def test_a_load_does_as_the_rule_says(kind: ChangeKind, provenance: Provenance, is_local: bool) -> None:
    recorded(text(sources={"a": "Rooms", "b": "Doors"}))
    for key in ("a", "b"):
        translate(
            key, "Chambres", provenance=provenance, is_local=is_local, by_name="Ana" if provenance is REVIEWED else ""
        )
    for _ in range(2):
        record_texts(texts=[text(sources={"a": "Rooms!", "b": "Doors"})], groups={"course:hotel"}, change=kind)
    row, other = Translation.objects.select_related("segment").order_by("segment__key")
    stands = Standing(Provenance(row.provenance), row.source_digest == row.segment.digest)
    assert stands == after_change(kind, Standing(provenance, True), is_local=is_local)
    assert bool(row.by_name) is (stands.provenance is REVIEWED)
    assert other.provenance == provenance


def course_in_french() -> Course:
    course = released_course()
    in_french(course)
    release(course, LATER)
    titles = dict(LessonPage.objects.filter(locale__language_code="en").values_list("lesson__code", "title"))
    group = f"course:{course.code}"
    recorded(text(group, sources={f"lessons/{code}/title": title for code, title in titles.items()}, group=group))
    for code in titles:
        translate(f"lessons/{code}/title", f"{code} en français", provenance=REVIEWED, by_name="Ana", is_local=True)
    return course


def newest(course: Course, language: str) -> EditionText:
    return (
        EditionText.objects.filter(edition__course=course, language=language)
        .order_by("edition__number", "revision")
        .last()
    )


@pytest.mark.django_db
def test_a_release_takes_signatures_off_what_was_changed_and_tells_who_leads_the_language() -> None:
    course = course_in_french()
    retitle(course, "act", "Act now")
    edition = release(course, LATER + timedelta(days=1))
    assert edition.change == MEANING
    [task] = TranslationTask.objects.all()
    assert (task.segment.key, task.language, task.cause, task.change, task.detail) == (
        "lessons/act/title", "fr", "changed", "meaning", "Act now",
    )  # fmt: skip
    assert dict(Translation.objects.values_list("segment__key", "provenance")) == {
        "lessons/act/title": PERSON,
        "lessons/facts/title": REVIEWED,
    }
    assert newest(course, "fr").is_draft is True
    assert "Changed here since; it now says: Act now" in "".join(unit.note for unit in file_for(language="fr").units)
    # The next change of the same words finds them again, and the open task tells the newest.
    retitle(course, "act", "Act today")
    release(course, LATER + timedelta(days=2), change=LEGAL)
    [task] = TranslationTask.objects.all()
    assert (task.detail, task.change) == ("Act today", "legal")


@pytest.mark.django_db
def test_a_minor_change_leaves_signatures() -> None:
    course = course_in_french()
    retitle(course, "act", "Act now")
    release(course, LATER + timedelta(days=1), change=MINOR)
    assert TranslationTask.objects.count() == 0
    assert set(Translation.objects.values_list("provenance", flat=True)) == {REVIEWED}
    assert newest(course, "fr").is_draft is False
    assert Segment.objects.get(key="lessons/act/title").shown == "Act now"


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "tasks"), [({}, 1), ({"change": MINOR}, 0)])
def test_words_added_to_an_edition_count_as_meaning_unless_said(change: dict[str, ChangeKind], tasks: int) -> None:
    course = course_in_french()
    retitle(course, "act", "Act now")
    add_text(edition=course.editions.first(), language="en", by=None, at=LATER + timedelta(days=1), **change)
    assert TranslationTask.objects.count() == tasks


@pytest.mark.django_db
def test_words_brought_back_close_the_task() -> None:
    course = course_in_french()
    retitle(course, "act", "Act now")
    release(course, LATER + timedelta(days=1))
    [unit] = [each for each in file_for(language="fr").units if each.segment.endswith("act/title")]
    brought = ExchangeFile("fr", (type(unit)(unit.segment, unit.source, "Agir tout de suite", unit.base),))
    import_file(file=brought, language="fr", by=None, at=AT)
    assert TranslationTask.objects.get().done_at == AT


@pytest.mark.django_db
def test_a_publisher_says_which_kind_it_is(client: Client) -> None:
    course = course_in_french()
    retitle(course, "act", "Act now")
    sign_in_personally(client, editor("publisher"))
    address = reverse("courses_admin:release", args=[course.pk])
    asked = {"severity": "none", "looked_at": LOOKED_AT_ALL, "change": "legal"}
    assert "concerns somebody" in client.post(address, asked).content.decode()
    client.post(address, {**asked, "severity": "delta"})
    assert course.editions.first().change == LEGAL


def test_changed_words_are_found_where_they_stood() -> None:
    def snapshot(*said: str, title: str = "Rooms") -> dict:
        body = [{"type": "text", "id": str(at), "value": {"text": f"<p>{each}</p>"}} for at, each in enumerate(said)]
        return {"course": {"title": title}, "lessons": [{"code": "a", "body": body}], "edition": 1}

    assert changed_words(snapshot("One", "Two"), snapshot("Two")) == {}
    assert changed_words(snapshot("One", "Two"), snapshot("New", "One", "Too")) == {"Two": "New"}
    assert changed_words(snapshot("One"), {**snapshot("Won", title="Doors"), "edition": 2}) == {
        "Rooms": "Doors",
        "One": "Won",
    }
