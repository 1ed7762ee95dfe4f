"""Regions: parts of a province or state, such as its north, for which help lines, law or local parts may differ."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.places import province_of

_CODE = re.compile(r"[a-z]{2}-[a-z0-9]{1,3}-[a-z0-9]{1,12}")


def validate_region(code: str) -> None:
    """Refuse what is not the code of a known province or state and a word of one's own."""
    if not _CODE.fullmatch(code) or not province_of(code):
        raise ValidationError(
            _("%(code)s is not a region. Write the province and a word in small letters, such as ca-bc-north."),
            params={"code": code},
        )


class Region(models.Model):
    """A part of a province or state; a place like any other, one step smaller."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[validate_region])
    """The code of the province and one word more, e.g. ``ca-bc-north``."""
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ("code",)
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name
