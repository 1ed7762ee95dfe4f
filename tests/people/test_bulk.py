"""Many rows at once: the same as one by one, on every database."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from people.bulk import insert_many, insert_rows, insert_values
from people.models import Employment, Membership, Organisation, WorkbookChunk
from tests.factories.people import AT, EmploymentFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_rows_are_as_they_were_given_and_have_keys() -> None:
    known = EmploymentFactory(starts_on=date(2026, 3, 2))
    facts = [
        Employment(
            membership=known.membership,
            site=known.site,
            starts_on=date(2027, 1, day),
            recorded_at=AT,
            supersedes=known if day == 1 else None,
        )
        for day in (1, 2)
    ]
    insert_many(facts)
    assert not any(fact._state.adding for fact in facts)
    for fact in facts:
        again = Employment.objects.get(pk=fact.pk)
        assert {it.attname: getattr(again, it.attname) for it in Employment._meta.concrete_fields} == {
            it.attname: getattr(fact, it.attname) for it in Employment._meta.concrete_fields
        }
    EmploymentFactory(membership=known.membership, site=known.site, starts_on=date(2028, 1, 1))


def test_json_instants_of_making_and_nasty_texts_are_kept() -> None:
    rows = [Organisation(code=f"o{n}", name=name) for n, name in enumerate(("tab\tand\nline", "\\N", "\\.", "“é”"))]
    insert_many(rows)
    assert list(Organisation.objects.order_by("code").values_list("name", flat=True)) == [row.name for row in rows]
    assert all(row.created_at is not None for row in rows)
    kept = OrganisationFactory().workbook_imports.create(kind="people", file_name="x", file_bytes=1, uploaded_at=AT)
    insert_many([WorkbookChunk(workbook_import=kept, undo=[{"a": [None, "\\"]}], written_at=AT)])
    assert kept.chunks.get().undo == [{"a": [None, "\\"]}]


def test_what_the_database_refuses_is_refused_as_ever() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many([Organisation(code="same", name="A"), Organisation(code="same", name="B")])
    insert_many([])
    assert not Organisation.objects.exists()


def test_values_of_columns_are_kept_too() -> None:
    kept = OrganisationFactory().workbook_imports.create(kind="people", file_name="x", file_bytes=1, uploaded_at=AT)
    names = ("workbook_import_id", "undo", "written_at")
    insert_values(WorkbookChunk, names, [(kept.pk, [{"n": n}], AT) for n in range(3)])
    insert_values(WorkbookChunk, names, [])
    assert [it.undo for it in kept.chunks.order_by("pk")] == [[{"n": 0}], [{"n": 1}], [{"n": 2}]]


def test_rows_of_values_get_their_defaults_and_give_their_keys_in_order() -> None:
    assert insert_rows(Organisation, ("name", "code"), []) == []
    keys = insert_rows(Organisation, ("name", "code"), [("Larch", "larch"), ("Rowan", "rowan")])
    assert [Organisation.objects.get(pk=key).code for key in keys] == ["larch", "rowan"]
    larch, rowan = Organisation.objects.order_by("code")
    plain = Organisation(name="Larch", code="larch")
    for field in Organisation._meta.concrete_fields:
        if field.attname not in ("id", "created_at"):
            assert getattr(larch, field.attname) == getattr(plain, field.attname), field.attname
    assert larch.created_at is not None
    assert OrganisationFactory().pk not in keys
    members = insert_rows(
        Membership,
        ("organisation_id", "user_id", "employee_number", "name"),
        [(rowan.pk, UserFactory().pk, f"{n}", "Jo") for n in range(2)],
    )
    # What is made anew for each row is not shared by all.
    assert len(set(Membership.objects.filter(pk__in=members).values_list("public_id", flat=True))) == 2
