"""A certification with its validity policy as fields, in the CMS."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from certificates import selectors, services
from certificates.expressions import Attested, ExpressionError, ExpressionProblem, leaves, parse_expression
from certificates.forms.outline import OutlineField, as_one, choices_of
from certificates.models import Certification
from certificates.rebasing_batches import NOTICE_DAYS, look_at_rebasing
from certificates.validity import Duration, PolicyError, PolicyProblem, ValidityPolicy
from cms import clock
from courses.models import Course

UNITS = (
    ("d", pgettext_lazy("unit of a duration", "days")),
    ("w", pgettext_lazy("unit of a duration", "weeks")),
    ("m", pgettext_lazy("unit of a duration", "months")),
    ("y", pgettext_lazy("unit of a duration", "years")),
)
MONTHS = (
    ("", "—"),
    (1, _("January")),
    (2, _("February")),
    (3, _("March")),
    (4, _("April")),
    (5, _("May")),
    (6, _("June")),
    (7, _("July")),
    (8, _("August")),
    (9, _("September")),
    (10, _("October")),
    (11, _("November")),
    (12, _("December")),
)
ANCHORS = (
    ("renewal", _("After the completion; renewed in the window, from the old end, so that no day is lost")),
    ("completion", _("After each completion, whenever that is")),
    ("calendar", _("On the same day of the year for everybody")),
    ("calendar_years", _("With the last day of a calendar year")),
)
LATE = (
    ("completion", _("Start anew from the completion")),
    ("schedule", _("Keep to the old schedule")),
)
EARLY = (
    ("restart", _("Start anew from the completion; never shorter than before")),
    ("record_only", _("Record it; the certificate stays as it is")),
)

# What is wrong, beside which field, and what to do about it.
_PROBLEMS: dict[PolicyProblem, tuple[str, Promise]] = {
    PolicyProblem.ZERO_DURATION: ("validity", _("Give a length of at least one day.")),
    PolicyProblem.WINDOW_LONGER_THAN_VALIDITY: ("window", _("The window cannot be longer than the validity.")),
    PolicyProblem.MIN_VALIDITY_LONGER_THAN_VALIDITY: (
        "min_validity",
        _("This cannot be longer than the validity."),
    ),
    PolicyProblem.VALIDITY_NOT_WHOLE_YEARS: (
        "validity",
        _("A policy that follows the calendar needs whole years here."),
    ),
    PolicyProblem.MISSING_CALENDAR_DAY: ("calendar_day", _("Say on which day of the year it ends.")),
    PolicyProblem.IMPOSSIBLE_CALENDAR_DAY: ("calendar_day", _("There is no such day.")),
    PolicyProblem.TOO_LONG: ("validity", _("A hundred years is the longest.")),
}


_EXPRESSION_PROBLEMS: dict[ExpressionProblem, Promise] = {
    ExpressionProblem.EMPTY: _("A list is empty. Put at least one part in it."),
    ExpressionProblem.NOT_A_COUNT: _("“At least %(value)s”: take a number from 1 up to the number of lines inside it."),
    ExpressionProblem.UNKNOWN_COURSE: _("%(value)s is none of the courses that are ticked above."),
    ExpressionProblem.UNKNOWN_CERTIFICATION: _("There is no certification %(value)s."),
    ExpressionProblem.CYCLE: _("It comes back to itself: %(value)s. Leave one of them out."),
    ExpressionProblem.TOO_DEEP: _("It is nested more than %(value)s deep."),
    ExpressionProblem.NOT_A_CODE: _("%(value)s: a code has lower-case letters, digits and hyphens."),
    ExpressionProblem.NO_TEXT: _(
        "%(value)s: write as text, in at most 300 characters, what the workplace confirms of the person."
    ),
    ExpressionProblem.NOTHING_LEARNT: _(
        "It can be fulfilled without learning anything, by %(value)s alone. Ask for a course or a session beside it."
    ),
}


MOST_LOOKED_AT = 2_000
"""So many certificates are looked at while a page is waited for."""
_KEPT = _(
    "Certificates that run: %(running)s. They keep their dates, and nobody is mailed because of the change; the next certificate "
    "of each person follows it. If they were dated anew too, with %(days)s days of notice (manage.py rebase_certificates), "
    "%(later)s would end later and %(sooner)s sooner. Tick this and save again to go on."
)
_KEPT_BY_MANY = _(
    "Certificates that run: %(running)s. They keep their dates, and nobody is mailed because of the change; the next certificate "
    "of each person follows it. manage.py rebase_certificates says what dating them anew would do. Tick this and save "
    "again to go on."
)


_NAMED_BY = _(
    "“%(title)s” asks whatever this one does, and has not ticked all of its courses. Tick them there first, or leave them out here."
)


def policy_in_words(policy: ValidityPolicy) -> list[tuple[str, str]]:
    """Return label and value of each part that is set, as the form calls them."""
    fields: dict[str, forms.Field] = CertificationForm.base_fields
    parts = [
        ("anchor", str(dict(ANCHORS)[policy.anchor])),
        *((name, _in_words(getattr(policy, name))) for name in ("validity", "window", "grace", "min_validity")),
        ("late", str(dict(LATE)[policy.late])),
        ("early", str(dict(EARLY)[policy.early])),
    ]
    if policy.calendar_last_day is not None:
        month, day = policy.calendar_last_day
        parts += [("calendar_month", str(dict(MONTHS)[month])), ("calendar_day", str(day))]
    return [(str(fields[name].label), words) for name, words in parts if words]


def _in_words(duration: Duration | None) -> str:
    return f"{duration.n} {dict(UNITS)[duration.unit]}" if duration else ""


class DurationWidget(forms.MultiWidget):
    """A number and its unit."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "n": forms.NumberInput(attrs={"min": 0}),
                "unit": forms.Select(choices=UNITS, attrs={"aria-label": _("Unit")}),
            },
            attrs,
        )

    def decompress(self, value: Duration | None) -> list[Any]:
        """Return number and unit; months are offered where nothing is set."""
        return [value.n, value.unit] if value else [None, "m"]


class DurationField(forms.MultiValueField):
    """A ``Duration``, or None where it is optional and its number is left empty."""

    widget = DurationWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (forms.IntegerField(min_value=0), forms.ChoiceField(choices=UNITS))
        super().__init__(fields=fields, require_all_fields=False, **kwargs)
        # The unit always has a value: an empty number is what "not set" means.
        self.fields[0].required = self.required

    def compress(self, data_list: list[Any]) -> Duration | None:
        """Return the duration.

        Raises:
            ValidationError: it is longer than a duration may be.
        """
        if not data_list or data_list[0] is None:
            return None
        try:
            return Duration(data_list[0], data_list[1])
        except PolicyError as error:
            raise ValidationError(str(_PROBLEMS[PolicyProblem.TOO_LONG][1])) from error


class CertificationForm(WagtailAdminModelForm):
    """What must be completed, and each part of the policy in a field of its own; writes ``policy`` as JSON."""

    anchor = forms.ChoiceField(label=_("It ends"), choices=ANCHORS)
    validity = DurationField(label=_("Valid for"))
    window = DurationField(
        label=_("Renewal opens"),
        required=False,
        help_text=_("So long before the end a renewal may be made without losing days. Empty: on the last day."),
    )
    grace = DurationField(
        label=_("Grace after the end"), required=False, help_text=_("Expired, but only late. Empty: none.")
    )
    min_validity = DurationField(
        label=_("Valid for at least"),
        required=False,
        help_text=_("Where the calendar or an old schedule sets the end: if less would be left, the next one counts."),
    )
    calendar_month = forms.TypedChoiceField(
        label=_("Month of the last valid day"), choices=MONTHS, coerce=int, empty_value=None, required=False
    )
    calendar_day = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=31,
        required=False,
        help_text=_("Only where it ends on the same day for everybody. 29 February is the last day of February."),
    )
    late = forms.ChoiceField(label=_("Renewed after the end"), choices=LATE)
    early = forms.ChoiceField(label=_("Renewed before the window"), choices=EARLY)
    expression = OutlineField(label=_("What must be completed"), required=False)
    refreshers = OutlineField(label=_("Shorter refreshers"), required=False)
    seen = forms.BooleanField(label=_("I have seen what the change does"), required=False)

    class Meta:
        model = Certification
        fields: ClassVar = ["code", "title", "full_title", "courses", "expression", "refreshers"]
        widgets: ClassVar = {"courses": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy: ValidityPolicy = self.instance.validity_policy
        for name in ("anchor", "validity", "window", "grace", "min_validity", "late", "early"):
            self.initial.setdefault(name, getattr(policy, name))
        if policy.calendar_last_day is not None:
            self.initial.setdefault("calendar_month", policy.calendar_last_day[0])
            self.initial.setdefault("calendar_day", policy.calendar_last_day[1])
        if "code" in self.fields and self.instance.pk:
            # Certificates and curriculum files name it.
            self.fields["code"].disabled = True
        expression = self.initial.get("expression")
        self.initial["expression"] = [] if expression is None else [expression]
        # Nobody's completion of an open course is ever recorded.
        courses = Course.objects.exclude(tier=Course.Tier.OPEN)
        if "courses" in self.fields:
            self.fields["courses"].queryset = courses
        others = Certification.objects.exclude(pk=self.instance.pk).values_list("code", "title")
        which = choices_of(courses.order_by("code").values_list("code", flat=True), others)
        for name in ("expression", "refreshers"):
            if name in self.fields:
                self.fields[name].widget.which = which

    def clean(self) -> dict[str, Any]:
        """Put the parts together; what contradicts itself is said beside its field."""
        data: dict[str, Any] = super().clean()
        self._check_expressions(data)
        if not {"courses", "expression", "refreshers"} & set(self.errors):
            self._ask_whether_courses_may_come(data)
        parts = ("anchor", "validity", "window", "grace", "min_validity", "late", "early")
        if any(part in self.errors for part in (*parts, "calendar_month", "calendar_day")):
            return data
        month, day = data.get("calendar_month"), data.get("calendar_day")
        if (month is None) != (day is None):
            self.add_error("calendar_day", _("Give both month and day, or neither."))
            return data
        values: dict[str, Any] = {part: data[part] for part in parts}
        try:
            policy = ValidityPolicy(calendar_last_day=(month, day) if month and day else None, **values)
        except PolicyError as error:
            field, message = _PROBLEMS[error.problem]
            self.add_error(str(error.details.get("field", field)), message)
        else:
            self._ask_whether_seen(data, policy)
            self.instance.policy = policy.to_json()
        return data

    def _ask_whether_seen(self, data: dict[str, Any], policy: ValidityPolicy) -> None:
        """Say what another policy does before it is saved, where certificates run; a tick says that it was seen."""
        if not self.instance.pk or data.get("seen") or policy == self.instance.validity_policy:
            return
        on = clock.today("UTC")
        running = selectors.running(self.instance, on=on).count()
        if not running:
            return
        if running > MOST_LOOKED_AT:
            self.add_error("seen", ValidationError(_KEPT_BY_MANY, params={"running": running}))
            return
        found = look_at_rebasing(certification=self.instance, policy=policy, on=on, notice_days=NOTICE_DAYS)
        numbers = {"running": running, "later": found.later, "sooner": found.sooner, "days": NOTICE_DAYS}
        self.add_error("seen", ValidationError(_KEPT, params=numbers))

    def _ask_whether_courses_may_come(self, data: dict[str, Any]) -> None:
        """Say beside the field why a course cannot be asked of those of whom the certification is asked already."""
        if not self.instance.pk or "courses" not in data:
            return
        try:
            services.check_courses(
                certification=self.instance,
                courses={course.code: course.pk for course in data["courses"]},
                expression=data["expression"],
                refreshers=data["refreshers"],
            )
        except ValidationError as error:
            self.add_error("courses", error)

    def _check_expressions(self, data: dict[str, Any]) -> None:
        """Say beside the field what is wrong with how the parts are combined."""
        courses = {course.code: course.pk for course in data.get("courses") or ()}
        others = selectors.expressions_of_others(self.instance)
        own = data.get("code") or self.instance.code or ""
        data["expression"] = as_one(data.get("expression") or [])
        data["refreshers"] = data.get("refreshers") or []
        found = {
            "expression": [] if data["expression"] is None else [data["expression"]],
            "refreshers": data["refreshers"],
        }
        # One confirmation counts wherever its code is named, so a code says one thing everywhere.
        texts = selectors.texts_of_attestations(without=self.instance)
        for field, expressions in found.items():
            for expression in expressions:
                try:
                    parsed = parse_expression(expression, courses, others, own=own)
                except ExpressionError as error:
                    message = str(_EXPRESSION_PROBLEMS[error.problem])
                    value = ", ".join(error.value) if isinstance(error.value, list) else error.value
                    self.add_error(field, ValidationError(message, params={"value": value}))
                    continue
                for leaf in leaves(parsed):
                    if isinstance(leaf, Attested) and texts.setdefault(leaf.code, leaf.text) != leaf.text:
                        self.add_error(
                            field,
                            ValidationError(
                                _(
                                    "%(code)s stands for something else already: “%(text)s” Take that text or another code."
                                ),
                                params={"code": leaf.code, "text": texts[leaf.code]},
                            ),
                        )
        if not {"expression", "refreshers"} & set(self.errors):
            self._check_those_that_name_it(own, data, courses, others)

    def _check_those_that_name_it(
        self, own: str, data: dict[str, Any], courses: Mapping[str, int], others: Mapping[str, object]
    ) -> None:
        """Refuse what would leave another certification, which asks whatever this one does, without a meaning."""
        asks = data["expression"] or {"all": [{"course": code} for code in courses]}
        for other in Certification.objects.exclude(pk=self.instance.pk).prefetch_related("courses"):
            if not selectors.names_others(other):
                continue
            its_courses = {course.code: course.pk for course in other.courses.all()}
            rest = {code: expression for code, expression in others.items() if code != other.code} | {own: asks}
            try:
                other.asks(its_courses, rest)
            except ExpressionError as error:
                if error.problem in (ExpressionProblem.UNKNOWN_COURSE, ExpressionProblem.TOO_DEEP):
                    self.add_error("expression", ValidationError(_NAMED_BY, params={"title": other.title}))
                    return
