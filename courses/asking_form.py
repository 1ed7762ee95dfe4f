"""The form with which an editor asks somebody to review."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Reviewer, ReviewKind


class AskForm(forms.Form):
    """Who shall read which language as what kind of reader: somebody known, or somebody new."""

    reviewer = forms.ModelChoiceField(
        label=gettext_lazy("Reviewer"),
        queryset=Reviewer.objects.all(),
        required=False,
        empty_label=gettext_lazy("Somebody new"),
    )
    known_as = forms.CharField(
        label=gettext_lazy("Name or pseudonym of somebody new"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Let them choose it. Ask nobody for their story."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("As whom"), choices=ReviewKind.choices)
    language = forms.ChoiceField(label=gettext_lazy("In which language"))

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(code, names.get(code, code)) for code in languages]
        self.initial.setdefault("language", settings.LANGUAGE_CODE)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("reviewer")) is bool((cleaned.get("known_as") or "").strip()):
            self.add_error("known_as", _("Choose somebody from the list, or type the name of somebody new."))
        return cleaned
