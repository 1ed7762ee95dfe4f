"""Documents that a lesson may cite."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.validators import code_validator


class Source(models.Model):
    """A document behind a fact, with the day somebody last looked at it and the day to look again."""

    code = models.CharField(_("code"), max_length=80, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    published = models.CharField(_("published"), max_length=40, blank=True)
    """As far as known: a year, a month or a day."""
    url = models.CharField(_("address"), max_length=400, blank=True)
    """Printed for the reader, never fetched by a page."""
    caveat = models.TextField(_("caveat"), blank=True)
    verified_on = models.DateField(_("last looked at on"))
    review_by = models.DateField(_("look again by"))

    class Meta:
        ordering = ("title",)
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.title
