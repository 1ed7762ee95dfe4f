"""Forms about one person: leave, more time, exemptions, due dates, learning from elsewhere."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certificates.models import Certification
from compliance.forms import DayField, TrainingSelect
from compliance.models import Adjustment
from compliance.models.adjustment import NUMBER_PATTERN

_CHOOSE = pgettext_lazy("first line of a list to choose from", "Choose")
_PAPER_NUMBER = gettext_lazy("Type its number: letters, digits, spaces, dots, strokes and slashes.")


def _reasons(kind: Adjustment.Kind) -> list[tuple[str, Any]]:
    labels = dict(Adjustment.Reason.choices)
    return [("", _CHOOSE), *((reason, labels[reason]) for reason in Adjustment.REASONS[kind])]


def _not_passed(day: date, today: date) -> date:
    if day < today:
        raise forms.ValidationError(_("Choose today or a later day."))
    return day


def _has_come(day: date, today: date) -> date:
    if day > today:
        raise forms.ValidationError(_("Choose today or an earlier day."))
    return day


class _AboutOnePerson(forms.Form):
    """A training that is asked of the person, where the form has one to choose."""

    def __init__(self, *args: Any, certifications: QuerySet[Certification], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if "certification" in self.fields:
            self.fields["certification"].queryset = certifications  # type: ignore[attr-defined]
        if "from_on" in self.fields:
            self.fields["from_on"].initial = today

    def clean(self) -> dict[str, Any]:
        """Say beside the last day that it comes before the first."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("from_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day cannot be before the first."))
        return data


def _training() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=gettext_lazy("Training"),
        queryset=Certification.objects.none(),
        empty_label=_CHOOSE,
        widget=TrainingSelect,
        error_messages={"required": gettext_lazy("Choose a training.")},
    )


def _reason(kind: Adjustment.Kind) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=_reasons(kind),
        error_messages={"required": gettext_lazy("Choose why.")},
    )


def _document() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Paper on file"),
        choices=[("", pgettext_lazy("no paper is on file", "None")), *Adjustment.Document.choices],
        required=False,
        help_text=gettext_lazy("Never a health document: we neither need nor keep any."),
    )


def _document_number() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Its number"),
        max_length=60,
        required=False,
        validators=[RegexValidator(NUMBER_PATTERN, _PAPER_NUMBER)],
    )


class LeaveForm(_AboutOnePerson):
    """Dates, and nothing else."""

    from_on = DayField(label=gettext_lazy("First day away"))
    last_on = DayField(
        label=gettext_lazy("Last day away"),
        required=False,
        help_text=gettext_lazy("Leave it empty while the return is not known. Do not tell us why somebody is away."),
    )


class ExtensionForm(_AboutOnePerson):
    """More time for one training, from today on."""

    certification = _training()
    last_on = DayField(label=gettext_lazy("New last good day"))
    reason = _reason(Adjustment.Kind.EXTENSION)

    def clean_last_on(self) -> date:
        """Refuse a day that has passed."""
        return _not_passed(self.cleaned_data["last_on"], self.today)


class WaiverForm(_AboutOnePerson):
    """An exemption from one training, with an end."""

    certification = _training()
    from_on = DayField(label=gettext_lazy("First day"))
    last_on = DayField(label=gettext_lazy("Last day"))
    reason = _reason(Adjustment.Kind.WAIVER)
    document = _document()
    document_number = _document_number()


class DueDateForm(_AboutOnePerson):
    """The due date of one training."""

    certification = _training()
    due_on = DayField(label=gettext_lazy("Last good day"))
    reason = _reason(Adjustment.Kind.OVERRIDE)

    def clean_due_on(self) -> date:
        """Refuse a day that has passed."""
        return _not_passed(self.cleaned_data["due_on"], self.today)


class SoonerForm(_AboutOnePerson):
    """An earlier due date of one training, with notice."""

    certification = _training()
    due_on = DayField(label=gettext_lazy("Earlier last good day"))
    notice_days = forms.IntegerField(
        label=gettext_lazy("Days of notice"),
        min_value=0,
        max_value=366,
        initial=14,
        help_text=gettext_lazy("So many days at least have to lie between today and that day."),
    )
    reason = _reason(Adjustment.Kind.EARLIER)


class LastDayForm(forms.Form):
    """Another last day of leave, of more time or of an exemption."""

    last_on = DayField(
        label=gettext_lazy("Last day"), error_messages={"required": gettext_lazy("Choose the last day.")}
    )


class LicenceForm(forms.Form):
    """When a licence is to be renewed. The day is all that is kept."""

    kind = forms.ChoiceField(label=gettext_lazy("Which licence"))
    renews_on = DayField(
        label=gettext_lazy("To be renewed on"),
        help_text=gettext_lazy("The day alone. We keep no number and no copy of the licence."),
        error_messages={"required": gettext_lazy("Choose the day on which it is to be renewed.")},
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """What the workplace confirms of a person, where a training asks for it."""

    code = forms.ChoiceField(
        label=gettext_lazy("What you confirm"), error_messages={"required": gettext_lazy("Choose what you confirm.")}
    )
    given_on = DayField(label=gettext_lazy("On which day it was so"))

    def __init__(self, *args: Any, texts: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["code"].choices = [("", _CHOOSE), *texts]  # type: ignore[attr-defined]
        self.fields["given_on"].initial = today

    def clean_given_on(self) -> date:
        """Refuse a day that has not come."""
        return _has_come(self.cleaned_data["given_on"], self.today)


class PriorLearningForm(_AboutOnePerson):
    """A training from elsewhere that stands for one of ours."""

    certification = _training()
    issuer = forms.CharField(label=gettext_lazy("Who issued it"), max_length=200)
    title = forms.CharField(label=gettext_lazy("Its title"), max_length=200)
    document_number = forms.CharField(
        label=gettext_lazy("Its number"),
        max_length=60,
        required=False,
        validators=[RegexValidator(NUMBER_PATTERN, _PAPER_NUMBER)],
    )
    completed_on = DayField(label=gettext_lazy("Completed on"))
    ends_on = DayField(
        label=gettext_lazy("Last valid day"),
        required=False,
        help_text=gettext_lazy("If one is printed. It is never good for longer than that."),
    )

    def clean_completed_on(self) -> date:
        """Refuse a day that has not come."""
        return _has_come(self.cleaned_data["completed_on"], self.today)

    def clean(self) -> dict[str, Any]:
        """Say beside the last valid day that it comes before the completion."""
        data = super().clean()
        if data.get("completed_on") and data.get("ends_on") and data["ends_on"] < data["completed_on"]:
            self.add_error("ends_on", _("It cannot end before it was completed."))
        return data


KINDS: dict[str, tuple[Promise, type[_AboutOnePerson]]] = {
    "leave": (gettext_lazy("Record leave"), LeaveForm),
    "more-time": (gettext_lazy("Give more time"), ExtensionForm),
    "exemption": (gettext_lazy("Exempt from a training"), WaiverForm),
    "due-date": (gettext_lazy("Set a due date"), DueDateForm),
    "sooner": (gettext_lazy("Ask for it sooner"), SoonerForm),
    "from-elsewhere": (gettext_lazy("Accept a training from elsewhere"), PriorLearningForm),
}
"""What can be recorded about a person, by its word in the address."""


class AgreeForm(forms.Form):
    """By when the other way is gone."""

    last_on = DayField(label=gettext_lazy("To be done by"))
