"""The forms of the CMS about Nations and what belongs to them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Nation, StoryConsent
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
    """Which part belongs to which Nation, or is a true story told with which consent."""

    part = forms.ChoiceField(label=gettext_lazy("What"))
    owner = forms.ChoiceField(label=gettext_lazy("Belongs to"))

    def __init__(self, *args: Any, course: str, snapshots: Iterable[Json], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)
        groups = part_groups(snapshots)
        field.choices = [("", _("Choose …")), (f"course:{course}", _("The whole course")), *groups.items()]

        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        nations = [(f"nation:{each.pk}", str(each)) for each in Nation.objects.all()]
        stories = [(f"consent:{each.pk}", str(each)) for each in StoryConsent.objects.filter(withdrawn_at__isnull=True)]
        owner.choices = [("", _("Choose …")), (_("Nations"), nations), (_("True stories"), stories)]

    def whose(self) -> dict[str, Nation | StoryConsent]:
        """Return the owner that was chosen, as ``own_part`` takes it."""
        kind, _colon, pk = self.cleaned_data["owner"].partition(":")
        if kind == "nation":
            return {"nation": Nation.objects.get(pk=pk)}
        return {"consent": StoryConsent.objects.get(pk=pk)}

    def chosen(self) -> Part:
        """Return the part that was chosen."""
        kind, _colon, target = self.cleaned_data["part"].partition(":")
        return Part(kind, target)


class ConsentForm(forms.Form):
    """What somebody agreed to who gave their story; nothing of the person."""

    field_order = ("scope", "languages", "forms", "last_good_on", "checks", "licence", "kept_at")

    scope = forms.CharField(
        label=gettext_lazy("What they agreed to"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For what the story may be used. Write nothing that tells who it is."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("In which languages"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    last_good_on = forms.DateField(
        label=gettext_lazy("Last day on which it may be told"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    checks = forms.MultipleChoiceField(
        label=gettext_lazy("Looked at, so that nobody is known by it"),
        choices=StoryConsent.Check.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence, in their own words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    kept_at = forms.CharField(
        label=gettext_lazy("Where the signed paper is kept"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A place, no name."),
    )
    # Last: from here on the name is the field, no longer the module.
    forms = forms.MultipleChoiceField(
        label=gettext_lazy("In which forms"),
        choices=StoryConsent.Form.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
