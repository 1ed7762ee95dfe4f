"""Very many rows at once: inserting those of one model, and finding them by their keys."""

import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from django.db import connection, models
from django.db.models import Field
from django.db.models.expressions import RawSQL

from cms import clock

FEW: Final = 20
"""So many keys are said one by one: what they cost is less than to plan with a set of rows."""


def set_of(keys: Sequence[int]) -> Sequence[int] | RawSQL:
    """Return what ``__in`` takes for many integer keys: on PostgreSQL one parameter with all, not one each."""
    if connection.vendor != "postgresql" or len(keys) <= FEW:
        return keys
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, and give them their keys; part of the caller's transaction.

    As ``bulk_create`` does it, and on PostgreSQL by COPY, which takes a third of the work. Values are written as they
    are: they have the types that their fields give back.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(rows)
        return
    _number(model, rows)
    fields: list[Any] = list(model._meta.concrete_fields)
    for field in fields:
        if type(field).pre_save is not Field.pre_save:
            # Such as the instant at which a row is made.
            for row in rows:
                field.pre_save(row, True)
    values_of = attrgetter(*(field.attname for field in fields))
    _copy(model, fields, map(values_of, rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _number(model: Any, rows: Sequence[models.Model]) -> None:
    """Take the keys from the sequence of the table, for rows that have none of their own."""
    if isinstance(model._meta.pk, models.AutoField):
        for row, number in zip(rows, _keys(model, len(rows)), strict=True):
            row.pk = number


def _keys(model: Any, number: int) -> list[int]:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, model._meta.pk.column, number],
        )
        return [key for (key,) in cursor.fetchall()]


def insert_rows(model: Any, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert rows given as values of the columns ``names`` (their attnames), and return their keys, in order.

    The other columns get their defaults. On PostgreSQL no object is made of a row, which costs more than to write it.
    """
    if not rows:
        return []
    if connection.vendor != "postgresql":
        made = [model(**dict(zip(names, row, strict=True))) for row in rows]
        model._default_manager.bulk_create(made)
        return [row.pk for row in made]
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    rest = [field for name, field in by_name.items() if name not in names and not field.primary_key]
    now = clock.now()
    keys = _keys(model, len(rows))
    fields = [by_name[name] for name in names] + rest + [model._meta.pk]

    def others() -> list[Any]:
        return [now if getattr(it, "auto_now_add", False) else it.get_default() for it in rest]

    _copy(model, fields, ([*row, *others(), key] for row, key in zip(rows, keys, strict=True)))
    return keys


def insert_values(model: Any, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of which nobody asks the key afterwards, given as values of the columns ``names`` (their attnames)."""
    if not rows:
        return
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(
            [model(**dict(zip(names, row, strict=True))) for row in rows], batch_size=500
        )
        return
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    _copy(model, [by_name[name] for name in names], rows)


def _copy(model: Any, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of values by COPY."""
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    json_fields = [(at, field.encoder) for at, field in enumerate(fields) if isinstance(field, models.JSONField)]
    said = f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN"
    open_cursor: Any = connection.cursor
    with open_cursor() as cursor, connection.wrap_database_errors, cursor.copy(said) as copy:
        for row in rows:
            values = list(row)
            for at, encoder in json_fields:
                if values[at] is not None:
                    values[at] = json.dumps(values[at], cls=encoder)
            copy.write_row(values)
