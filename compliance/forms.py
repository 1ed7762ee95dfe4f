"""Forms of the portal."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import Certification
from people.models import Membership, Organisation, Role, Site


class DateInput(forms.DateInput):
    """The browser's own calendar; ISO in and out."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PersonForm(forms.Form):
    """A new person and their first employment."""

    employee_number = forms.CharField(label=gettext_lazy("Employee number"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("As it shall stand on certificates."))
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, help_text=gettext_lazy("Only for reminders. People without e-mail get a letter.")
    )
    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.none())
    role = forms.ModelChoiceField(label=gettext_lazy("Role"), queryset=Role.objects.none(), required=False)
    starts_on = forms.DateField(label=gettext_lazy("First day at work"), widget=DateInput())

    def __init__(self, *args: Any, organisation: Organisation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisation = organisation
        self.fields["site"].queryset = Site.objects.filter(organisation=organisation)  # type: ignore[attr-defined]
        self.fields["role"].queryset = Role.objects.filter(organisation=organisation)  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today

    def clean_employee_number(self) -> str:
        """Refuse a number that somebody here has."""
        number = str(self.cleaned_data["employee_number"]).strip()
        if Membership.objects.filter(organisation=self._organisation, employee_number__iexact=number).exists():
            raise ValidationError(_("Somebody here has this number already. Look them up under People."))
        return number


class MemberForm(forms.Form):
    """What HR may change about a person."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": member.name, "email": member.email}, **kwargs)


class EndForm(forms.Form):
    """The last day of an employment."""

    ends_on = forms.DateField(label=gettext_lazy("Last day at work"), widget=DateInput())

    def __init__(self, *args: Any, today: date, starts_on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._starts_on = starts_on
        self.fields["ends_on"].initial = today

    def clean_ends_on(self) -> date:
        """Refuse an end before the start."""
        day: date = self.cleaned_data["ends_on"]
        if self._starts_on is not None and day < self._starts_on:
            raise ValidationError(_("The last day cannot be before the first one. To mend the first day, ask for help."))
        return day


class AssignmentForm(forms.Form):
    """Who must do what, by when."""

    certification = forms.ModelChoiceField(label=gettext_lazy("Training"), queryset=Certification.objects.all(), empty_label=None)
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
    number = forms.CharField(label=gettext_lazy("Employee number"), required=False, max_length=40)
    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.none(), required=False)
    role = forms.ModelChoiceField(label=gettext_lazy("Role"), queryset=Role.objects.none(), required=False)
    due_on = forms.DateField(
        label=gettext_lazy("Last good day"),
        widget=DateInput(),
        help_text=gettext_lazy("Who starts later has 30 days from their first day."),
    )

    def __init__(self, *args: Any, organisation: Organisation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisation, self._today = organisation, today
        self.fields["site"].queryset = Site.objects.filter(organisation=organisation)  # type: ignore[attr-defined]
        self.fields["role"].queryset = Role.objects.filter(organisation=organisation)  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        """Refuse a past day."""
        day: date = self.cleaned_data["due_on"]
        if day < self._today:
            raise ValidationError(_("Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Resolve whom it is for; exactly one of person, site and role."""
        cleaned: dict[str, Any] = super().clean() or {}
        whom = cleaned.get("whom")
        cleaned["membership"] = None
        if whom == "person":
            number = (cleaned.get("number") or "").strip()
            member = Membership.objects.filter(organisation=self._organisation, employee_number__iexact=number).first()
            if member is None:
                self.add_error("number", _("Nobody here has this number."))
            cleaned.update(membership=member, site=None, role=None)
        elif whom == "site":
            if cleaned.get("site") is None:
                self.add_error("site", _("Choose a site."))
            cleaned["role"] = None
        elif whom == "role":
            if cleaned.get("role") is None:
                self.add_error("role", _("Choose a role."))
            cleaned["site"] = None
        return cleaned


class UploadForm(forms.Form):
    """A workbook of people."""

    file = forms.FileField(
        label=gettext_lazy("Workbook (.xlsx)"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}), allow_empty_file=True
    )
