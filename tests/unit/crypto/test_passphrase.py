"""The keyfile: the right passphrase opens it, and everything else is refused with its cause."""

import hashlib
import struct

import pytest

from chattor.crypto import passphrase as keyfiles
from chattor.crypto.cost import STANDARD, Cost
from chattor.crypto.passphrase import SIZE, check, seal, strength
from chattor.errors import BadInput, StoreDamaged, StoreTooNew, WrongPassphrase
from tests.support.dice import dice

CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=2)
DATA_KEY = bytes(range(32))
PASSPHRASE = "correct horse battery"


@pytest.fixture(scope="module")
def keyfile() -> bytes:
    return seal(DATA_KEY, PASSPHRASE, dice("keyfile"), CHEAP)


def resealed(keyfile: bytes, at: int, new: bytes) -> bytes:
    """The keyfile with some bytes replaced and the checksum made right again."""
    body = keyfile[:at] + new + keyfile[at + len(new) : -8]
    return body + hashlib.sha256(b"chattor/1 keyfile" + body).digest()[:8]


def test_the_right_passphrase_opens_the_keyfile(keyfile: bytes) -> None:
    assert len(keyfile) == SIZE == 107
    assert keyfiles.open(keyfile, PASSPHRASE) == DATA_KEY
    assert DATA_KEY not in keyfile


def test_the_standard_cost_is_the_protocol_s() -> None:
    assert (STANDARD.memory_kib, STANDARD.passes, STANDARD.lanes) == (256 * 1024, 3, 4)
    sealed = seal(DATA_KEY, PASSPHRASE, dice("standard"))
    assert struct.unpack_from(">IBB", sealed, 5) == (256 * 1024, 3, 4)
    assert keyfiles.open(sealed, PASSPHRASE) == DATA_KEY


@pytest.mark.parametrize("passphrase", ["correct horse batterY", "", "x" * 100_000, "\ud800" * 8])
def test_any_other_passphrase_is_wrong(keyfile: bytes, passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        keyfiles.open(keyfile, passphrase)


def test_two_spellings_of_one_letter_are_one_passphrase() -> None:
    sealed = seal(DATA_KEY, "cafe\u0301 creme", dice("nfc"), CHEAP)
    assert keyfiles.open(sealed, "caf\u00e9 creme") == DATA_KEY


def test_two_keyfiles_of_one_key_share_nothing_secret() -> None:
    rng = dice("two")
    one, two = seal(DATA_KEY, PASSPHRASE, rng, CHEAP), seal(DATA_KEY, PASSPHRASE, rng, CHEAP)
    assert one[11:] != two[11:]


def test_every_flipped_bit_is_called_damage_not_a_wrong_passphrase(keyfile: bytes) -> None:
    for bit in range(len(keyfile) * 8):
        flipped = bytearray(keyfile)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(StoreDamaged):
            keyfiles.open(bytes(flipped), PASSPHRASE)


def test_every_truncation_and_any_addition_is_called_damage(keyfile: bytes) -> None:
    for damaged in (*(keyfile[:size] for size in range(len(keyfile))), keyfile + b"\0", bytes(107)):
        with pytest.raises(StoreDamaged):
            keyfiles.open(damaged, PASSPHRASE)


@pytest.mark.parametrize(
    ("at", "new"),
    [
        pytest.param(5, b"\xff\xff\xff\xff", id="4 TiB"),
        pytest.param(5, struct.pack(">I", 2 * 1024 * 1024 + 1), id="over 2 GiB"),
        pytest.param(5, struct.pack(">I", 64 * 1024 - 1), id="under 64 MiB"),
        pytest.param(9, b"\x00", id="no pass"),
        pytest.param(9, b"\x11", id="17 passes"),
        pytest.param(10, b"\x00", id="no lane"),
        pytest.param(10, b"\x09", id="9 lanes"),
    ],
)
def test_input_99_a_keyfile_that_asks_for_too_much_or_too_little_is_refused(
    keyfile: bytes, at: int, new: bytes
) -> None:
    with pytest.raises(StoreDamaged, match="out of bounds"):
        keyfiles.open(resealed(keyfile, at, new), PASSPHRASE)


def test_input_99_a_keyfile_of_a_later_version_is_named(keyfile: bytes) -> None:
    with pytest.raises(StoreTooNew, match="version 2"):
        keyfiles.open(resealed(keyfile, 4, b"\x02"), PASSPHRASE)


def test_input_99_a_keyfile_without_its_salt_is_refused(keyfile: bytes) -> None:
    body = keyfile[:11] + keyfile[27:-8]
    with pytest.raises(StoreDamaged, match="91 bytes instead of 107"):
        keyfiles.open(body + hashlib.sha256(b"chattor/1 keyfile" + body).digest()[:8], PASSPHRASE)


def test_the_cost_cannot_be_lowered_unseen(keyfile: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        keyfiles.open(resealed(keyfile, 10, b"\x01"), PASSPHRASE)


@pytest.mark.parametrize(
    ("passphrase", "rule"),
    [
        ("", "at least 8 characters"),
        ("seven77", "at least 8 characters"),
        ("x" * 1025, "at most 1024 bytes"),
        ("é" * 513, "at most 1024 bytes"),
        ("x" * (1 << 20), "at most 1024 bytes"),
        ("two\nlines", "line breaks"),
        ("bell\x07 rings", "control characters"),
        ("lone \ud800 surrogate", "control characters"),
    ],
    ids=["empty", "seven", "1025 bytes", "1026 bytes", "1 MiB", "newline", "bell", "surrogate"],
)
def test_input_81_a_passphrase_against_the_rules_is_refused(passphrase: str, rule: str) -> None:
    with pytest.raises(BadInput, match=rule):
        check(passphrase)
    with pytest.raises(BadInput, match=rule):
        seal(DATA_KEY, passphrase, dice("rules"), CHEAP)


@pytest.mark.parametrize("passphrase", ["eight888", "x" * 1024, "пароль с пробелом", "🔑🔑🔑🔑🔑🔑🔑🔑"])
def test_a_passphrase_within_the_rules_is_taken(passphrase: str) -> None:
    check(passphrase)


@pytest.mark.parametrize(
    ("passphrase", "word"),
    [
        ("", "weak"),
        ("password", "weak"),
        ("password1", "weak"),
        ("12345678901234567890", "weak"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "weak"),
        ("abcdefghijklmnopqrstuvwxyz", "weak"),
        ("x7$Kq9!mZ2", "fair"),
        ("correct horse battery staple", "fair"),
        ("x7$Kq9!mZ2p&Lw4#Rt", "strong"),
        ("correct horse battery staple ladder", "good"),
        ("correct horse battery staple ladder orchid", "strong"),
    ],
)
def test_strength_is_said_in_words(passphrase: str, word: str) -> None:
    assert strength(passphrase) == word
