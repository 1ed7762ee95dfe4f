"""What the harm check finds."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from courses.harm.document import Place


class Severity(StrEnum):
    """How much is at stake. Either keeps a course from being released while nobody answers."""

    HIGH = "high"
    MEDIUM = "medium"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to answer. ``sentence`` is "" where the course as a whole lacks something."""

    rule: str
    severity: Severity
    why: str
    sentence: str
    place: Place
    suggestion: str

    @property
    def fingerprint(self) -> str:
        """Return what an answer holds on to: the rule and the words, wherever they stand.

        A sentence that is changed is a new finding. Where there is none, rule and place count.
        """
        about = self.sentence or str(self.place)
        return hashlib.sha256(f"{self.rule}\n{' '.join(about.split())}".encode()).hexdigest()
