"""A change of what is asked, before it is made: the facts as they would be."""

from dataclasses import dataclass

from compliance.models import Requirement


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """``added`` are requirements that are not saved; ``removed`` the keys of facts that would hold no longer.

    A correction adds the successor and removes the fact that it supersedes.
    """

    added: tuple[Requirement, ...] = ()
    removed: frozenset[int] = frozenset()
