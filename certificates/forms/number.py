"""The form of the verification page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.numbers import LONGEST_TYPED


class NumberForm(forms.Form):
    """The one field of the verification page. What cannot be a number is no error: it is looked up and not found."""

    number = forms.CharField(
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
