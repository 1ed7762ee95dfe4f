"""Consents to tell a true story. Nothing in them says whose story it is."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.consents import Check, Consent, Form


class StoryConsent(models.Model):
    """What somebody agreed to when they gave a story: for what, in which languages and forms, until when.

    The person's name is nowhere here: it is on the paper that they signed, and ``kept_at`` says where that lies.
    """

    class Form(models.TextChoices):
        """In which forms the story may be told."""

        READ = Form.READ.value, pgettext_lazy("form of a story", "Read on a screen")
        PRINT = Form.PRINT.value, pgettext_lazy("form of a story", "Printed, or carried away as a file")
        SLIDES = Form.SLIDES.value, pgettext_lazy("form of a story", "On slides")
        LISTEN = Form.LISTEN.value, pgettext_lazy("form of a story", "Read aloud by the machine")

    class Check(models.TextChoices):
        """What was looked at so that nobody is known by the story."""

        NAMES = (
            Check.NAMES.value,
            pgettext_lazy("checked in a story", "No real name of a person or a business is in it"),
        )
        PLACES = Check.PLACES.value, pgettext_lazy("checked in a story", "No place and no date is in it")
        DETAILS = Check.DETAILS.value, pgettext_lazy("checked in a story", "Details that tell who it is were changed")
        READ_BACK = (
            Check.READ_BACK.value,
            pgettext_lazy("checked in a story", "The person has read it as it will be told"),
        )

    reference = models.CharField(max_length=20, unique=True)
    """How it is known: says nothing of anybody."""
    scope = models.TextField(_("what they agreed to"), max_length=1000)
    languages = models.JSONField(default=list)
    forms = models.JSONField(default=list)
    last_good_on = models.DateField(_("last day on which it may be told"))
    checks = models.JSONField(default=list)
    licence = models.TextField(_("licence"), max_length=2000)
    kept_at = models.CharField(_("where the signed paper is kept"), max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("people.User", null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    panels: ClassVar = []

    class Meta:
        ordering = ("last_good_on", "pk")
        verbose_name = _("consent to a story")
        verbose_name_plural = _("consents to stories")
        indexes = (
            models.Index(
                fields=("last_good_on",), condition=models.Q(withdrawn_at__isnull=True), name="consent_to_end"
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def rule(self) -> Consent:
        """Return it as the rules read it."""
        return Consent(
            self.scope,
            frozenset(self.languages),
            frozenset(self.forms),
            self.last_good_on,
            frozenset(self.checks),
            self.licence,
            self.withdrawn_at is not None,
        )


class StoryIdentity(models.Model):
    """The legal name of who gave a story, where a house keeps it here at all; encrypted, behind a permission of its own.

    The paper that the consent points to is enough; no row is made unless somebody keeps a name.
    """

    consent = models.OneToOneField(StoryConsent, on_delete=models.CASCADE, related_name="identity")
    sealed_name = models.BinaryField()
    recorded_at = models.DateTimeField()

    panels: ClassVar = []

    def __str__(self) -> str:
        return str(self.pk)
