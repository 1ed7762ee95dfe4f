"""Columns that several kinds have."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models import Certification
from people.kinds.people import NAME, NUMBER
from people.models import User
from people.workbooks.columns import Column, Type
from people.workbooks.values import ChoiceSet

PERSON = replace(NUMBER, help=_("Of somebody who is here already. Leading zeros count."))
NAME_TO_READ = replace(
    NAME, needed=False, read_only=True, help=_("For reading only. Names are changed by a people file.")
)
CERTIFICATION = Column(
    "certification",
    pgettext_lazy("column of a workbook", "Training"),
    Type.CHOICE,
    identifies=True,
    choices="certification",
    help=_("The code or the title of a training."),
    other_names=("training", "course", "module", "module code", "certificate", "formation", "cours", "curso", "培训", "課程", "الدورة", "التدريب"),
)  # fmt: skip


def certification_choices() -> ChoiceSet:
    """Return the trainings to choose from."""
    return ChoiceSet(dict(Certification.objects.order_by("code").values_list("code", "title")))


def successor(fact: Any, *, by: User | None, at: datetime, of: Any = None, **changes: Any) -> Any:
    """Return a new, unsaved fact with all values of ``fact`` but for ``changes``; it supersedes ``of``, or ``fact``."""
    left_out = {"id", "supersedes_id", "recorded_at", "recorded_by_id"}
    model: type[Model] = type(fact)
    values = {field.attname: getattr(fact, field.attname) for field in model._meta.concrete_fields}
    kept = {name: value for name, value in values.items() if name not in left_out}
    return model(**{**kept, **changes, "recorded_at": at, "recorded_by": by, "supersedes_id": (of or fact).pk})


def day(value: str) -> date | None:
    """Return the date that a value says; None for none."""
    return date.fromisoformat(value) if value else None
