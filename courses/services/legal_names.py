"""Legal names of people who help with courses: encrypted, each behind a permission of its own and a log."""

from courses.exceptions import NoName
from courses.models import ReviewerIdentity, StoryIdentity
from people.sealing import seal, unseal


def sealed(legal_name: str) -> bytes:
    """Return a name in one line, encrypted.

    Raises:
        NoName: it is empty.
    """
    name = " ".join(legal_name.split())
    if not name:
        raise NoName
    return seal(name.encode())


def opened(identity: ReviewerIdentity | StoryIdentity) -> str:
    """Return the name that is kept in ``identity``; the caller logs who read it."""
    return unseal(bytes(identity.sealed_name)).decode()
