"""Who is signed in, and which memberships this session opens."""

from dataclasses import dataclass

from people.models import Membership, User


@dataclass(frozen=True, slots=True)
class Scope:
    """What ``request.scope`` says.

    A session opened by a PIN, which an employer could reset, opens one ``membership`` and nothing else of its user.
    A ``personal`` session (own e-mail, password or recovery code) opens all ``memberships`` of the user. ``locked``:
    a PIN session was idle too long; nobody is signed in until the PIN is given again.
    """

    user: User | None = None
    membership: Membership | None = None
    personal: bool = False
    memberships: tuple[Membership, ...] = ()
    locked: bool = False
    place: str = ""
    """Where the person works, as ``cms.places`` knows places, for the help lines; empty where that is not known."""

    @property
    def signed_in(self) -> bool:
        """Return whether anything is open."""
        return self.user is not None

    @property
    def staff(self) -> User | None:
        """Return the user whose staff roles count: none in a session that a PIN opened."""
        return self.user if self.personal else None

    @property
    def learner_key(self) -> tuple[User | None, Membership | None]:
        """Return whose learning this session shows: the user, limited to one membership after a PIN."""
        return self.user, self.membership

    def opens(self, membership: Membership) -> bool:
        """Return whether this session opens ``membership``."""
        return membership in self.memberships


NOBODY = Scope()
