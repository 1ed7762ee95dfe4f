"""Facts that texts rely on, each in one place: a number, a statement of law, a line, a programme that is named."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.site_day import site_day
from cms.validators import code_validator
from courses.claims import ClaimNow, ClaimState, Standing, standing_of


class Claim(models.Model):
    """A fact with its period, place, source and caveat, the day it was verified and the day to look again.

    Texts name it by its code, in every language. A change here shows beside each of them with the next page.
    """

    class Kind(models.TextChoices):
        """What it is."""

        STATISTIC = "statistic", pgettext_lazy("kind of claim", "Statistic")
        LEGAL = "legal", pgettext_lazy("kind of claim", "Statement of law")
        HELPLINE = "helpline", pgettext_lazy("kind of claim", "Help line")
        PROGRAMME = "programme", pgettext_lazy("kind of claim", "Named programme")

    class State(models.TextChoices):
        """What editors have said about it."""

        CURRENT = ClaimState.CURRENT.value, pgettext_lazy("state of a claim", "Holds")
        CONTRADICTED = ClaimState.CONTRADICTED.value, pgettext_lazy("state of a claim", "Contradicted")
        WITHDRAWN = ClaimState.WITHDRAWN.value, pgettext_lazy("state of a claim", "Withdrawn")

    code = models.CharField(_("code"), max_length=80, unique=True, validators=[code_validator])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    value = models.TextField(_("what is claimed"), max_length=600)
    period = models.CharField(_("period"), max_length=80, blank=True)
    place = models.CharField(_("place"), max_length=20, blank=True)
    """``ca``, ``ca-bc`` …; empty: everywhere."""
    source = models.ForeignKey("cms.Source", on_delete=models.PROTECT, related_name="claims", verbose_name=_("source"))
    caveat = models.TextField(_("caveat"), max_length=600, blank=True)
    verified_on = models.DateField(_("verified on"))
    review_by = models.DateField(_("review by"))
    owner = models.ForeignKey(
        "people.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who looks again"),
    )
    told_on = models.DateField(null=True, blank=True)
    """When its owner was last reminded."""
    state = models.CharField(max_length=20, choices=State.choices, default=State.CURRENT)
    why = models.TextField(max_length=600, blank=True)
    """Why it is contradicted or withdrawn; readers are told."""
    stated_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ("review_by", "code")
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = (
            models.CheckConstraint(condition=Q(review_by__gt=F("verified_on")), name="claim_reviewed_after_verified"),
        )

    def __str__(self) -> str:
        return self.code

    def standing(self, on: date) -> Standing:
        """Return where it stands."""
        return standing_of(state=self.state, review_by=self.review_by, on=on)

    def now(self, on: date) -> ClaimNow:
        """Return what pages need to know of it."""
        stated_on = site_day(self.stated_at) if self.stated_at else None
        return ClaimNow(self.code, self.standing(on), self.verified_on, self.why, stated_on)


class ClaimUse(models.Model):
    """A passage of a released text that relies on a claim."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="uses")
    text = models.ForeignKey("courses.EditionText", on_delete=models.PROTECT, related_name="claim_uses")
    lesson = models.CharField(max_length=60)
    block = models.CharField(max_length=120)

    class Meta:
        ordering = ("text", "pk")
        constraints = (models.UniqueConstraint(fields=("claim", "text", "block"), name="claim_use_once"),)

    def __str__(self) -> str:
        return f"{self.claim_id} in {self.text_id}: {self.lesson}"
