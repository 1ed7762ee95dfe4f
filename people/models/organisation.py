"""Organisations and the tree of their sites."""

import zoneinfo
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.validators import code_validator

# The codes are those of people.site_kinds, which is plain Python for the rules; a test holds the two together.
SITE_KIND_CHOICES = (
    ("hotel", pgettext_lazy("kind of site", "Hotel or motel")),
    ("bed-and-breakfast", pgettext_lazy("kind of site", "Bed and breakfast")),
    ("short-term-rental", pgettext_lazy("kind of site", "Short-term rental")),
    ("restaurant", pgettext_lazy("kind of site", "Restaurant or bar")),
    ("truck-stop", pgettext_lazy("kind of site", "Truck stop")),
    ("station", pgettext_lazy("kind of site", "Rail or bus station")),
    ("airport", pgettext_lazy("kind of site", "Airport")),
    ("airline", pgettext_lazy("kind of site", "Airline")),
    ("trucking", pgettext_lazy("kind of site", "Trucking yard")),
    ("work-camp", pgettext_lazy("kind of site", "Work camp")),
    ("school", pgettext_lazy("kind of site", "School")),
    ("health", pgettext_lazy("kind of site", "Clinic or hospital")),
    ("police", pgettext_lazy("kind of site", "Police")),
    ("office", pgettext_lazy("kind of site", "Office")),
    ("other", pgettext_lazy("kind of site", "Something else")),
)


def validate_time_zone(value: str) -> None:
    """Refuse what is not an IANA time zone."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            _("%(value)s is not a time zone such as America/Vancouver."), params={"value": value}
        ) from error


class Organisation(models.Model):
    """An employer: the tenant. Nothing of one organisation is ever visible from another."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    """What people type to sign in; short, lower case."""
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="America/Vancouver", validators=[validate_time_zone]
    )
    second_person_percent = models.PositiveSmallIntegerField(
        _("share of people from which a second person agrees"), default=25, validators=[MaxValueValidator(100)]
    )
    """A change of what is asked that touches more than this share of those at work needs two people of HR."""
    reads_drafts = models.BooleanField(
        _("people may be given translations that are not yet reviewed"),
        default=False,
        help_text=_("Off: until somebody has reviewed a translation, people here read the course in English."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place of work in an organisation's tree: a hotel, a yard, a camp, or a region that holds others."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="America/Vancouver", validators=[validate_time_zone]
    )
    jurisdiction = models.CharField(_("place for help lines"), max_length=20, default="ca-bc")
    """Lower-case ISO 3166 code of country and part, e.g. ``ca-bc``: which help lines and rules hold here."""
    sector = models.CharField(_("sector"), max_length=40, blank=True)
    """Such as ``hospitality``: which rules are for it; empty: as the site above."""
    kind = models.CharField(_("kind of place"), max_length=30, blank=True, choices=SITE_KIND_CHOICES)
    """Empty: not said yet; rules for kinds of places then count as perhaps meant."""
    rooms = models.PositiveIntegerField(_("guest rooms"), null=True, blank=True)
    size = models.PositiveIntegerField(_("people at work"), null=True, blank=True)
    """How many people work here, where a rule asks; as the organisation says, not counted."""
    languages = models.JSONField(_("languages"), default=list, blank=True)
    """Language codes spoken here, the workplace's own first; slips and letters print in all of them."""
    contact = models.CharField(_("whom to ask"), max_length=200, blank=True)
    """Printed on slips: a role or a name and a place, not a private number."""

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="site_code_once_per_organisation"),
        )

    def __str__(self) -> str:
        return self.name

    def day(self, at: datetime) -> date:
        """Return the calendar date at ``at`` here."""
        return at.astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()

    @property
    def workplace_language(self) -> str:
        """Return the first of the site's languages, English where none is set."""
        return self.languages[0] if self.languages else "en"
