"""The form with which HR changes what a requirement asks: of whom, by when, how often, and who is told."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certificates.validity import Duration, PolicyError
from cms.places import place_name
from compliance.condition_words import again_in_words
from compliance.conditions import Condition, Group, Hired, Is, Not, parse
from compliance.due_dates import After, LaterOf, On, parse_due_rule
from compliance.forms import DayField
from compliance.ladder import DEFAULT_LADDER, FARTHEST_DAYS, LadderError, LadderProblem, Recipient, ladder_from_json
from compliance.models import Requirement
from compliance.recurrence import LICENCE, parse_recurs
from people.models import Employment, Organisation, Role, Site

UNITS: Final = (
    ("d", pgettext_lazy("unit of a duration", "days")),
    ("w", pgettext_lazy("unit of a duration", "weeks")),
    ("m", pgettext_lazy("unit of a duration", "months")),
    ("y", pgettext_lazy("unit of a duration", "years")),
)
BASES: Final = (
    ("hire", pgettext_lazy("a date that others count from", "the day of hiring")),
    ("role_start", pgettext_lazy("a date that others count from", "the first day in the role")),
    ("requirement_start", pgettext_lazy("a date that others count from", "the day from which it is asked")),
    ("licence_renewal", pgettext_lazy("a date that others count from", "the renewal of the licence")),
)
_ABOVE: Final = (
    (str(Recipient.MANAGER), pgettext_lazy("who is told", "Manager")),
    (str(Recipient.SITE_LEAD), pgettext_lazy("who is told", "Site lead")),
    (str(Recipient.HR), pgettext_lazy("who is told", "HR")),
)
_MORE_RUNGS: Final = 2
"""Empty lines of the ladder that are offered."""
_CHOSEN: Final = {
    "site": "sites",
    "role": "roles",
    "role_tag": "role_tags",
    "jurisdiction": "places",
    "employment_type": "types",
}
"""Field by subject of a condition."""

_LADDER_PROBLEMS: Final[dict[LadderProblem, Promise]] = {
    LadderProblem.TOO_MANY: gettext_lazy("Choose 20 days at most."),
    LadderProblem.TOO_FAR: gettext_lazy("Choose days within a year of the last good day."),
    LadderProblem.SAME_DAY_TWICE: gettext_lazy("The same day stands twice. Tick all who are told in one line."),
}


class RequirementForm(forms.Form):
    """What a requirement asks. ``changes`` are what ``services.planned_change`` takes."""

    label = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("What it is called where somebody asks “why me?”."),
    )
    who = forms.ChoiceField(label=gettext_lazy("Who, among them"), widget=forms.RadioSelect)
    sites = forms.MultipleChoiceField(label=gettext_lazy("Only at these sites, and below them"))
    without = forms.MultipleChoiceField(label=gettext_lazy("Not at these sites"))
    roles = forms.MultipleChoiceField(label=gettext_lazy("Only in these roles"))
    role_tags = forms.MultipleChoiceField(label=gettext_lazy("Only work of these kinds"))
    places = forms.MultipleChoiceField(label=gettext_lazy("Only where the rules of these places hold"))
    types = forms.MultipleChoiceField(label=gettext_lazy("Only people who are"), choices=Employment.Type.choices)
    hired_from = DayField(label=gettext_lazy("Only hired on this day or later"), required=False)
    hired_before = DayField(label=gettext_lazy("Only hired before this day"), required=False)

    when = forms.ChoiceField(label=gettext_lazy("By when"), widget=forms.RadioSelect)
    due_on = DayField(label=gettext_lazy("Last good day"), required=False)
    days_after_start = forms.IntegerField(
        label=gettext_lazy("Days for who comes later"), min_value=0, max_value=3660, required=False
    )
    after_n = forms.IntegerField(label=gettext_lazy("So long"), min_value=0, max_value=9999, required=False)
    after_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS, required=False)
    after_base = forms.ChoiceField(label=gettext_lazy("After"), choices=BASES, required=False)
    not_before = DayField(
        label=gettext_lazy("But not before"),
        required=False,
        help_text=gettext_lazy("For people who have been here for long, so that nobody is late from the start."),
    )
    licence_kind = forms.SlugField(
        label=gettext_lazy("Which licence"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("A short word such as driver-class-1, where it counts from the renewal of a licence."),
        error_messages={"invalid": gettext_lazy("Write small letters, digits and hyphens, such as driver-class-1.")},
    )
    default_due_on = DayField(
        label=gettext_lazy("Last good day where that date is not known"),
        required=False,
        help_text=gettext_lazy("Leave it empty, and each of them is listed for you to set a date."),
    )

    recurs_n = forms.IntegerField(
        label=gettext_lazy("Again after"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=gettext_lazy("Leave it empty, and the certificate's own time holds."),
    )
    recurs_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS, required=False, initial="m")

    usual = forms.BooleanField(
        label=gettext_lazy("The usual days"),
        required=False,
        help_text=gettext_lazy(
            "60, 30, 14, 7 and 1 days before, on the last good day, and 3 and 14 days after it. "
            "The manager hears on the day itself, the site lead after 3 days, HR after 14."
        ),
    )

    def __init__(self, *args: Any, requirement: Requirement, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requirement = requirement
        self._offer(organisation)
        self._who_and_when()
        rungs = DEFAULT_LADDER if requirement.ladder is None else ladder_from_json(requirement.ladder)
        self._lines = len(rungs) + _MORE_RUNGS
        for number in range(self._lines):
            rung = rungs[number] if number < len(rungs) else None
            self.fields[f"days-{number}"] = forms.IntegerField(
                label=_("Days from the last good day, line %(number)s") % {"number": number + 1},
                min_value=-FARTHEST_DAYS,
                max_value=FARTHEST_DAYS,
                required=False,
                initial=rung.days if rung else None,
            )
            self.fields[f"to-{number}"] = forms.MultipleChoiceField(
                label=_("Who else is told, line %(number)s") % {"number": number + 1},
                choices=_ABOVE,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[str(it) for it in rung.to] if rung else [],
            )
        self.initial = {**self._initial(), **self.initial}
        if requirement.recurs and not isinstance(recurs := parse_recurs(requirement.recurs), Duration):
            self.fields["recurs_n"].help_text = again_in_words(recurs)

    def _offer(self, organisation: Organisation) -> None:
        sites = list(Site.objects.filter(organisation=organisation).order_by("name"))
        roles = list(Role.objects.filter(organisation=organisation).order_by("name"))
        known = {it.jurisdiction for it in sites if it.jurisdiction}
        countries = {it.split("-")[0] for it in known}
        choices = {
            "sites": [(it.code, it.name) for it in sites],
            "without": [(it.code, it.name) for it in sites],
            "roles": [(it.code, it.name) for it in roles],
            "role_tags": [(tag, tag.replace("_", " ")) for tag in sorted({tag for it in roles for tag in it.tags})],
            "places": [(it, place_name(it)) for it in sorted(known | countries)],
        }
        for name in (*_CHOSEN.values(), "without"):
            field: Any = self.fields[name]
            field.required, field.widget = False, forms.CheckboxSelectMultiple()
            field.choices = choices.get(name, Employment.Type.choices)
            if not field.choices:
                del self.fields[name]

    def _who_and_when(self) -> None:
        requirement = self.requirement
        who: Any = self.fields["who"]
        when: Any = self.fields["when"]
        who.choices = [
            ("keep", _("As it is now")),
            *([("all", _("All of them"))] if requirement.site_id or requirement.role_id else []),
            ("chosen", _("Only as chosen here")),
        ]
        when.choices = [
            ("keep", _("As it is now")),
            ("on", _("On one day for everybody who works here")),
            ("after", _("So long after a day of each person")),
        ]
        if requirement.membership_id is not None:
            for name in ("who", *_CHOSEN.values(), "without", "hired_from", "hired_before"):
                self.fields.pop(name, None)

    def _initial(self) -> dict[str, Any]:
        """Return what the requirement says, so far as the fields can say it."""
        requirement = self.requirement
        found: dict[str, Any] = {
            "label": requirement.label,
            "who": "keep",
            "when": "keep",
            "due_on": requirement.due_on,
            "days_after_start": requirement.days_after_start,
            "licence_kind": requirement.licence_kind,
            "default_due_on": requirement.default_due_on,
            "usual": requirement.ladder is None,
        }
        if isinstance(recurs := parse_recurs(requirement.recurs) if requirement.recurs else None, Duration):
            found |= {"recurs_n": recurs.n, "recurs_unit": recurs.unit}
        if requirement.conditions is not None:
            found |= _conditions_as_fields(parse(requirement.conditions)) or {}
        if requirement.due_rule is not None:
            found |= _rule_as_fields(requirement.due_rule)
        return found

    @property
    def rungs(self) -> list[tuple[Any, Any]]:
        """Return the lines of the ladder: days, and who else is told."""
        return [(self[f"days-{number}"], self[f"to-{number}"]) for number in range(self._lines)]

    @property
    def whom(self) -> list[Any]:
        """Return the fields of who is chosen."""
        names = (*_CHOSEN.values(), "without", "hired_from", "hired_before")
        return [self[name] for name in names if name in self.fields]

    @property
    def on_one_day(self) -> list[Any]:
        """Return the fields of one day for everybody."""
        return [self[name] for name in ("due_on", "days_after_start")]

    @property
    def after_a_day(self) -> list[Any]:
        """Return the fields of a day of each person."""
        names = ("after_n", "after_unit", "after_base", "not_before", "licence_kind", "default_due_on")
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """Gather ``changes``; what is missing is said beside its field."""
        data: dict[str, Any] = super().clean() or {}
        changes: dict[str, Any] = {"label": data.get("label", ""), "recurs": self._recurs(data)}
        changes |= self._conditions(data) | self._due(data)
        if changes["recurs"] == LICENCE and not changes.get("licence_kind"):
            changes["licence_kind"] = self.requirement.licence_kind
        changes["ladder"] = None if data.get("usual") else self._ladder(data)
        data["changes"] = changes
        return data

    def _recurs(self, data: Mapping[str, Any]) -> str:
        if data.get("recurs_n"):
            text = f"{data['recurs_n']}{data.get('recurs_unit') or 'm'}"
            try:
                Duration.parse(text)
            except PolicyError:
                self.add_error("recurs_n", _("A hundred years is the longest."))
            return text
        # What the fields cannot say, such as calendar years, stays until a time is given.
        kept = self.requirement.recurs
        return kept if kept and not isinstance(parse_recurs(kept), Duration) else ""

    def _conditions(self, data: Mapping[str, Any]) -> dict[str, Any]:
        match data.get("who"):
            case "all":
                return {"conditions": None}
            case "chosen":
                parts: list[dict[str, Any]] = [
                    {subject: list(data[name])} for subject, name in _CHOSEN.items() if data.get(name)
                ]
                if data.get("without"):
                    parts.append({"not": {"site": list(data["without"])}})
                hired = {
                    key: day.isoformat()
                    for key, day in (("from", data.get("hired_from")), ("before", data.get("hired_before")))
                    if day
                }
                if len(hired) == 2 and data["hired_before"] <= data["hired_from"]:
                    self.add_error("hired_before", _("Choose a day after the other one."))
                if hired:
                    parts.append({"hired_on": hired})
                if not parts:
                    self.add_error("who", _("Choose at least one thing below."))
                return {"conditions": parts[0] if len(parts) == 1 else {"all": parts}}
        return {}

    def _due(self, data: Mapping[str, Any]) -> dict[str, Any]:
        starts_on: date = self.requirement.starts_on
        for name in ("due_on", "default_due_on"):
            if data.get(name) and data[name] < starts_on:
                self.add_error(name, _("It is asked from a later day. Choose that day or one after it."))
        default = {"default_due_on": data.get("default_due_on")}
        match data.get("when"):
            case "on":
                if not data.get("due_on") and "due_on" not in self.errors:
                    self.add_error("due_on", _("Choose the last good day."))
                days = data.get("days_after_start")
                return {
                    "due_on": data.get("due_on"),
                    "due_rule": None,
                    "default_due_on": None,
                    "licence_kind": "",
                    "days_after_start": 30 if days is None else days,
                }
            case "after":
                return self._rule(data) | {"due_on": None} | default
        return default if self.requirement.due_rule is not None else {}

    def _rule(self, data: Mapping[str, Any]) -> dict[str, Any]:
        if data.get("after_n") is None and "after_n" not in self.errors:
            self.add_error("after_n", _("Write a number; 0 means the day itself."))
            return {}
        base, length = data.get("after_base") or "hire", f"{data.get('after_n')}{data.get('after_unit') or 'd'}"
        try:
            Duration.parse(length)
        except PolicyError:
            self.add_error("after_n", _("A hundred years is the longest."))
            return {}
        if base == "licence_renewal" and not data.get("licence_kind"):
            self.add_error("licence_kind", _("Say which kind of licence."))
        rule: dict[str, Any] = {"after": base, "in": length}
        if data.get("not_before"):
            rule = {"later_of": [rule, {"on": data["not_before"].isoformat()}]}
        return {"due_rule": rule, "licence_kind": data.get("licence_kind") or "" if base == "licence_renewal" else ""}

    def _ladder(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        rungs = [
            {"days": data[f"days-{number}"], "to": [str(Recipient.LEARNER), *data.get(f"to-{number}", [])]}
            for number in range(self._lines)
            if data.get(f"days-{number}") is not None
        ]
        if not rungs:
            self.add_error("usual", _("Write at least one day below, or choose the usual ones."))
        try:
            ladder_from_json(rungs)
        except LadderError as error:
            self.add_error("usual", ValidationError(str(_LADDER_PROBLEMS[error.problem])))
        return rungs


def _conditions_as_fields(condition: Condition) -> dict[str, Any] | None:
    """Return fields that say the same; None where the fields cannot."""
    parts = condition.parts if isinstance(condition, Group) and condition.every else (condition,)
    found: dict[str, Any] = {"who": "chosen"}
    for part in parts:
        match part:
            case Is(subject, words) if subject in _CHOSEN and _CHOSEN[subject] not in found:
                found[_CHOSEN[subject]] = list(words)
            case Not(Is("site", words)) if "without" not in found:
                found["without"] = list(words)
            case Hired(from_on, before) if "hired_from" not in found:
                found |= {"hired_from": from_on, "hired_before": before}
            case _:
                return None
    return found


def _rule_as_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields that say the same; none where the fields cannot."""
    match parse_due_rule(data):
        case On(day):
            return {"when": "on", "due_on": day}
        case After(base, length):
            return {"when": "after", "after_n": length.n, "after_unit": length.unit, "after_base": base}
        case LaterOf(After(base, length), On(day)) | LaterOf(On(day), After(base, length)):
            after = {"when": "after", "after_n": length.n, "after_unit": length.unit, "after_base": base}
            return after | {"not_before": day}
    return {}
