"""Bech32m (BIP 350): bytes as letters and digits with a checksum that detects any four wrong characters.

Nothing about friend codes here. Symbols are the numbers 0–31 behind the characters; a residue is what the checksum
polynomial leaves: 1 for Bech32 of old, BECH32M for Bech32m, anything else for a text that was changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

CHARSET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
SYMBOLS: Final = {char: number for number, char in enumerate(CHARSET)}
CHECKSUM: Final = 6  # characters
BECH32: Final = 1
BECH32M: Final = 0x2BC830A3

_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, data: bytes) -> str:
    """`prefix` (lower case), `1`, the bytes padded with zero bits to whole characters, the checksum."""
    symbols = list(_regroup(data, 8, 5))
    residue = _feed(_feed(1, _expand(prefix)), [*symbols, *[0] * CHECKSUM]) ^ BECH32M
    symbols += [residue >> 5 * (CHECKSUM - 1 - place) & 31 for place in range(CHECKSUM)]
    return f"{prefix}1{''.join(CHARSET[symbol] for symbol in symbols)}"


def residue(prefix: str, symbols: Sequence[int]) -> int:
    """What the checksum leaves of a prefix and the symbols after the `1`, the checksum's own included."""
    return _feed(_feed(1, _expand(prefix)), symbols)


def payload(symbols: Sequence[int]) -> tuple[bytes, int]:
    """The bytes in symbols without a checksum, and the bits that were left over: zero in a proper encoding."""
    spare = len(symbols) * 5 % 8
    data = bytes(_regroup([*symbols, 0], 5, 8))[: len(symbols) * 5 // 8]
    return data, symbols[-1] & (1 << spare) - 1 if symbols else 0


def suspect(left: int, length: int) -> int | None:
    """Which of `length` symbols is wrong, if one alone explains the residue `left`; counted from 0."""
    wrong = left ^ BECH32M
    for error in range(1, 32):
        difference = error
        for behind in range(length):
            if difference == wrong:
                return length - 1 - behind
            difference = _feed(difference, (0,))
    return None


def _expand(prefix: str) -> Iterator[int]:
    yield from (ord(char) >> 5 for char in prefix)
    yield 0
    yield from (ord(char) & 31 for char in prefix)


def _feed(state: int, symbols: Iterable[int]) -> int:
    for symbol in symbols:
        top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ symbol
        for place, term in enumerate(_GENERATOR):
            if top >> place & 1:
                state ^= term
    return state


def _regroup(data: Iterable[int], have: int, want: int) -> Iterator[int]:
    """Numbers of `have` bits as numbers of `want` bits, the last filled up with zero bits."""
    held = bits = 0
    for number in data:
        held, bits = held << have | number, bits + have
        while bits >= want:
            bits -= want
            yield held >> bits
            held &= (1 << bits) - 1
    if bits:
        yield held << want - bits
