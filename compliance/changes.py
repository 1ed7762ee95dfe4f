"""A change of what is asked, before it is made: the facts as they would be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance.models import Requirement


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """``added`` are requirements that are not saved; ``removed`` the keys of facts that would hold no longer.

    A correction adds the successor and removes the fact that it supersedes. ``jurisdictions`` are where sites would lie,
    ``parents`` to which they would belong, ``tags`` what roles would be called, all by key: whom something reaches may
    hang on them.
    """

    added: tuple[Requirement, ...] = ()
    removed: frozenset[int] = frozenset()
    jurisdictions: Mapping[int, str] = field(default_factory=dict)
    parents: Mapping[int, int | None] = field(default_factory=dict)
    tags: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def moves_people(self) -> bool:
        """Whether whom a requirement reaches may change, though nothing about requirements does."""
        return bool(self.jurisdictions or self.parents or self.tags)
