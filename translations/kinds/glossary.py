"""The glossary as rows: how one concept is called in one language, for everybody or for one audience."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.models import EditorLimit
from cms.validators import code_validator
from people.workbooks.cells import fold
from people.workbooks.columns import Column, Type
from people.workbooks.kinds import Given, Kind, Plan, Setting
from people.workbooks.names import labelled
from people.workbooks.problems import Problem, RowProblem
from people.workbooks.undoing import changed, undone
from people.workbooks.values import ChoiceSet
from translations.models import GlossaryTerm
from translations.models.glossary import AUDIENCES

_EVERYBODY: Final = "everybody"
"""In a cell, for the audience whose code is empty."""
_SAID: Final = ("preferred", "avoided", "note")


@dataclass(slots=True)
class _Work:
    term: GlossaryTerm
    before: dict[str, str] | None
    after: dict[str, str]


class GlossaryKind(Kind):
    """Entries, found again by concept, language and audience."""

    code: ClassVar = "glossary"
    label: ClassVar = pgettext_lazy("kind of workbook", "Glossary")
    sheet: ClassVar = "Glossary"
    counted: ClassVar = frozenset({"language", "audience"})
    is_shared: ClassVar = True
    has_dates: ClassVar = False
    permissions: ClassVar = ("translations.add_glossaryterm", "translations.change_glossaryterm")
    columns: ClassVar = (
        Column(
            "concept",
            _("Concept"),
            Type.KEY,
            identifies=True,
            longest=60,
            help=_("The same code in every language, such as trafficked-person."),
        ),
        Column("language", _("Language"), Type.CHOICE, choices="language", identifies=True),
        Column("audience", _("For whom"), Type.CHOICE, choices="audience", help=_("Empty: everybody.")),
        Column(
            "preferred",
            _("Preferred"),
            clears=True,
            longest=120,
            help=_("Empty: the words beside it are only avoided."),
        ),
        Column(
            "avoided",
            _("Avoided"),
            Type.LONG_TEXT,
            clears=True,
            longest=2000,
            help=_("One word or phrase on a line. * before or after it stands for any beginning or ending."),
        ),
        Column("note", _("Note for translators"), clears=True, longest=300, help=_("May be empty.")),
    )
    samples: ClassVar = (
        {"concept": "help-line", "language": "en", "preferred": "help line", "avoided": "hotline"},
        {"concept": "help-line", "language": "fr", "preferred": "ligne d’aide"},
        {"concept": "help-line", "language": "es", "audience": "title", "preferred": "línea de ayuda"},
    )

    def choices(self, setting: Setting) -> Mapping[str, ChoiceSet]:
        """Return languages and audiences."""
        audiences = {code or _EVERYBODY: label for code, label in AUDIENCES}
        return {"language": ChoiceSet(dict(settings.KNOWN_LANGUAGES)), "audience": labelled(audiences)}

    def key_of(self, values: Mapping[str, str]) -> str:
        """Return concept, language and audience."""
        concept, language = fold(values.get("concept", "")), values.get("language", "")
        return f"{concept}|{language}|{values.get('audience', _EVERYBODY)}" if concept and language else ""

    def plan(self, rows: Sequence[Given], setting: Setting) -> list[Plan]:
        """Compare rows with the entries."""
        known = _known([row.key for row in rows], locked=setting.locked)
        return [_plan(row, known.get(row.key), setting) for row in rows]

    def write(self, plans: Sequence[Plan], setting: Setting, *, number: int) -> list[dict[str, Any]]:
        """Write the entries."""
        works = [(plan, plan.work) for plan in plans if plan.work is not None]
        new: list[GlossaryTerm] = []
        changed: list[GlossaryTerm] = []
        for work in (work for _plan_, work in works):
            _say(work.term, work.after)
            (new if work.before is None else changed).append(work.term)
        GlossaryTerm.objects.bulk_create(new)
        GlossaryTerm.objects.bulk_update(changed, _SAID)
        return [{"key": plan.given.key, "before": work.before, "after": _shown(work.term)} for plan, work in works]

    def take_back(self, entries: Sequence[Mapping[str, Any]], setting: Setting) -> list[dict[str, str]]:
        """Give entries back what they said; new ones go. What somebody edited since stays, and so that a word is left."""
        known = _known([it["key"] for it in entries], locked=True)
        left = []
        for entry in reversed(entries):
            term, before, after = known.get(entry["key"]), entry["before"], entry["after"]
            if term is None:
                kept = changed(before, after) if before is not None else []
            elif before is None:
                kept = changed(after, _shown(term))
                if not kept:
                    term.delete()
            else:
                values, kept = undone(before, after, _shown(term))
                if not values["preferred"] and not values["avoided"]:
                    kept = changed(before, after)
                elif values != _shown(term):
                    _say(term, values)
                    term.save(update_fields=_SAID)
            left += [{"key": entry["key"], "column": column} for column in kept]
        return left

    def export(self, setting: Setting, *, on: date | None) -> Iterator[Mapping[str, str]]:
        """Yield the entries by concept, language and audience."""
        for term in GlossaryTerm.objects.order_by("concept", "language", "audience").iterator(chunk_size=500):
            yield {
                "concept": term.concept,
                "language": term.language,
                "audience": term.audience or _EVERYBODY,
                **_shown(term),
            }

    def words(self, problem: RowProblem) -> tuple[str, str]:
        """Return what an editor is told, as on the form of the entry."""
        match problem.hints[0] if problem.hints else "":
            case "bad_code":
                return _now("This is not a code."), _now("Use lower-case letters, digits and hyphens.")
            case "star_alone":
                return _now("A line holds * alone."), _now("Write the word as well, or delete the line.")
            case "nothing_said":
                return _now("The row says no word."), _now("Write the preferred word, or words to avoid.")
        return super().words(problem)


def _known(keys: Iterable[str], *, locked: bool) -> dict[str, GlossaryTerm]:
    concepts = {key.partition("|")[0] for key in keys}
    terms = GlossaryTerm.objects.filter(concept__in=concepts).order_by("pk")
    if locked:
        terms = terms.select_for_update()
    return {f"{it.concept}|{it.language}|{it.audience or _EVERYBODY}": it for it in terms}


def _shown(term: GlossaryTerm) -> dict[str, str]:
    return {"preferred": term.preferred, "avoided": "\n".join(term.avoided), "note": term.note}


def _say(term: GlossaryTerm, said: Mapping[str, str]) -> None:
    term.preferred, term.note = said["preferred"], said["note"]
    term.avoided = list(dict.fromkeys(line for line in said["avoided"].splitlines() if line.strip()))


def _plan(row: Given, term: GlossaryTerm | None, setting: Setting) -> Plan:
    plan = Plan(row)
    concept, language, audience = row.key.split("|")
    plan.must_fit(setting.mode, "concept", is_new=term is None)
    if term is None:
        try:
            code_validator(concept)
        except ValidationError:
            plan.wrong("concept", Problem.OF_KIND, "bad_code")
    if setting.by is not None and not EditorLimit.objects.of(setting.by).allow(sectors=[], languages=[language]):
        plan.wrong("language", Problem.OUTSIDE_LIMITS)
        return plan.settle(is_new=term is None)
    before = _shown(term) if term is not None else None
    nothing: dict[str, str] = dict.fromkeys(_SAID, "")
    after: dict[str, str] = dict(before or nothing)
    after.update({key: row.values[key] for key in _SAID if key in row.values})
    if any(line.strip() and not line.strip("* ") for line in after["avoided"].splitlines()):
        plan.wrong("avoided", Problem.OF_KIND, "star_alone")
    if not after["preferred"] and not after["avoided"]:
        plan.wrong("preferred", Problem.OF_KIND, "nothing_said")
    if term is None:
        plan.change("concept", "", concept)
        plan.change("language", "", language)
        plan.change("audience", "", audience)
    for key in _SAID:
        plan.change(key, (before or nothing)[key], after[key])
    plan.settle(is_new=term is None)
    if plan.changes:
        code = "" if audience == _EVERYBODY else audience
        plan.work = _Work(term or GlossaryTerm(concept=concept, language=language, audience=code), before, after)
    return plan
