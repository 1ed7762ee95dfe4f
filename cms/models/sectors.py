"""Sectors and audiences: data, so that a new one needs no code."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.validators import code_validator


class Sector(models.Model):
    """A field of work, or of life, that courses are made for."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ("position", "title")
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")

    def __str__(self) -> str:
        return self.title


class Audience(models.Model):
    """People that a course speaks to, such as hotel staff or foster parents."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=120)

    class Meta:
        ordering = ("title",)
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")

    def __str__(self) -> str:
        return self.title
