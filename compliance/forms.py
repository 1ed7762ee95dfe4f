"""Forms of the portal."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from certificates.models import Certification
from cms.languages import direction
from compliance.held_words import held_in_words
from compliance.kit_words import questions_for
from compliance.models import KitDuty, SiteKit
from compliance.selectors import Delivery, held_trainings
from compliance.standing import StandingPolicy
from compliance.step_words import DELIVERY_LABELS
from courses.models import Course
from people.models import Employment, ExportSchedule, Membership, Organisation, Role, Site, User, WorkbookImport
from people.selectors import hr_of, still_employed
from people.workbooks.kinds import Kind, Mode, all_kinds
from people.workbooks.values import FIRST_YEAR, LAST_YEAR

_FIRST_DAY = date(FIRST_YEAR, 1, 1)
_LAST_DAY = date(LAST_YEAR, 12, 31)
_CHOOSE = pgettext_lazy("first line of a list to choose from", "Choose")
_NO_NUMBER = gettext_lazy("Type the employee number.")
_PREFERRED_NAME = pgettext_lazy("column of a people file", "Preferred name")
_NO_NAME = gettext_lazy("Type the name.")
_NO_SITE = gettext_lazy("Choose a site.")
MOST_DAYS_AFTER_LEAVE = 365
_ASKED_FOR = {"person": "number", "site": "site", "role": "role"}
"""Which field says whom, by the choice."""


class DayField(forms.DateField):
    """A date by the browser's own calendar, ISO in and out, within the years that people live to see."""

    default_validators = [MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY)]  # Django's own shape

    def __init__(self, **options: Any) -> None:
        calendar = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=calendar, **options)


def _site_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=gettext_lazy("Site"),
        queryset=Site.objects.none(),
        empty_label=_CHOOSE,
        error_messages={"required": _NO_SITE},
    )


def _role_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=gettext_lazy("Role"), queryset=Role.objects.none(), required=False, empty_label=_CHOOSE
    )


class PersonForm(forms.Form):
    """A new person and their first employment."""

    employee_number = forms.CharField(
        label=gettext_lazy("Employee number"), max_length=40, error_messages={"required": _NO_NUMBER}
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As it shall stand on certificates."),
        error_messages={"required": _NO_NAME},
    )
    preferred_name = forms.CharField(label=_PREFERRED_NAME, max_length=200, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("Only for reminders. People without e-mail get a letter."),
    )
    site = _site_field()
    role = _role_field()
    starts_on = DayField(
        label=gettext_lazy("First day at work"),
        error_messages={"required": gettext_lazy("Choose the first day at work.")},
    )

    def __init__(self, *args: Any, organisation: Organisation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, organisation)
        self.fields["starts_on"].initial = today

    def refuse_number(self) -> None:
        """Say that somebody here has the number."""
        self.add_error("employee_number", _("Somebody here has this number already. Look them up under People."))


class MemberForm(forms.Form):
    """What HR may change about a person."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, error_messages={"required": _NO_NAME})
    preferred_name = forms.CharField(label=_PREFERRED_NAME, max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)


class TrainerForm(forms.Form):
    """Who agrees other ways to learn with people."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, error_messages={"required": _NO_NAME})
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("They sign in with a code that is sent there."),
        error_messages={"required": gettext_lazy("Type the e-mail.")},
    )


class KitForm(forms.Form):
    """The response plan of a site: what only the site knows, and who keeps which piece of it true."""

    contacts = forms.CharField(
        label=gettext_lazy("Whom to tell here, in this order"),
        help_text=gettext_lazy("A line each: a role and how to reach it at work. No private numbers."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Name at least one.")},
    )

    def __init__(self, *args: Any, kit: SiteKit | None, sector: str, today: date, **options: Any) -> None:
        self.questions = questions_for(sector)
        self.today = today
        super().__init__(*args, **options)
        if kit is not None:
            self.fields["contacts"].initial = "\n".join(kit.contacts)
        for question in self.questions:
            self.fields[question.code] = forms.CharField(
                label=question.label,
                help_text=question.example,
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=kit.answers.get(question.code, "") if kit else "",
            )
        held = {duty.piece: duty for duty in kit.duties.all()} if kit else {}
        for piece, label in KitDuty.Piece.choices:
            duty = held.get(piece)
            about = {"piece": label}
            self.fields[f"owner-{piece}"] = forms.CharField(
                label=_("%(piece)s: who keeps it true") % about,
                help_text=_("A role, such as night manager."),
                max_length=120,
                initial=duty.owner if duty else "",
                error_messages={"required": _("Say who keeps it true.")},
            )
            self.fields[f"review-{piece}"] = DayField(
                label=_("%(piece)s: to be looked at again by") % about, initial=duty.review_by if duty else None
            )

    def clean_contacts(self) -> list[str]:
        """Return the lines; at most eight, each short enough for a sheet on a wall."""
        lines = [line.strip() for line in self.cleaned_data["contacts"].splitlines() if line.strip()]
        if len(lines) > 8 or any(len(line) > 120 for line in lines):
            raise ValidationError(_("Eight lines at most, of at most 120 letters each."))
        return lines

    def clean(self) -> dict[str, Any]:
        """Refuse a day of review that is over, or further away than two years."""
        cleaned: dict[str, Any] = super().clean() or {}
        for piece in KitDuty.Piece.values:
            day = cleaned.get(f"review-{piece}")
            if day is not None and not 0 <= (day - self.today).days <= 731:
                self.add_error(f"review-{piece}", _("Choose a day from today on, within two years."))
        return cleaned

    @property
    def answers(self) -> dict[str, str]:
        """Return what was filled in, by code."""
        return {each.code: self.cleaned_data[each.code] for each in self.questions if self.cleaned_data[each.code]}

    @property
    def duties(self) -> dict[str, tuple[str, date]]:
        """Return owner and review date by piece."""
        cleaned = self.cleaned_data
        return {piece: (cleaned[f"owner-{piece}"], cleaned[f"review-{piece}"]) for piece in KitDuty.Piece.values}


def _with_number(memberships: QuerySet[Membership], number: str) -> Membership:
    """Return whose employee number it is.

    Raises:
        ValidationError: nobody's of these.
    """
    found = memberships.filter(employee_number__iexact=number).first()
    if found is None:
        raise ValidationError(_("Nobody here has this number."))
    return found


class SamePersonForm(forms.Form):
    """Which entry of a person stays; ``number`` becomes that entry."""

    number = forms.CharField(
        label=gettext_lazy("Employee number of the entry that stays"),
        max_length=40,
        error_messages={"required": _NO_NUMBER},
    )

    def __init__(self, *args: Any, memberships: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._memberships = memberships

    def clean_number(self) -> Membership:
        """Return whose number it is."""
        return _with_number(self._memberships, self.cleaned_data["number"])


class EndForm(forms.Form):
    """The last day of an employment."""

    reference = forms.UUIDField(widget=forms.HiddenInput)
    ends_on = DayField(label=gettext_lazy("Last day at work"))


class WorkForm(forms.Form):
    """Where else, or as what else, somebody works, from when on."""

    site = _site_field()
    role = _role_field()
    starts_on = DayField(
        label=gettext_lazy("First day"),
        error_messages={"required": gettext_lazy("Choose the first day at work.")},
    )
    ends_on = DayField(label=gettext_lazy("Last day"), required=False)
    employment_type = forms.ChoiceField(
        label=pgettext_lazy("column of an employments file", "Type of employment"), choices=Employment.Type.choices
    )
    hired_on = DayField(
        label=pgettext_lazy("column of an employments file", "Hired on"),
        required=False,
        help_text=gettext_lazy("May be empty. Where you count from an earlier day than the first one here."),
    )
    instead = forms.BooleanField(
        label=gettext_lazy("What ran until then ends the day before"), required=False, initial=True
    )

    def __init__(self, *args: Any, organisation: Organisation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, organisation)
        self.fields["starts_on"].initial = today


class DefaultDateForm(forms.Form):
    """By when, where a rule lacks the date that it counts from."""

    default_due_on = DayField(label=gettext_lazy("Where the date is missing"), required=False)


class TrainingSelect(forms.Select):
    """Titles of trainings to choose from, which say their language on a page in another."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the line of one choice; the first one, which chooses nothing, is the page's own."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value and get_language() != settings.LANGUAGE_CODE:
            option["attrs"] |= {"lang": settings.LANGUAGE_CODE, "dir": direction(settings.LANGUAGE_CODE)}
        return option


class TrainingField(forms.ModelChoiceField):
    """A training to assign. One that is out of new assignment is refused with its reason, where it is not chosen already."""

    widget = TrainingSelect
    today: date
    """The day on which it is assigned; its form sets it."""

    def clean(self, value: Any) -> Certification | None:
        """Return what was chosen."""
        chosen: Certification | None = super().clean(value)
        if chosen is not None and chosen.pk != self.initial:
            why = held_trainings([chosen.pk], on=self.today).get(chosen.pk)
            if why:
                raise ValidationError(held_in_words(chosen.title, why), code="held")
        return chosen


class AssignmentForm(forms.Form):
    """Who must do what, by when."""

    certification = TrainingField(
        label=gettext_lazy("Training"), queryset=Certification.objects.none(), empty_label=None
    )
    whom = forms.ChoiceField(
        label=gettext_lazy("Who"),
        choices=[
            ("person", gettext_lazy("One person")),
            ("site", gettext_lazy("Everybody at a site, and below it")),
            ("role", gettext_lazy("Everybody in a role")),
        ],
        widget=forms.RadioSelect,
        initial="person",
    )
    number = forms.CharField(
        label=gettext_lazy("Employee number"), max_length=40, error_messages={"required": _NO_NUMBER}
    )
    site = _site_field()
    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"),
        queryset=Role.objects.none(),
        empty_label=_CHOOSE,
        error_messages={"required": gettext_lazy("Choose a role.")},
    )
    due_on = DayField(
        label=gettext_lazy("Last good day"),
        help_text=gettext_lazy("Of a site or a role, who comes later has 30 days from their first day."),
        error_messages={"required": gettext_lazy("Choose the last good day.")},
    )

    def __init__(self, *args: Any, organisation: Organisation, today: date, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisation, self._today, self._at = organisation, today, at
        _offer(self, organisation)
        certification: Any = self.fields["certification"]
        certification.queryset, certification.today = assignable_certifications(), today
        if self.is_bound:
            for whom, name in _ASKED_FOR.items():
                self.fields[name].required = self.data.get("whom") == whom

    def clean_due_on(self) -> date:
        """Refuse a past day."""
        day: date = self.cleaned_data["due_on"]
        if day < self._today:
            raise ValidationError(_("Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Resolve whom it is for: exactly one of ``membership``, ``site`` and ``role``."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = _ASKED_FOR.get(cleaned.get("whom", ""))
        for name in _ASKED_FOR.values():
            if name != chosen:
                cleaned[name] = None
        cleaned["membership"] = self._person(cleaned["number"]) if cleaned.get("number") else None
        return cleaned

    def _person(self, number: str) -> Membership | None:
        try:
            member = _with_number(Membership.objects.filter(organisation=self._organisation), number)
        except ValidationError as nobody:
            self.add_error("number", nobody)
            return None
        if not still_employed(membership=member, at=self._at):
            self.add_error("number", _("This person does not work here any more."))
        return member


class BulkAssignmentForm(forms.Form):
    """What the people who were chosen must do, by when."""

    certification = TrainingField(
        label=gettext_lazy("Training"), queryset=Certification.objects.none(), empty_label=None
    )
    due_on = DayField(
        label=gettext_lazy("Last good day"), error_messages={"required": gettext_lazy("Choose the last good day.")}
    )

    def __init__(self, data: Any, *, today: date) -> None:
        # Whoever comes from the list has sent neither field yet, and is not told that they are missing.
        super().__init__(data if data is not None and "due_on" in data else None)
        self._today = today
        certification: Any = self.fields["certification"]
        certification.queryset, certification.today = assignable_certifications(), today

    def clean_due_on(self) -> date:
        """Refuse a past day."""
        day: date = self.cleaned_data["due_on"]
        if day < self._today:
            raise ValidationError(_("Choose today or a later day."))
        return day


class UploadForm(forms.Form):
    """A workbook of a kind, and what its rows may do."""

    file = forms.FileField(
        label=gettext_lazy("Workbook (.xlsx, .ods or .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
        # An empty file is explained like any other that is no workbook.
        allow_empty_file=True,
    )
    mode = forms.ChoiceField(label=gettext_lazy("What the rows may do"), initial=Mode.UPSERT, required=False)
    all_or_nothing = forms.BooleanField(
        label=gettext_lazy("Write nothing as long as a single row is to be corrected"), required=False
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mode: Any = self.fields["mode"]
        mode.choices = [(value, label) for value, label in WorkbookImport.Mode.choices if Mode(value) in kind.modes]

    def clean_mode(self) -> str:
        """Add and change, unless somebody chose otherwise."""
        return self.cleaned_data["mode"] or Mode.UPSERT


class RegularExportForm(forms.ModelForm):
    """An export to be made regularly."""

    kind = forms.ChoiceField(label=gettext_lazy("List"))
    first_on = DayField(label=gettext_lazy("First day"))

    class Meta:
        model = ExportSchedule
        fields = ("kind", "file_format", "every", "first_on", "kept_days", "recipient")
        help_texts = {
            "recipient": gettext_lazy("Somebody of HR, who gets a mail with a link and signs in to fetch it.")
        }

    def __init__(self, *args: Any, organisation: Organisation, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(it.code, it.label) for it in all_kinds()]
        recipient: Any = self.fields["recipient"]
        recipient.queryset = hr_of(organisation)
        recipient.empty_label = None
        self.initial.setdefault("recipient", user.pk)
        self.initial.setdefault("first_on", today + timedelta(days=1))
        self.today = today

    def clean_first_on(self) -> date:
        """Refuse a day that is past."""
        first_on: date = self.cleaned_data["first_on"]
        if first_on < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        return first_on


def assignable_certifications() -> QuerySet[Certification]:
    """Return the certifications whose courses are all released, and keep a record of who did them."""
    not_ready = Course.objects.exclude(tier=Course.Tier.RECORDED) | Course.objects.filter(editions__isnull=True)
    return Certification.objects.filter(courses__isnull=False).exclude(courses__in=not_ready).distinct()


def _offer(form: forms.Form, organisation: Organisation) -> None:
    """Let ``form`` choose among the sites and roles of the organisation alone."""
    site, role = (form.fields[name] for name in ("site", "role"))
    site.queryset = Site.objects.filter(organisation=organisation)  # type: ignore[attr-defined]
    role.queryset = Role.objects.filter(organisation=organisation)  # type: ignore[attr-defined]


class EvidenceForm(forms.Form):
    """For which site, as of which day. The whole organisation is offered to those who may see all of it."""

    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=gettext_lazy("Site"),
        to_field_name="code",
        required=False,
        error_messages={"required": _NO_SITE},
    )
    on = DayField(label=pgettext_lazy("evidence", "As of"), help_text=gettext_lazy("Today, or a day in the past."))

    def __init__(self, *args: Any, sites: QuerySet[Site], sees_all: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        site = self.fields["site"]
        site.queryset = sites
        site.required = not sees_all
        site.empty_label = str(pgettext_lazy("evidence", "All sites")) if sees_all else None
        self.fields["on"].initial = today

    def clean_on(self) -> date:
        """Refuse a day that lies ahead."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day lies ahead. Choose today or a day in the past."))
        return on


class RangeForm(forms.Form):
    """Which days, both included, and at which site: what a list of messages is limited to."""

    most_days = 92
    """So that a page has an end; the command takes any range."""

    first = DayField(label=pgettext_lazy("range of days", "From"))
    last = DayField(label=pgettext_lazy("range of days", "Through"))
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=gettext_lazy("Site"),
        to_field_name="code",
        required=False,
        empty_label=pgettext_lazy("filter", "All"),
    )

    def __init__(self, data: Any, *, sites: QuerySet[Site], first: date, last: date) -> None:
        given = {name: data[name] for name in self.base_fields if data.get(name)}
        super().__init__({"first": first.isoformat(), "last": last.isoformat(), **given})
        self.fields["site"].queryset = sites

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, and more than a page can show."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day lies before the first one. Choose the same day or a later one."))
        elif first and last and (last - first).days >= self.most_days:
            self.add_error("last", _("Choose at most %(n)s days.") % {"n": self.most_days})
        return cleaned


class SentForm(RangeForm):
    """Which messages of the past: those days, that site, what became of them."""

    state = forms.ChoiceField(
        label=pgettext_lazy("of a message", "State"),
        required=False,
        choices=[("", pgettext_lazy("filter", "All")), *((str(it), DELIVERY_LABELS[it]) for it in Delivery)],
    )


class ExportDayForm(forms.Form):
    """As of which day lists go out; without one, as they are known now."""

    as_of = DayField(label=pgettext_lazy("evidence", "As of"), required=False)


class AsOfForm(forms.Form):
    """On which day people are looked at, by what was known when, and at which site."""

    on = DayField(label=pgettext_lazy("as of a day", "On"))
    known = DayField(label=pgettext_lazy("as of a day", "As known on"), required=False)
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=gettext_lazy("Site"),
        to_field_name="code",
        required=False,
        empty_label=pgettext_lazy("filter", "All"),
    )

    def __init__(self, data: Any, *, sites: QuerySet[Site], today: date) -> None:
        given = {name: data[name] for name in self.base_fields if data.get(name)}
        super().__init__({"on": today.isoformat(), **given})
        self.today = today
        self.fields["site"].queryset = sites

    def clean_known(self) -> date | None:
        """Refuse a day of which nobody can know yet; today is as known now."""
        known: date | None = self.cleaned_data["known"]
        if known is not None and known > self.today:
            raise ValidationError(_("This day lies ahead. Choose a day in the past, or leave it empty."))
        return None if known == self.today else known


class CountingForm(forms.Form):
    """How people are counted, and what they are granted after leave; ``policy`` is what it says."""

    assigned_counts = forms.BooleanField(
        label=gettext_lazy("Who has not learnt it yet counts as in order until the first last good day"),
        required=False,
    )
    grace_counts = forms.BooleanField(
        label=gettext_lazy("Who is in the grace after a certificate ended counts as in order"), required=False
    )
    due_after_leave_days = forms.IntegerField(
        label=gettext_lazy("Days until something is due after leave"),
        min_value=0,
        max_value=MOST_DAYS_AFTER_LEAVE,
        help_text=gettext_lazy("Counted from the first day back."),
    )
    grace_after_leave_days = forms.IntegerField(
        label=gettext_lazy("Days of grace after leave in which a certificate ended"),
        min_value=0,
        max_value=MOST_DAYS_AFTER_LEAVE,
        help_text=gettext_lazy("Counted from the first day back. 0: none."),
    )

    @property
    def policy(self) -> StandingPolicy:
        """Return what a valid form says."""
        return StandingPolicy(**self.cleaned_data)
