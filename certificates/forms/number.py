"""The form of the verification page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.numbers import LONGEST_TYPED


class _AnythingField(forms.CharField):
    """What is typed, but for characters that no text has; those are passed over like spaces."""

    def to_python(self, value: Any) -> str:
        """Return the text without them."""
        return str(super().to_python(value or "")).replace("\0", "").strip()


class NumberForm(forms.Form):
    """The one field of the verification page. What cannot be a number is no error: it is looked up and not found."""

    number = _AnythingField(
        label=_("Certificate number"),
        help_text=_("It stands on the certificate, beside the square code. Case, spaces and hyphens do not matter."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "maxlength": LONGEST_TYPED,
                "dir": "ltr",
                "class": "number-field",
            }
        ),
        error_messages={"required": _("Type the number that stands on the certificate.")},
    )
