"""What people type to get in and to look after their account."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Membership
from people.pins import LONGEST

_LONGEST_TYPED = 60


def _typed(**attributes: object) -> dict[str, object]:
    """Return attributes of a field that nothing remembers, corrects or capitalises."""
    return {"autocomplete": "off", "autocapitalize": "none", "autocorrect": "off", "spellcheck": "false", **attributes}


class _PinField(forms.CharField):
    """A PIN: digits of any script, hidden, never filled in again."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"required": _("Type the PIN.")})
        super().__init__(
            # Room for spaces between the digits.
            max_length=3 * LONGEST,
            strip=True,
            widget=forms.PasswordInput(attrs=_typed(inputmode="numeric", dir="ltr")),
            **options,
        )


class WhoForm(forms.Form):
    """Organisation and employee number, as they stand on the slip."""

    organisation = forms.CharField(
        label=_("Organisation"),
        help_text=_("The short word on your slip."),
        max_length=_LONGEST_TYPED,
        widget=forms.TextInput(attrs=_typed(dir="ltr")),
        error_messages={"required": _("Type the organisation.")},
    )
    number = forms.CharField(
        label=_("Employee number"),
        max_length=_LONGEST_TYPED,
        widget=forms.TextInput(attrs=_typed(dir="ltr")),
        error_messages={"required": _("Type your employee number.")},
    )


class SignInForm(WhoForm):
    """Sign-in with a PIN."""

    pin = _PinField(label=_("PIN"))


class SetPinForm(WhoForm):
    """The one-time code of a slip, and the PIN that the person chooses."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The ten letters and digits on your slip. Capitals, spaces and hyphens do not matter."),
        max_length=_LONGEST_TYPED,
        widget=forms.TextInput(attrs=_typed(dir="ltr", autocapitalize="characters")),
        error_messages={"required": _("Type the code.")},
    )
    pin = _PinField(
        label=_("New PIN"),
        help_text=_("6 to 12 digits that only you know. Not your birthday, not your employee number."),
        error_messages={"required": _("Choose a PIN.")},
    )
    pin_again = _PinField(label=_("New PIN, once more"), error_messages={"required": _("Type the PIN once more.")})

    def clean(self) -> dict[str, Any]:
        """Refuse two PINs that differ."""
        cleaned: dict[str, Any] = super().clean() or {}
        pin, again = cleaned.get("pin"), cleaned.get("pin_again")
        if pin and again and "".join(pin.split()) != "".join(again.split()):
            self.add_error("pin_again", _("The two PINs differ. Type the same one twice."))
        return cleaned


class PinForm(forms.Form):
    """The PIN alone, for a session that locked."""

    pin = _PinField(label=_("PIN"))


class RecoveryForm(forms.Form):
    """The person's own recovery code."""

    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("It begins with FF. Capitals, spaces and hyphens do not matter."),
        max_length=_LONGEST_TYPED,
        widget=forms.TextInput(attrs=_typed(dir="ltr", autocapitalize="characters")),
        error_messages={"required": _("Type your recovery code.")},
    )


class OwnEmailForm(forms.Form):
    """An e-mail address of the person's own."""

    email = forms.EmailField(
        label=_("Your own e-mail"),
        help_text=_("One that nobody at work can read."),
        max_length=254,
        widget=forms.EmailInput(attrs=_typed(dir="ltr")),
        error_messages={"required": _("Type an e-mail address.")},
    )


class NameForm(forms.Form):
    """The name as it shall stand on certificates."""

    name = forms.CharField(
        label=_("Your name, as it shall stand on certificates"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write your name.")},
    )
    workplace = forms.ChoiceField(label=_("At which workplace"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, memberships: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._memberships = {str(membership.public_id): membership for membership in memberships}
        if len(memberships) == 1:
            del self.fields["workplace"]
        else:
            choices = [(key, membership.organisation.name) for key, membership in self._memberships.items()]
            self.fields["workplace"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def membership(self) -> Membership:
        """Return the chosen membership, the only one where there is no choice."""
        chosen = self.cleaned_data.get("workplace")
        return self._memberships[chosen] if chosen else next(iter(self._memberships.values()))
