"""Who answers for a language."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LanguageLead(models.Model):
    """Somebody who may bring in translations of a language, and is told what there is to do in it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="languages_led", verbose_name=_("editor")
    )
    language = models.CharField(_("language"), max_length=20)

    looked_on = models.DateField(null=True, editable=False)
    """The day on which it was last counted what there is to do."""
    told = models.JSONField(default=dict, editable=False)
    """What there was to do then: segments by the kind of work that they ask for, and ``tasks``."""

    class Meta:
        ordering = ("language", "pk")
        verbose_name = _("language lead")
        verbose_name_plural = _("language leads")
        constraints = (models.UniqueConstraint(fields=("user", "language"), name="language_lead_once"),)

    def __str__(self) -> str:
        return self.language
