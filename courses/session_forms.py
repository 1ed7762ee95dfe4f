"""What a facilitator fills in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from cms.languages import direction
from courses import selectors
from courses.models import Edition
from courses.models.session import LONGEST_SESSION_MINUTES
from people.models import Organisation

MOST_NUMBERS = 200
_LONGEST_NUMBERS = 10_000


class _Titles(forms.Select):
    """Titles to choose from, each of which says its language where that is not the page's."""

    languages: Mapping[int, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if language := self.languages.get(getattr(value, "value", value)):
            option["attrs"] |= {"lang": language, "dir": direction(language)}
        return option


class SessionForm(forms.Form):
    """What is held, when, where and in which language."""

    edition = forms.ModelChoiceField(
        queryset=Edition.objects.none(), label=_("Course"), empty_label=None, widget=_Titles
    )
    language = forms.ChoiceField(label=_("Language"))
    day = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose the date.")},
    )
    begins = forms.TimeField(
        label=_("Begins at"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"required": _("Say when it begins.")},
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=LONGEST_SESSION_MINUTES, help_text=_("How long it takes in all.")
    )
    place = forms.CharField(label=_("Place"), max_length=200, error_messages={"required": _("Say where it is held.")})

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        editions: Sequence[Edition],
        titles: Mapping[int, tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._organisation = organisation
        courses: Any = self.fields["edition"]
        courses.queryset = Edition.objects.filter(pk__in=[it.pk for it in editions]).select_related("course")
        courses.label_from_instance = lambda it: titles.get(it.course_id, (it.course.code, ""))[0]
        courses.widget.languages = {it.pk: titles.get(it.course_id, ("", ""))[1] for it in editions}
        languages: Any = self.fields["language"]
        languages.choices = [(code, _name(code)) for code in selectors.languages_of(editions, organisation)]

    def clean(self) -> dict[str, Any]:
        """Put date and time together in the calendar of the organisation."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, begins = cleaned.get("day"), cleaned.get("begins")
        if day and begins:
            cleaned["starts_at"] = datetime.combine(day, begins, tzinfo=ZoneInfo(self._organisation.time_zone))
        return cleaned


def _name(language: str) -> str:
    """Return what a language is called in itself."""
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language


class NumbersForm(forms.Form):
    """Employee numbers, one a line or with commas between."""

    numbers = forms.CharField(
        label=_("Employee numbers"),
        max_length=_LONGEST_NUMBERS,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "autocomplete": "off"}),
        help_text=_("One a line, or with commas between. Leading zeros count."),
        error_messages={"required": _("Type at least one employee number.")},
    )

    def clean_numbers(self) -> list[str]:
        """Return the numbers, each once."""
        typed = self.cleaned_data["numbers"].replace(",", "\n").replace(";", "\n").split("\n")
        numbers = list(dict.fromkeys(number for number in (it.strip() for it in typed) if number))
        if len(numbers) > MOST_NUMBERS:
            raise forms.ValidationError(_("Add at most %(most)s people at once.") % {"most": MOST_NUMBERS})
        return numbers
