"""The friend code (protocol §2): an onion address and a commitment to an identity in 88 characters.

`parse` takes what people paste and says what is wrong with it, character by character, without ever correcting it.
"""

import re
from dataclasses import dataclass
from typing import Final

from chattor.crypto.keys import COMMITMENT, KEY, valid_point
from chattor.errors import BadFriendCode
from chattor.protocol import bech32m
from chattor.protocol.limits import FRIEND_CODE_INPUT_MAX
from chattor.text import describe

LENGTH: Final = 88
SCHEME: Final = "chattor:"
_PREFIX: Final = "ct"
_HEAD: Final = _PREFIX + "1"
_VERSION: Final = 1
_SIZE: Final = 1 + KEY + COMMITMENT

_IGNORED: Final = re.compile(r"[ \t\n\r\f\v-]+")
_WORDS: Final = re.compile(r"(?:[a-z]{2,10}[ -]){7,}[a-z]{2,10}", re.IGNORECASE)
_ONION: Final = re.compile(r"(?:[a-z0-9-]+\.)*[a-z2-7]{16,56}\.onion(?::\d+)?", re.IGNORECASE)
_BARE_ONION: Final = re.compile(r"[a-z2-7]{16}|[a-z2-7]{55}d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FriendCode:
    """Whom to dial and who must answer: the onion's 32-byte key and 16 bytes that name the identity."""

    onion_pk: bytes
    id_commit: bytes

    def __post_init__(self) -> None:
        if len(self.onion_pk) != KEY or len(self.id_commit) != COMMITMENT:
            raise ValueError("a friend code holds 32 and 16 bytes")

    def __repr__(self) -> str:
        return "FriendCode(ct1…)"

    def encode(self) -> str:
        """88 characters, lower case."""
        return bech32m.encode(_PREFIX, bytes([_VERSION]) + self.onion_pk + self.id_commit)

    def uri(self) -> str:
        """`chattor:` and the code, for links and QR codes."""
        return SCHEME + self.encode()


def parse(text: str, *, own: FriendCode | None = None) -> FriendCode:
    """Read a code as pasted: white space, hyphens and `chattor:` around it do not matter, nor does its one case.

    Raises BadFriendCode that says what is wrong; also for `own`.
    """
    if len(text) > FRIEND_CODE_INPUT_MAX:
        raise BadFriendCode(f"this is too long for a friend code, which has {LENGTH} characters")
    _refuse_other_things(text.strip())
    code = _IGNORED.sub("", text)
    if code[: len(SCHEME)].lower() == SCHEME:
        code = code[len(SCHEME) :]
    found = _decode(_symbols(code))
    if found == own:
        raise BadFriendCode("this is your own friend code")
    return found


def _refuse_other_things(text: str) -> None:
    """Name what people paste instead of a code."""
    if not text:
        raise BadFriendCode("there is no friend code here")
    if _ONION.fullmatch(text) or _BARE_ONION.fullmatch(text):
        raise BadFriendCode("an onion address does not tell who answers there; ask for the friend code, ct1…")
    if "://" in text or text.lower().startswith("www."):
        raise BadFriendCode("this is a web address; ask for the friend code, ct1…")
    if _WORDS.fullmatch(text):
        raise BadFriendCode("these are words; chattor's friend codes are 88 letters and digits that start with ct1")


def _symbols(code: str) -> list[int]:
    """The numbers behind the characters after `ct1`. Raises BadFriendCode for any character that cannot be there."""
    for place, char in enumerate(code, start=1):
        if not (char.isascii() and char.isalnum()):
            raise BadFriendCode(f"character {place} is {describe(char)}, which no friend code has")
    if not code.lower().startswith(_HEAD):
        raise BadFriendCode(f"a friend code starts with {_HEAD}, this starts with {code[:3]}")
    if code != code.lower() and code != code.upper():
        raise BadFriendCode("a friend code is all lower case or all upper case, this one mixes them")
    code = code.lower()
    for place, char in enumerate(code[len(_HEAD) :], start=len(_HEAD) + 1):
        if char not in bech32m.SYMBOLS:
            raise BadFriendCode(f"character {place} is {char}, which no friend code has")
    return [bech32m.SYMBOLS[char] for char in code[len(_HEAD) :]]


def _decode(symbols: list[int]) -> FriendCode:
    left = bech32m.residue(_PREFIX, symbols)
    if left != bech32m.BECH32M:
        raise _wrong_checksum(left, len(symbols))
    data, spare = bech32m.payload(symbols[: -bech32m.CHECKSUM])
    if data[:1] != bytes([_VERSION]):
        raise BadFriendCode(f"this friend code has version {data[0] if data else 0}; a newer chattor may read it")
    if len(data) != _SIZE:
        raise _wrong_length(len(symbols))
    if spare:
        raise BadFriendCode("the spare bits of this friend code are not zero: chattor did not make it")
    onion_pk, id_commit = data[1 : 1 + KEY], data[1 + KEY :]
    if not valid_point(onion_pk):
        raise BadFriendCode("the address in this friend code cannot exist: its key is not a valid point")
    return FriendCode(onion_pk, id_commit)


def _wrong_checksum(left: int, length: int) -> BadFriendCode:
    if left == bech32m.BECH32:
        return BadFriendCode("the checksum is Bech32, friend codes have Bech32m: chattor did not make it")
    if length + len(_HEAD) != LENGTH:
        return _wrong_length(length)
    place = bech32m.suspect(left, length)
    if place is None:
        return BadFriendCode("the checksum does not fit: more than one character is wrong")
    return BadFriendCode(f"the checksum does not fit: character {place + len(_HEAD) + 1} is probably wrong")


def _wrong_length(length: int) -> BadFriendCode:
    return BadFriendCode(f"a friend code has {LENGTH} characters, this one has {length + len(_HEAD)}")
