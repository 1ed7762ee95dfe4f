"""What is made of a text for one reader."""

from django.conf import settings

from cms.selectors import help_directory
from courses.renditions.material import Material
from courses.renditions.speech import voice_for
from courses.views.reading import Reading


def material_for(reading: Reading) -> Material:
    """Return what is made for this reader: the text that they are served, as it may be shown today, without local parts."""
    claims = tuple(reading.claims.values())
    return Material(reading.text, reading.public_snapshot, help_directory(), reading.notices, claims, reading.owners)


def can_be_heard(reading: Reading) -> bool:
    """Whether a machine reads this reader's text aloud: the recordings are there, or on their way."""
    has_voice = settings.RENDITIONS and voice_for(reading.text.language) is not None
    return has_voice and material_for(reading).is_read_aloud
