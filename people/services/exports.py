"""Workbooks out: the same columns as the templates, so that what goes out comes back in without a change."""

from datetime import date, datetime
from typing import IO, Final

from django.utils import translation

from people import audit
from people.models import Organisation, User
from people.selectors import allowed_columns
from people.services.imports.setting import setting_of
from people.workbooks.kinds import kind_for
from people.workbooks.writing import standard_facts, write_csv, write_xlsx

FORMATS: Final = ("xlsx", "csv")
DELIMITERS: Final = (",", ";", "\t")


def write_export(
    *,
    organisation: Organisation | None,
    kind: str,
    target: IO[bytes],
    at: datetime,
    by: User | None = None,
    on: date | None = None,
    file_format: str = "xlsx",
    delimiter: str = ",",
    language: str = "en",
) -> int:
    """Write what is known of a kind to ``target``, streamed; return how many rows. ``on``: as of that day.

    Raises:
        UnknownKind: there is no such kind.
        ValueError: there is no such format or delimiter, or the kind knows no days.
    """
    if file_format not in FORMATS or delimiter not in DELIMITERS:
        raise ValueError(f"no export as {file_format} with {delimiter!r}")
    known = kind_for(kind, organisation)
    if on is not None and not known.has_dates:
        raise ValueError(f"{kind} cannot be taken out as of a day")
    setting = setting_of(organisation, at=at, language=language)
    columns = allowed_columns(organisation, known)
    with translation.override(language):
        rows = known.export(setting, on=on)
        if file_format == "csv":
            count = write_csv(target, rows, columns=columns, delimiter=delimiter)
        else:
            facts = standard_facts(
                known, organisation_name=organisation.name if organisation else "", on=on, made_at=at, language=language
            )
            count = write_xlsx(target, rows, kind=known, columns=columns, choices=known.choices(setting), facts=facts)
    audit.record(organisation=organisation, actor=by, verb="workbook.exported", at=at, kind=kind, rows=count)
    return count


def write_template(
    *, organisation: Organisation | None, kind: str, target: IO[bytes], at: datetime, language: str = "en"
) -> None:
    """Write an empty workbook of a kind, of the columns that may come in, with drop-down lists and a sheet that explains it.

    Raises:
        UnknownKind: there is no such kind.
    """
    known = kind_for(kind, organisation)
    with translation.override(language):
        choices = known.choices(setting_of(organisation, at=at, language=language))
        columns = allowed_columns(organisation, known)
        write_xlsx(target, (), kind=known, columns=columns, choices=choices, template=True)
