"""The friend code: what it takes, what it refuses, and in which words."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.crypto.keys import SigningKey
from chattor.errors import BadFriendCode
from chattor.model.address import OnionAddress
from chattor.protocol import bech32m
from chattor.protocol.friend_code import LENGTH, FriendCode, parse

ANNA = FriendCode(SigningKey(b"a" * 32).public, bytes(range(16)))
CODE = ANNA.encode()
SMALL_ORDER = [  # the canonical ones of the eight; the others are no encodings of a point either
    bytes([1]) + bytes(31),
    bytes(32),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


def refusal(text: str, own: FriendCode | None = None) -> str:
    with pytest.raises(BadFriendCode) as caught:
        parse(text, own=own)
    message = str(caught.value)
    assert message.isprintable()
    assert message[0].islower()
    return message


@pytest.mark.parametrize(
    "code",
    [
        "A1LQFN3A",
        "a1lqfn3a",
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
        "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
        "11" + "l" * 82 + "ludsr8",
        "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
        "?1v759aa",
    ],
)
def test_bip_350_valid_strings(code: str) -> None:
    assert residue(code) == bech32m.BECH32M


@pytest.mark.parametrize("code", ["M1VUXWEZ", "y1b0jsk6g", "lt1igcx5c0", "mm1crxm3i", "au1s5cgom"])
def test_bip_350_invalid_strings(code: str) -> None:
    assert residue(code) != bech32m.BECH32M


@pytest.mark.parametrize("code", ["A12UEL5L", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"])
def test_bip_173_strings_are_told_apart(code: str) -> None:
    assert residue(code) == bech32m.BECH32


def test_bip_350_address_gives_its_bytes() -> None:
    address = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
    symbols = [bech32m.SYMBOLS[char] for char in address[4:-6]]
    program = bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    assert bech32m.payload(symbols) == (program, 0)


def residue(code: str) -> int | None:
    prefix, _, rest = code.lower().rpartition("1")
    return None if set(rest) - set(bech32m.CHARSET) else bech32m.residue(prefix, [bech32m.SYMBOLS[c] for c in rest])


@given(st.text("abcxyz", min_size=1, max_size=10), st.binary(max_size=60))
def test_any_bytes_come_back(prefix: str, data: bytes) -> None:
    code = bech32m.encode(prefix, data)
    symbols = [bech32m.SYMBOLS[char] for char in code[len(prefix) + 1 :]]
    assert bech32m.residue(prefix, symbols) == bech32m.BECH32M
    assert bech32m.payload(symbols[:-6]) == (data, 0)


def test_a_code_is_88_characters_and_always_the_same() -> None:
    assert CODE == "ct1qxhsdglr9yt3fe8n2mqeexc4e5v4rmrwve325aa7qa2872ynsv6p6qqpqgpsgpgxquyqjzstpsxsurczk2t2y"
    assert len(CODE) == LENGTH
    assert ANNA.uri() == f"chattor:{CODE}"
    assert repr(ANNA) == "FriendCode(ct1…)"


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_every_code_comes_back(seed: bytes, id_commit: bytes) -> None:
    code = FriendCode(SigningKey(seed).public, id_commit)
    assert parse(code.encode()) == code


@pytest.mark.parametrize(
    "dress",
    [
        str,
        str.upper,
        lambda code: f"chattor:{code}",
        lambda code: f"CHATTOR:{code.upper()}",
        lambda code: f"  {code[:40]}\r\n\t{code[40:]}\n",
        lambda code: "-".join(code[at : at + 8] for at in range(0, 88, 8)),
        lambda code: " ".join(code[at : at + 4] for at in range(0, 88, 4)),
    ],
)
def test_dressed_codes_are_read(dress: Callable[[str], str]) -> None:
    assert parse(dress(CODE)) == ANNA


def test_input_53_one_wrong_character_is_always_refused_and_found() -> None:
    for place in range(3, LENGTH):
        for char in set(bech32m.CHARSET) - {CODE[place]}:
            wrong = CODE[:place] + char + CODE[place + 1 :]
            assert refusal(wrong) == f"the checksum does not fit: character {place + 1} is probably wrong"


def test_input_53_a_wrong_character_in_the_prefix() -> None:
    for place in range(3):
        for char in set("abcdefghijklmnopqrstuvwxyz0123456789") - {CODE[place]}:
            wrong = CODE[:place] + char + CODE[place + 1 :]
            assert refusal(wrong) == f"a friend code starts with ct1, this starts with {wrong[:3]}"


def garble(dice: random.Random, wrong_characters: int) -> str:
    wrong = list(CODE)
    for place in dice.sample(range(3, LENGTH), wrong_characters):
        wrong[place] = dice.choice([char for char in bech32m.CHARSET if char != CODE[place]])
    return "".join(wrong)


def test_input_53_two_to_four_wrong_characters_are_always_refused() -> None:
    dice = random.Random(53)
    for _ in range(20_000):
        assert residue(garble(dice, dice.randint(2, 4))) not in (bech32m.BECH32M, bech32m.BECH32)
    for _ in range(200):
        assert refusal(garble(dice, dice.randint(2, 4))).startswith("the checksum does not fit")


def test_input_53_two_or_three_wrong_characters_are_never_called_one() -> None:
    dice = random.Random(530)
    for _ in range(300):
        wrong = garble(dice, dice.randint(2, 3))
        assert refusal(wrong) == "the checksum does not fit: more than one character is wrong"


@pytest.mark.parametrize("lost", range(3, LENGTH))
def test_a_lost_or_doubled_character_is_a_matter_of_length(lost: int) -> None:
    assert refusal(CODE[:lost] + CODE[lost + 1 :]) == "a friend code has 88 characters, this one has 87"
    assert refusal(CODE[:lost] + CODE[lost] + CODE[lost:]) == "a friend code has 88 characters, this one has 89"


def test_input_54_mixed_case() -> None:
    assert refusal(CODE[:20] + CODE[20:].upper()) == (
        "a friend code is all lower case or all upper case, this one mixes them"
    )


def test_input_55_another_prefix() -> None:
    assert refusal(bech32m.encode("bc", bytes(49))) == "a friend code starts with ct1, this starts with bc1"


def test_input_55_bech32_of_old() -> None:
    symbols = [bech32m.SYMBOLS[char] for char in CODE[3:-6]]
    left = bech32m.residue("ct", [*symbols, *[0] * 6]) ^ bech32m.BECH32
    old = CODE[:-6] + "".join(bech32m.CHARSET[left >> shift & 31] for shift in range(25, -1, -5))
    assert refusal(old) == "the checksum is Bech32, friend codes have Bech32m: chattor did not make it"


@pytest.mark.parametrize("size", [49, 50, 33])
def test_input_55_another_version(size: int) -> None:
    code = bech32m.encode("ct", bytes([2]) + bytes(size - 1))
    assert refusal(code) == "this friend code has version 2; a newer chattor may read it"


@pytest.mark.parametrize("size", [1, 48, 50])
def test_a_proper_code_of_another_size(size: int) -> None:
    code = bech32m.encode("ct", bytes([1]) + bytes(size - 1))
    assert refusal(code) == f"a friend code has 88 characters, this one has {len(code)}"


@pytest.mark.parametrize("spare", range(1, 8))
def test_input_56_padding_bits(spare: int) -> None:
    symbols = [bech32m.SYMBOLS[char] for char in CODE[3:-6]]
    symbols[-1] |= spare
    left = bech32m.residue("ct", [*symbols, *[0] * 6]) ^ bech32m.BECH32M
    symbols += [left >> shift & 31 for shift in range(25, -1, -5)]
    code = "ct1" + "".join(bech32m.CHARSET[symbol] for symbol in symbols)
    assert refusal(code) == "the spare bits of this friend code are not zero: chattor did not make it"


@pytest.mark.parametrize(
    ("place", "char", "name"),
    [
        (1, "с", "U+0441 CYRILLIC SMALL LETTER ES"),
        (4, "ｑ", "U+FF51 FULLWIDTH LATIN SMALL LETTER Q"),
        (40, "а", "U+0430 CYRILLIC SMALL LETTER A"),
        (40, "\u200b", "U+200B ZERO WIDTH SPACE"),
        (40, "\u00a0", "U+00A0 NO-BREAK SPACE"),
        (88, "\u200f", "U+200F RIGHT-TO-LEFT MARK"),
        (40, "\x1b", "U+001B"),
        (40, "é", "U+00E9 LATIN SMALL LETTER E WITH ACUTE"),
        (40, "_", "U+005F LOW LINE"),
        (40, "٣", "U+0663 ARABIC-INDIC DIGIT THREE"),
    ],
)
def test_input_57_look_alikes_and_hidden_characters_are_named(place: int, char: str, name: str) -> None:
    code = CODE[: place - 1] + char + CODE[place:]
    assert refusal(code) == f"character {place} is {name}, which no friend code has"


@pytest.mark.parametrize("char", ["b", "i", "o", "1"])
def test_input_57_letters_that_are_left_out_because_they_look_like_others(char: str) -> None:
    assert refusal(CODE[:9] + char + CODE[10:]) == f"character 10 is {char}, which no friend code has"


@pytest.mark.parametrize("key", [*SMALL_ORDER, b"\x02" + bytes(31), b"\xff" * 32], ids=lambda key: key.hex()[:8])
def test_input_58_an_address_that_cannot_exist(key: bytes) -> None:
    assert refusal(FriendCode(key, bytes(16)).encode()) == (
        "the address in this friend code cannot exist: its key is not a valid point"
    )


def test_input_59_our_own_code() -> None:
    assert refusal(CODE.upper(), own=ANNA) == "this is your own friend code"
    assert parse(CODE, own=FriendCode(ANNA.onion_pk, bytes(16))) == ANNA


@pytest.mark.parametrize("text", [CODE * 12_000, "x" * 129, "\u0301" * 1_000_000, "\n" * 1_000_000])
def test_input_61_a_megabyte_is_refused_at_once(text: str) -> None:
    assert refusal(text) == "this is too long for a friend code, which has 88 characters"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (str(OnionAddress(ANNA.onion_pk)), "an onion address does not tell who answers there"),
        (str(OnionAddress(ANNA.onion_pk)).upper(), "an onion address does not tell who answers there"),
        (str(OnionAddress(ANNA.onion_pk))[:-6], "an onion address does not tell who answers there"),
        ("expyuzz4wqqyqhjn.onion", "an onion address does not tell who answers there"),
        ("expyuzz4wqqyqhjn", "an onion address does not tell who answers there"),
        (f"{OnionAddress(ANNA.onion_pk)}:9735", "an onion address does not tell who answers there"),
        ("https://chattor.example/add?code=ct1q", "this is a web address"),
        (f"http://{OnionAddress(ANNA.onion_pk)}/", "this is a web address"),
        (" ".join(["zoo"] * 32), "these are words"),
        ("", "there is no friend code here"),
        (" \n", "there is no friend code here"),
        ("alice", "a friend code starts with ct1"),
        ("Echo", "a friend code starts with ct1"),
        ("chattor:", "a friend code starts with ct1"),
        ("ct1", "a friend code has 88 characters, this one has 3"),
    ],
)
def test_input_62_what_people_paste_instead(text: str, why: str) -> None:
    assert re.match(re.escape(why), refusal(text))


@given(st.text(max_size=130))
def test_no_text_brings_anything_but_a_refusal(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(("onion_pk", "id_commit"), [(bytes(31), bytes(16)), (bytes(32), bytes(17))])
def test_a_code_of_wrong_sizes_cannot_be_made(onion_pk: bytes, id_commit: bytes) -> None:
    with pytest.raises(ValueError, match="32 and 16 bytes"):
        FriendCode(onion_pk, id_commit)
