"""Forms of the directory in the CMS."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

AUDIENCES = (
    ("affected", pgettext_lazy("whom a service is for", "People it happens to")),
    ("worker", pgettext_lazy("whom a service is for", "Workers")),
    ("child", pgettext_lazy("whom a service is for", "Children and young people")),
    ("witness", pgettext_lazy("whom a service is for", "People who noticed something")),
    ("survivor", pgettext_lazy("whom a service is for", "Survivors")),
)


class CodedForm(WagtailAdminModelForm):
    """A form of something that texts name by its code: the code is chosen once and then stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True


class ReviewedForm(CodedForm):
    """A form with a day of verification and a later day to look again."""

    def clean(self) -> dict[str, Any]:
        """Refuse a day of review that is not after the verification."""
        cleaned: dict[str, Any] = super().clean()
        verified_on, review_by = cleaned.get("verified_on"), cleaned.get("review_by")
        if verified_on and review_by and review_by <= verified_on:
            self.add_error("review_by", ValidationError(_("Choose a day after the one on which it was verified.")))
        return cleaned


class SupportServiceForm(ReviewedForm):
    """A help line: there must be a way to reach it."""

    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("For whom"), choices=AUDIENCES, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a line that cannot be reached."""
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in ("phone", "text", "website")):
            self.add_error(
                "phone", ValidationError(_("Give a telephone number, a number for text messages or a web address."))
            )
        return cleaned
