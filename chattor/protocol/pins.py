"""What is known of a friend's identity, and what a certificate may not say against it (protocol §1, §3, §6)."""

from typing import Final, NamedTuple

from chattor.crypto.certificate import Certificate
from chattor.errors import IdentityChanged

OTHER_IDENTITY: Final = "somebody at this address showed another identity than the one you know"
OLDER_CERTIFICATE: Final = "an older certificate than the one you know was shown"
OTHER_ADDRESS: Final = "your friend's identity appeared at another address without a newer certificate"


class Pin(NamedTuple):
    """The certificate's keys, and its epoch when last seen."""

    ik_sig: bytes
    ik_dh: bytes
    epoch: int

    def __repr__(self) -> str:
        return f"Pin(epoch={self.epoch})"


FIRST_EPOCH: Final = 1
"""Of the certificate a profile is born with. A code names its identity and the address of some certificate: nothing
before the first contact tells which, so it counts as this one."""


def vet_first(certificate: Certificate, onion_pk: bytes) -> None:
    """Hold the first certificate of the identity a code named against the code's address. Raises IdentityChanged.

    Who moved since he gave the code away has a later epoch than the one he was born with (§6).
    """
    if certificate.onion_pk != onion_pk and certificate.epoch <= FIRST_EPOCH:
        raise IdentityChanged(OTHER_ADDRESS)


def vet(certificate: Certificate, onion_pk: bytes, pin: Pin) -> None:
    """Hold a proven certificate against what is pinned for `onion_pk`. Raises IdentityChanged.

    The identity must be the pinned one and no older; a new address needs a higher epoch (§6, address rotation).
    """
    if (certificate.ik_sig, certificate.ik_dh) != (pin.ik_sig, pin.ik_dh):
        raise IdentityChanged(OTHER_IDENTITY)
    if certificate.epoch < pin.epoch:
        raise IdentityChanged(OLDER_CERTIFICATE)
    if certificate.onion_pk != onion_pk and certificate.epoch == pin.epoch:
        raise IdentityChanged(OTHER_ADDRESS)


def succession(former: bytes, certificate: bytes) -> bytes:
    """What the identity committed to by `former` signs to make the one of `certificate` its successor (§6).

    The successor signs it too: certificates are shown to everybody, and nobody may be made another one's successor.
    """
    return b"chattor/1 rotate" + former + certificate
