"""What whoever pays reviewers fills in."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.services.review_ledger import MOST_HOURS


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AmountField(forms.CharField):
    """An amount in dollars; its value is in cents."""

    def clean(self, value: Any) -> int | None:
        """Return whole cents."""
        text = super().clean(value)
        if not text:
            return None
        try:
            cents = Decimal(text.replace(",", ".")) * 100
        except InvalidOperation:
            cents = Decimal("NaN")
        if not cents.is_finite() or cents != cents.to_integral_value() or not 0 <= cents <= 100_000_000:
            raise forms.ValidationError(_("Write an amount such as 120.50."))
        return int(cents)


class FeeForm(forms.Form):
    """Hours at a rate, and by when they are paid."""

    hours = forms.DecimalField(label=gettext_lazy("Hours"), max_digits=5, decimal_places=2)
    rate_cents = AmountField(label=gettext_lazy("Rate for an hour, in dollars"))
    amount_cents = AmountField(
        label=gettext_lazy("Together, in dollars"),
        required=False,
        help_text=gettext_lazy("Left empty, it is worked out."),
    )
    due_on = forms.DateField(label=gettext_lazy("To be paid by"), widget=_day())


class PaymentForm(forms.Form):
    """What was paid, and when."""

    amount_cents = AmountField(label=gettext_lazy("Paid, in dollars"))
    paid_on = forms.DateField(label=gettext_lazy("On"), widget=_day())


def words_of(field: str) -> str:
    """Return why a line does not add up."""
    return {
        "hours": _("Hours are more than 0 and at most %(most)s.") % {"most": MOST_HOURS},
        "rate_cents": _("A rate is more than 0. No review is unpaid, not even one that is declined."),
        "amount_cents": _("The amount does not add up: look at hours, rate, and what is still owed."),
        "due_on": _("The last good day to pay is past."),
        "paid_on": _("The day of the payment lies ahead."),
    }[field]
