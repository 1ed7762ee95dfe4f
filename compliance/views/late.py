"""What HR is told of trainings that are out of new assignment, or will be, where they assign and list them."""

from collections.abc import Iterable
from datetime import date

from certificates.models import Certification
from compliance.held_words import held_in_words, late_in_words
from compliance.selectors import held_trainings, late_trainings


def notes_on(certifications: Iterable[Certification], *, on: date) -> list[str]:
    """Return a sentence for each training that is held or late on a day, by title; the same queries for many."""
    titles = {it.pk: it.title for it in certifications}
    held, late = held_trainings(titles, on=on), late_trainings(titles, on=on)
    return [
        held_in_words(title, held[key]) if key in held else late_in_words(title, late[key])
        for key, title in sorted(titles.items(), key=lambda each: each[1])
        if key in held or key in late
    ]
