"""Which trainings are out of new assignment."""

from collections.abc import Collection

from certificates.models import Certification
from courses.selectors import held_back
from courses.sign_offs import Said


def held_trainings(certification_ids: Collection[int]) -> dict[int, tuple[Said, ...]]:
    """Return what reviewers say against each training that cannot be assigned anew, by its key.

    A training is held as soon as one of its courses is.
    """
    links = Certification.courses.through.objects.filter(certification__in=certification_ids)
    pairs = list(links.values_list("certification_id", "course_id"))
    held = held_back(course_ids={course for _, course in pairs})
    found: dict[int, tuple[Said, ...]] = {}
    for certification, course in pairs:
        if course in held:
            found[certification] = (*found.get(certification, ()), *held[course])
    return found
