"""What can be refused. Errors carry data; words are found where they are shown."""

from datetime import date


class CertificateError(Exception):
    """Base of all errors of certificates."""


class AlreadyRevoked(CertificateError):
    """The certificate was revoked before; carries ``revoked_on``."""

    def __init__(self, revoked_on: date) -> None:
        self.revoked_on = revoked_on
        super().__init__(revoked_on)


class AlreadyReplaced(CertificateError):
    """The certificate was replaced; carries ``successor``, the number that stands for it now."""

    def __init__(self, successor: str) -> None:
        self.successor = successor
        super().__init__(successor)


class HolderErased(CertificateError):
    """The person was erased; there is no name to correct."""


class AttestationTakenBack(CertificateError):
    """It was taken back already."""


class RebasingTakenBack(CertificateError):
    """Nothing of the batch stands any more."""
