"""The form with which a publisher releases a course."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms import clock
from courses.models import CHANGES, Edition
from translations.changes import ChangeKind

LOOKED_AT = (
    ("pictures", _("Pictures show nobody in chains, hurt, cowering or half dressed, and nobody who did not agree")),
    ("stories", _("Nobody can be recognised in a story, and each one is told with consent or invented")),
    ("signs", _("No sign rests on looks, origin, faith or kind of work, also not between the lines")),
    ("help", _("Somebody who recognises their own life finds help, and not police alone")),
    ("disputes", _("Where people who know the subject disagree, the text says so and takes no side")),
)


class ReleaseForm(forms.Form):
    """What the change means for people, and why it is made."""

    severity = forms.ChoiceField(
        label=_("What the change means"),
        choices=Edition.Severity.choices,
        initial=Edition.Severity.FINISH_ON_OLD,
        widget=forms.RadioSelect,
    )
    change = forms.ChoiceField(
        label=_("What the change means for translations"),
        choices=CHANGES,
        required=False,
        initial=ChangeKind.MEANING.value,
        widget=forms.RadioSelect,
        help_text=_("Of the pieces that were changed, in every language. Whoever leads a language is told."),
    )
    retrain_by = forms.DateField(
        label=_("Everybody takes it again by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Only where everybody takes it again by a date."),
    )
    note = forms.CharField(
        label=_("Note"), max_length=400, required=False, help_text=_("For other editors: what changed and why.")
    )

    looked_at = forms.MultipleChoiceField(
        label=_("What no rule can see, and you have looked at"),
        choices=LOOKED_AT,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Look at all of these and tick them.")},
    )

    def clean_change(self) -> ChangeKind:
        """Take it that something else is said where nobody chose."""
        return ChangeKind(self.cleaned_data["change"] or ChangeKind.MEANING)

    def clean_looked_at(self) -> list[str]:
        """Ask for every one of them."""
        chosen: list[str] = self.cleaned_data["looked_at"]
        if len(set(chosen)) < len(LOOKED_AT):
            raise forms.ValidationError(_("Look at all of these and tick them."), code="incomplete")
        return chosen

    def clean(self) -> dict[str, Any]:
        """Ask for a date exactly where one is meant."""
        cleaned: dict[str, Any] = super().clean() or {}
        by_date = cleaned.get("severity") == Edition.Severity.RETRAIN_BY
        if by_date and not cleaned.get("retrain_by") and "retrain_by" not in self.errors:
            self.add_error("retrain_by", _("Choose the date by which everybody takes it again."))
        elif by_date and cleaned.get("retrain_by") and cleaned["retrain_by"] <= clock.today(settings.TIME_ZONE):
            self.add_error("retrain_by", _("Choose a day that lies ahead: people need time to take it again."))
        if cleaned.get("change") == ChangeKind.LEGAL and cleaned.get("severity") == Edition.Severity.NONE:
            self.add_error("severity", _("A change of a law or a protocol concerns somebody. Choose whom."))
        if not by_date:
            cleaned["retrain_by"] = None
        return cleaned
