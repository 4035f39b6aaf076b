"""What ended lately, for links that began before it and speak after it (protocol §6).

Bytes can stand still on one circuit while another goes on. A handshake that began before a friend moved may show his
former address after it, and one that began as a friend's may end when the friendship is over: neither tells of a copy
of him, nor of a wish to be friends. Only a link that began later does.
"""

from typing import Final

from chattor.crypto.certificate import Certificate
from chattor.protocol.handshake import Purpose
from chattor.protocol.limits import HANDSHAKE_TIMEOUT

OLDER: Final = "it began before your friend moved, and shows where he was"
PARTED: Final = "it began before the friendship ended"


class Past:
    """Moves and ends of the last minute: no handshake takes longer. Times are monotonic."""

    def __init__(self) -> None:
        self._moved: dict[bytes, tuple[int, float]] = {}
        self._parted: dict[bytes, float] = {}

    def met(self, certificate: Certificate, now: float) -> None:
        """A friend proved this certificate; a newer one than before means that he moved."""
        epoch, _ = self._moved.get(certificate.ik_sig, (0, now))
        if certificate.epoch > epoch:
            self._moved[certificate.ik_sig] = certificate.epoch, now

    def parted(self, id_commit: bytes, now: float) -> None:
        """A friendship ended."""
        self._parted = {who: at for who, at in self._parted.items() if now - at < HANDSHAKE_TIMEOUT}
        self._parted[id_commit] = now

    def overtook(self, certificate: Certificate, purpose: Purpose, began: float) -> str:
        """Why a link that began then says nothing about now; empty if it does."""
        epoch, since = self._moved.get(certificate.ik_sig, (0, began))
        if certificate.epoch < epoch and began < since:
            return OLDER
        over = purpose is Purpose.FRIEND and began < self._parted.get(certificate.id_commit, began)
        return PARTED if over else ""
