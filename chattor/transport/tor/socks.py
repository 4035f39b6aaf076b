"""SOCKS5 CONNECT (RFC 1928, user and password RFC 1929) as tor speaks it, and what its answers mean.

A sans-IO client: bytes in, bytes out. The user name is the isolation: tor gives each its own circuits.
Extended errors (torspec: SOCKS extensions, proposal 304) tell a friend who is away from a tor that is broken.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

from chattor.model.address import ONION_PORT, OnionAddress


class Blame(StrEnum):
    """Whose trouble a refusal is."""

    FRIEND = "friend"
    TOR = "tor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why no stream came of it, in words that fit after the name of the friend."""

    code: int
    words: str
    blame: Blame

    @property
    def is_final(self) -> bool:
        """Whether it stands alone. An extended error does only if tor closes the connection with it.

        Tor keeps the error of a first attempt (a relay without the descriptor) when a second one connects, and
        then reports that error on a stream that works.
        """
        return self.code < _EXTENDED


class SocksRefused(Exception):
    """The other end of the SOCKS socket said no, or did not speak SOCKS5."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal


_EXTENDED: Final = 0xF0
_VERSION: Final = 5
_PASSWORD: Final = 2
_ADDRESS_SIZE: Final = {1: 4, 4: 16}  # IPv4; IPv6, which is what a unix SocksPort answers
_NAME: Final = 3
_WORDS: Final[dict[int, tuple[str, Blame]]] = {
    0x01: ("tor could not complete the circuit", Blame.FRIEND),
    0x02: ("tor refuses this connection by its own rules", Blame.TOR),
    0x03: ("tor has no network", Blame.TOR),
    0x04: ("unreachable", Blame.FRIEND),
    0x05: ("tor answers there, but chattor does not", Blame.FRIEND),
    0x06: ("no answer in time", Blame.FRIEND),
    0x07: ("tor does not know the command", Blame.TOR),
    0x08: ("tor does not know the kind of address", Blame.TOR),
    0xF0: ("offline: the network holds no descriptor", Blame.FRIEND),
    0xF1: ("the descriptor is damaged", Blame.FRIEND),
    0xF2: ("offline: the introduction failed", Blame.FRIEND),
    0xF3: ("the rendezvous failed", Blame.FRIEND),
    0xF4: ("only friends may connect there", Blame.FRIEND),
    0xF5: ("no longer lets us connect", Blame.FRIEND),
    0xF6: ("the address is not valid", Blame.FRIEND),
    0xF7: ("offline: the introduction timed out", Blame.FRIEND),
}


def refusal(code: int) -> Refusal:
    """What a reply code other than 0 means; a code nobody knows is tor's trouble."""
    words, blame = _WORDS.get(code, (f"tor answered with the unknown code {code:#04x}", Blame.TOR))
    return Refusal(code=code, words=words, blame=blame)


class _Step(Enum):
    METHOD = auto()
    PASSWORD = auto()
    REPLY = auto()
    DONE = auto()


class Connect:
    """One CONNECT to port 9735 of an onion. Write `opening`, then feed what is read and write what comes back.

    Tor isolates by user name and password: by the isolation, 1 to 255 bytes of UTF-8 (ValueError otherwise), and by the
    realm, ASCII, which keeps programs apart that use one tor.
    """

    opening: Final = bytes([_VERSION, 1, _PASSWORD])

    def __init__(self, address: OnionAddress, isolation: str, realm: str = "-") -> None:
        user, host = isolation.encode(), str(address).encode()
        if not 1 <= len(user) <= 255:
            raise ValueError("an isolation is 1 to 255 bytes")
        self._login = bytes([1, len(user)]) + user + bytes([len(realm)]) + realm.encode()
        self._request = bytes([_VERSION, 1, 0, _NAME, len(host)]) + host + ONION_PORT.to_bytes(2, "big")
        self._step = _Step.METHOD
        self._bytes = b""

    @property
    def done(self) -> bool:
        """Connected: what is read now comes from the friend."""
        return self._step is _Step.DONE

    def want(self) -> int:
        """How many bytes to read next at least and at most: never one that belongs to the friend."""
        return 0 if self.done else self._size() - len(self._bytes)

    def feed(self, data: bytes) -> bytes:
        """Take up to `want()` bytes and give what to write, maybe nothing. Raises SocksRefused."""
        self._bytes += data
        if self.want():
            return b""
        message, self._bytes = self._bytes, b""
        return self._answer(message)

    def _size(self) -> int:
        if self._step is not _Step.REPLY:
            return 2
        if len(self._bytes) < 5:
            return 5  # version, reply, reserved, address type and one byte more: the length of a name
        size = _ADDRESS_SIZE.get(self._bytes[3], 1 + self._bytes[4])
        return 4 + size + 2

    def _answer(self, message: bytes) -> bytes:
        match self._step:
            case _Step.METHOD:
                _expect(message, bytes([_VERSION, _PASSWORD]))
                self._step = _Step.PASSWORD
                return self._login
            case _Step.PASSWORD:
                _expect(message, b"\x01\x00")
                self._step = _Step.REPLY
                return self._request
            case _:
                _expect(message[:1], bytes([_VERSION]))
                if message[1]:
                    raise SocksRefused(refusal(message[1]))
                self._step = _Step.DONE
                return b""


def _expect(got: bytes, wanted: bytes) -> None:
    if got != wanted:
        raise SocksRefused(Refusal(code=0, words="tor's SOCKS socket does not speak SOCKS5", blame=Blame.TOR))
