"""The forms of the CMS about Nations and what belongs to them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Nation
from courses.snapshot import Json
from courses.withdrawing_form import part_groups
from courses.withdrawn import Part


class NationForm(forms.Form):
    """A Nation, and the first who signs for it."""

    name = forms.CharField(label=gettext_lazy("Name, as the Nation writes it"), max_length=120)
    contact = forms.CharField(
        label=gettext_lazy("Whom to reach there"),
        max_length=200,
        help_text=gettext_lazy("A role and how to reach it, no private number."),
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence, in the Nation's own words"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It is shown with everything that belongs to the Nation. Never CC BY."),
    )
    known_as = forms.CharField(
        label=gettext_lazy("First person to sign for it: name or pseudonym"),
        max_length=80,
        help_text=gettext_lazy("The Nation names them. Afterwards it appoints others itself."),
    )


class OwnForm(forms.Form):
    """Which part belongs to whom."""

    part = forms.ChoiceField(label=gettext_lazy("What"))
    nation = forms.ModelChoiceField(label=gettext_lazy("Belongs to"), queryset=Nation.objects.all())

    def __init__(self, *args: Any, course: str, snapshots: Iterable[Json], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)
        groups = part_groups(snapshots)
        field.choices = [("", _("Choose …")), (f"course:{course}", _("The whole course")), *groups.items()]

    def chosen(self) -> Part:
        """Return the part that was chosen."""
        kind, _colon, target = self.cleaned_data["part"].partition(":")
        return Part(kind, target)
