"""What reviewers fill in, on a phone and without the CMS."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models import SignOff

_WORDS = forms.PasswordInput(attrs={"autocomplete": "off"})


class ComeInForm(forms.Form):
    """Who a reviewer is: their name or pseudonym, and words that only they know."""

    name = forms.CharField(
        label=_("Your name or pseudonym"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("As you told the people who sent you the link."),
        error_messages={"required": _("Type the name or pseudonym.")},
    )
    words = forms.CharField(
        max_length=200, widget=_WORDS, strip=True, error_messages={"required": _("Type the words.")}
    )

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["words"]
        if is_first:
            field.label = _("Choose a few words that only you know")
            field.help_text = _("At least 8 letters. You need them each time, so that nobody else can answer for you.")
        else:
            field.label = _("The words that you chose")


class SignOffForm(forms.Form):
    """What the reviewer says to the text that is shown."""

    verdict = forms.ChoiceField(
        label=_("What do you say to this text?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    comment = forms.CharField(
        label=_("Anything that the editors should know"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("You need not give a reason. Please write no names of real people."),
    )
    content = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, before: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = SignOff.Verdict
        choices = [
            (said.YES, pgettext_lazy("a reviewer's answer", "Yes, it may be released as it is")),
            (said.NO, pgettext_lazy("a reviewer's answer", "No, it must not be released like this")),
        ]
        if before is None or before == said.DECLINED:
            choices.append((said.DECLINED, pgettext_lazy("a reviewer's answer", "I would rather not review this")))
        if before in (said.YES, said.WITHDRAWN):
            choices.append((said.WITHDRAWN, pgettext_lazy("a reviewer's answer", "I take my yes back")))
        verdict = self.fields["verdict"]
        assert isinstance(verdict, forms.ChoiceField)
        verdict.choices = choices


class AppointForm(forms.Form):
    """Who else shall sign for a Nation."""

    known_as = forms.CharField(
        label=_("Name or pseudonym of somebody new"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the name or pseudonym.")},
    )


class CommentForm(forms.Form):
    """A comment beside one passage."""

    part = forms.CharField(max_length=150, widget=forms.HiddenInput)
    text = forms.CharField(max_length=2000)
