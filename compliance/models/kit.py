"""What a workplace keeps at hand for the day when somebody needs help: its own plan, and who keeps it true."""

from django.db import models
from django.utils.translation import pgettext_lazy


class SiteKit(models.Model):
    """The response plan of one site, filled in from the template of its sector (compliance.kit_words).

    Roles, places and ways to reach them at work; nobody's private number, and nothing that happened.
    """

    site = models.OneToOneField("people.Site", on_delete=models.CASCADE, related_name="kit")
    answers = models.JSONField(default=dict)
    """By the code of a question of the template."""
    contacts = models.JSONField(default=list)
    """Whom to tell, in this order: a line each, a role and how to reach it."""
    changed_on = models.DateField()

    def __str__(self) -> str:
        return f"kit of site {self.site_id}"


class KitDuty(models.Model):
    """Who keeps one piece of a kit true, and by when it is looked at again."""

    class Piece(models.TextChoices):
        """What is printed or shown."""

        PROTOCOL = "protocol", pgettext_lazy("piece of a workplace kit", "Response plan")
        POSTER = "poster", pgettext_lazy("piece of a workplace kit", "Poster")
        STICKERS = "stickers", pgettext_lazy("piece of a workplace kit", "Stickers")
        SCREEN = "screen", pgettext_lazy("piece of a workplace kit", "Image for screens")

    kit = models.ForeignKey(SiteKit, on_delete=models.CASCADE, related_name="duties")
    piece = models.CharField(max_length=20, choices=Piece.choices)
    owner = models.CharField(max_length=120)
    """A role, such as "night manager"."""
    review_by = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kit", "piece"), name="kit_duty_once_per_piece"),)

    def __str__(self) -> str:
        return f"{self.piece} of {self.kit}"
