"""Who has heard the machine read a language, and found that it can be listened to."""

from django.conf import settings
from django.db import models


class VoiceAcceptance(models.Model):
    """A native listener's yes to one voice. Another version of the voice needs another yes."""

    language = models.CharField(max_length=20, unique=True)
    voice = models.CharField(max_length=120)
    """What was heard: program, version, voice, speed (courses.renditions.speech)."""
    listener = models.CharField(max_length=120)
    """Their name, and how they know the language; shown in the CMS alone."""
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.language
