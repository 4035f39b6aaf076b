"""The cipher of a backup: what was sealed opens in the same order to its very end, and nothing else does."""

import os
import random
from collections.abc import Sequence

import pytest

from chattor.crypto import passphrase
from chattor.crypto.backup import CHUNK, HEAD, SEALED, Head, Opener, Sealer
from chattor.errors import BackupDamaged, StoreTooNew

KEY = bytes(range(32))
HEADER = Head(b"s" * 32, b"k" * passphrase.SIZE)
TEXT = [os.urandom(CHUNK), os.urandom(CHUNK), b"the end"]


@pytest.fixture
def sealed() -> tuple[bytes, list[bytes]]:
    """The stream header and three chunks."""
    sealer = Sealer(HEADER, KEY)
    return sealer.header, [sealer.seal(chunk, last=chunk is TEXT[-1]) for chunk in TEXT]


def opened(header: bytes, chunks: Sequence[bytes], *, head: Head = HEADER, key: bytes = KEY) -> list[bytes]:
    """What the chunks say."""
    opener = Opener(head, header, key)
    found = [opener.open(chunk) for chunk in chunks]
    assert opener.ended
    return found


def test_what_was_sealed_opens_again(sealed: tuple[bytes, list[bytes]]) -> None:
    header, chunks = sealed
    assert opened(header, chunks) == TEXT
    assert [len(chunk) for chunk in chunks] == [SEALED, SEALED, SEALED - CHUNK + len(TEXT[-1])]


@pytest.mark.parametrize(
    "order",
    [(1, 0, 2), (0, 2), (0, 0, 1, 2), (0, 1, 1, 2), (2,), (0, 2, 1), (0, 1, 2, 2), (1, 2)],
    ids=lambda order: "".join(map(str, order)),
)
def test_no_other_order_opens(sealed: tuple[bytes, list[bytes]], order: tuple[int, ...]) -> None:
    header, chunks = sealed
    with pytest.raises(BackupDamaged):
        opened(header, [chunks[place] for place in order])


def test_what_is_cut_off_has_not_ended(sealed: tuple[bytes, list[bytes]]) -> None:
    header, chunks = sealed
    opener = Opener(HEADER, header, KEY)
    assert [opener.open(chunk) for chunk in chunks[:2]] == TEXT[:2]
    assert not opener.ended


def test_a_flipped_bit_anywhere_is_noticed(sealed: tuple[bytes, list[bytes]]) -> None:
    header, chunks = sealed
    dice = random.Random(1)
    for _ in range(200):
        place = dice.randrange(len(chunks))
        broken = bytearray(chunks[place])
        broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
        with pytest.raises(BackupDamaged, match=f"part {place + 1}"):
            opened(header, [*chunks[:place], bytes(broken), *chunks[place + 1 :]])


@pytest.mark.parametrize(
    ("header", "head", "key"),
    [
        (Sealer(HEADER, KEY).header, HEADER, KEY),
        (None, Head(b"t" * 32, HEADER.keyfile), KEY),
        (None, Head(HEADER.salt, b"l" * passphrase.SIZE), KEY),
        (None, HEADER, bytes(32)),
        (b"cut", HEADER, KEY),
    ],
    ids=["stream header", "salt", "keyfile", "data key", "cut off"],
)
def test_what_belongs_to_another_backup_does_not_open(
    sealed: tuple[bytes, list[bytes]], header: bytes | None, head: Head, key: bytes
) -> None:
    with pytest.raises(BackupDamaged):
        opened(header or sealed[0], sealed[1], head=head, key=key)


def test_only_the_last_chunk_may_be_short() -> None:
    with pytest.raises(ValueError, match="short"):
        Sealer(HEADER, KEY).seal(b"short", last=False)


def test_the_head_says_what_it_is() -> None:
    raw = HEADER.encode()
    assert len(raw) == HEAD == 144
    assert Head.decode(raw) == HEADER
    with pytest.raises(BackupDamaged, match="not a backup"):
        Head.decode(b"x" + raw[1:])
    with pytest.raises(BackupDamaged, match="cut off"):
        Head.decode(raw[:-1])
    with pytest.raises(StoreTooNew, match="version 2"):
        Head.decode(raw[:4] + b"\2" + raw[5:])
