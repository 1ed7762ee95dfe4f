"""Forms of localisers in the CMS."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

from translations import services
from translations.exchange import FORMATS
from translations.exchange.units import LARGEST_BYTES

_FORMATS = [("xlsx", "Excel (.xlsx)"), ("xlf", "XLIFF 2.0 (.xlf)"), ("po", "PO (.po)")]


def _languages(codes: list[str]) -> list[tuple[str, str]]:
    names = dict(settings.KNOWN_LANGUAGES)
    return [(code, names[code]) for code in codes]


class ExportForm(forms.Form):
    """Which texts to write into a file, in which language and format."""

    language = forms.ChoiceField(label=_("Language"))
    group = forms.ChoiceField(label=_("Course"), required=False)
    format = forms.ChoiceField(label=_("Format"), choices=_FORMATS)

    def __init__(self, *args: Any, languages: list[str], groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = _languages(languages)
        self.fields["group"].choices = [("", _("All")), *groups]


class ImportForm(forms.Form):
    """A file that came back, and whose words stand where both sides changed them."""

    language = forms.ChoiceField(label=_("Language"))
    file = forms.FileField(label=_("File"), help_text=_(".xlsx, .xlf or .po, as it was downloaded here."))
    on_conflict = forms.ChoiceField(
        label=_("Where a piece was changed here after the file was made"),
        choices=[
            (services.OnConflict.REFUSE.value, pgettext_lazy("conflict", "Show me first; take nothing in")),
            (services.OnConflict.KEEP.value, pgettext_lazy("conflict", "Keep what is here")),
            (services.OnConflict.TAKE.value, pgettext_lazy("conflict", "Take what is in the file")),
        ],
        widget=forms.RadioSelect,
        initial=services.OnConflict.REFUSE.value,
    )

    take_doubtful = forms.BooleanField(label=_("Take in what looks like another language as well"), required=False)

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = _languages(languages)

    def clean_file(self) -> Any:
        """Refuse what has another ending or is too big, before anything is read."""
        file = self.cleaned_data["file"]
        if _ending(file.name) not in FORMATS:
            raise forms.ValidationError(_("The name of the file has to end with .xlsx, .xlf or .po."))
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(_("This file is too big."))
        return file

    @property
    def format(self) -> str:
        """Return the format of the file, by its name."""
        return _ending(self.cleaned_data["file"].name)


class GlossaryTermForm(WagtailAdminModelForm):
    """A glossary term's form: the language is chosen, and avoided words stand one on a line."""

    language = forms.ChoiceField(label=_("Language"))
    avoided = forms.CharField(
        label=_("Avoided"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One word or phrase on a line. * before or after it stands for any beginning or ending."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.KNOWN_LANGUAGES
        self.initial["avoided"] = "\n".join(self.instance.avoided)

    def clean_avoided(self) -> list[str]:
        """Return the words, each once; refuse one that would be found everywhere."""
        words = [line.strip() for line in self.cleaned_data["avoided"].splitlines() if line.strip()]
        if any(not word.strip("* ") for word in words):
            raise forms.ValidationError(_("A line holds * alone. Write the word as well, or delete the line."))
        return list(dict.fromkeys(words))

    def clean(self) -> dict[str, Any]:
        """Ask for a word to say or for words to avoid."""
        cleaned: dict[str, Any] = super().clean()
        if not cleaned.get("preferred") and not cleaned.get("avoided") and "avoided" not in self.errors:
            raise forms.ValidationError(_("Write the preferred word, or words to avoid."))
        return cleaned


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()
