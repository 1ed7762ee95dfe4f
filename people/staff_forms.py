"""What staff type to get in."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class StaffSignInForm(LoginForm):
    """E-mail and password; the label says what to type, the links below the form what to do without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        for name, required in (("login", _("Type your e-mail address.")), ("password", _("Type your password."))):
            field = self.fields[name]
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
            field.error_messages["required"] = required
