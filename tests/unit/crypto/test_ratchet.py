"""The ratchet: conversations of every shape arrive, everything else is refused and changes nothing."""

import hashlib
import hmac
import os

import pytest
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)

from chattor.crypto import header, ratchet
from chattor.crypto.header import NONCE, SEALED, HeaderBox
from chattor.crypto.keys import DhKey
from chattor.crypto.ratchet import MAX_CHAINS, MAX_SKIP, MAX_SKIPPED, OVERHEAD, Ratchet, chain_step, root_step
from chattor.crypto.session import ratchet_keys
from chattor.errors import LocalError, ProtocolViolation
from chattor.protocol import limits
from tests.support.dice import dice
from tests.support.ratchets import AD, opened_pair, ratchet_pair, state
from tests.unit.crypto.test_keys import LOW_ORDER_X25519


def exchange(sender: Ratchet, receiver: Ratchet, count: int = 1) -> None:
    """So many messages from one to the other, each read at once."""
    for number in range(count):
        text = b"message %d" % number
        assert receiver.decrypt(sender.encrypt(text)) == text


def kept(one: Ratchet) -> list[int]:
    """How many message keys wait in each chain, oldest chain first."""
    return [len(chain) for chain in one._skipped.values()]


def test_a_conversation_arrives() -> None:
    sides = ratchet_pair()
    for turn in range(8):
        sender = turn % 2
        exchange(sides[sender], sides[1 - sender], count=turn % 3 + 1)


def test_the_responder_cannot_speak_first() -> None:
    i, r = ratchet_pair()
    before = state(r)
    with pytest.raises(LocalError, match="speaks first"):
        r.encrypt(b"text")
    assert state(r) == before
    exchange(i, r)
    exchange(r, i)


def test_both_may_speak_before_either_listens() -> None:
    i, r = opened_pair()
    from_i, from_r = [i.encrypt(b"%d" % n) for n in range(3)], [r.encrypt(b"%d" % n) for n in range(3)]
    assert [r.decrypt(message) for message in from_i] == [b"0", b"1", b"2"]
    assert [i.decrypt(message) for message in from_r] == [b"0", b"1", b"2"]
    exchange(i, r)
    exchange(r, i)


def test_a_link_needs_no_skipping_when_both_speak_at_once() -> None:
    i, r = opened_pair(max_skip=0)
    for _ in range(3):
        crossing = i.encrypt(b"from I"), r.encrypt(b"from R")
        assert r.decrypt(crossing[0]) == b"from I"
        assert i.decrypt(crossing[1]) == b"from R"


def test_the_overhead_is_what_the_limits_say() -> None:
    i, _ = ratchet_pair()
    for size in (0, 1, 256, 16_000):
        assert len(i.encrypt(bytes(size))) == size + OVERHEAD
    assert (SEALED, OVERHEAD) == (limits.RATCHET_HEADER, limits.RATCHET_OVERHEAD)


def test_nothing_but_length_shows_in_two_messages_of_a_chain() -> None:
    i, _ = ratchet_pair()
    one, two = i.encrypt(b"text"), i.encrypt(b"text")
    same = sum(a == b for a, b in zip(one, two, strict=True))
    assert same < 10, "no field of the header stands still"


def test_messages_arrive_in_any_order() -> None:
    i, r = ratchet_pair()
    messages = [i.encrypt(b"%d" % n) for n in range(50)]
    for n in (*range(49, 24, -1), *range(25)):
        assert r.decrypt(messages[n]) == b"%d" % n
    assert kept(r) == []


def test_a_message_of_an_old_chain_still_opens_and_only_once() -> None:
    i, r = ratchet_pair()
    late = [i.encrypt(b"late %d" % n) for n in range(3)]
    exchange(i, r)
    exchange(r, i)
    exchange(i, r)
    assert kept(r) == [3]
    for n in (1, 0, 2):
        assert r.decrypt(late[n]) == b"late %d" % n
        before = state(r)
        with pytest.raises(ProtocolViolation):
            r.decrypt(late[n])
        assert state(r) == before
    assert kept(r) == []


def test_a_repeated_message_is_refused() -> None:
    i, r = ratchet_pair()
    message = i.encrypt(b"once")
    r.decrypt(message)
    with pytest.raises(ProtocolViolation, match="twice"):
        r.decrypt(message)


def test_every_changed_byte_is_refused_and_changes_nothing() -> None:
    for before_it in ("nothing", "a turn", "others of its chain"):
        i, r = ratchet_pair()
        if before_it != "nothing":
            exchange(i, r, 2)
            exchange(r, i, 2)
            exchange(i, r, 2 if before_it == "others of its chain" else 0)
            i.encrypt(b"lost")
        message = i.encrypt(b"text")
        before = state(r)
        for at in range(len(message)):
            changed = message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]
            with pytest.raises(ProtocolViolation):
                r.decrypt(changed)
        for size in range(len(message)):
            with pytest.raises(ProtocolViolation):
                r.decrypt(message[:size])
        assert state(r) == before
        assert r.decrypt(message) == b"text"


def test_a_body_is_bound_to_its_header_and_to_the_session() -> None:
    i, r = ratchet_pair()
    one, two = i.encrypt(b"same"), i.encrypt(b"same")
    with pytest.raises(ProtocolViolation):
        r.decrypt(one[:SEALED] + two[SEALED:])
    keys, own = ratchet_keys(b"s" * 32), DhKey(b"d" * 32)
    sender = Ratchet.initiator(keys, own.public, AD, dice("I"))
    other = Ratchet.responder(keys, own, b"another transcript", dice("R"))
    with pytest.raises(ProtocolViolation, match="authenticate"):
        other.decrypt(sender.encrypt(b"text"))


@pytest.mark.parametrize("jump", [1, 2, 500])
def test_input_45_a_link_refuses_any_message_but_the_next(jump: int) -> None:
    i, r = ratchet_pair(max_skip=0)
    exchange(i, r)
    messages = [i.encrypt(b"%d" % n) for n in range(jump + 1)]
    before = state(r)
    with pytest.raises(ProtocolViolation, match="expected"):
        r.decrypt(messages[jump])
    assert state(r) == before
    assert r.decrypt(messages[0]) == b"0"


def test_input_45_a_link_refuses_a_new_chain_while_the_old_has_a_gap() -> None:
    i, r = ratchet_pair(max_skip=0)
    exchange(i, r)
    lost = i.encrypt(b"lost")
    exchange(r, i)
    turned = i.encrypt(b"turned")
    with pytest.raises(ProtocolViolation, match="expected"):
        r.decrypt(turned)
    assert r.decrypt(lost) == b"lost"
    assert r.decrypt(turned) == b"turned"


@pytest.mark.parametrize("point", LOW_ORDER_X25519, ids=lambda key: key.hex()[:8])
def test_input_46_a_low_order_ratchet_key_is_refused(point: bytes) -> None:
    keys, own = ratchet_keys(b"s" * 32), DhKey(b"d" * 32)
    with pytest.raises(ProtocolViolation, match="low order"):
        Ratchet.initiator(keys, point, AD, dice("I"))
    r = Ratchet.responder(keys, own, AD, dice("R"))
    before = state(r)
    forged = HeaderBox().seal(keys.header_initiator, bytes(NONCE), point + bytes(8))
    with pytest.raises(ProtocolViolation, match="low order"):
        r.decrypt(forged + bytes(32))
    assert state(r) == before


def test_input_47_a_message_of_another_link_is_refused() -> None:
    i, r = ratchet_pair("this link")
    old, _ = ratchet_pair("previous link")
    exchange(i, r)
    before = state(r)
    with pytest.raises(ProtocolViolation, match="no chain in use"):
        r.decrypt(old.encrypt(b"old"))
    assert state(r) == before


def test_a_chain_that_claims_to_be_shorter_than_it_was_is_refused() -> None:
    i, r = ratchet_pair()
    exchange(i, r, 3)
    exchange(r, i)
    i._previous = 2
    with pytest.raises(ProtocolViolation, match="expected"):
        r.decrypt(i.encrypt(b"text"))


def test_512_messages_of_a_chain_may_be_missing_and_not_one_more() -> None:
    i, r = ratchet_pair()
    messages = [i.encrypt(b"%d" % n) for n in range(MAX_SKIP + 2)]
    before = state(r)
    with pytest.raises(ProtocolViolation, match="expected"):
        r.decrypt(messages[MAX_SKIP + 1])
    assert state(r) == before
    assert r.decrypt(messages[MAX_SKIP]) == b"512"
    assert r.decrypt(messages[MAX_SKIP + 1]) == b"513"
    i.encrypt(b"lost")
    with pytest.raises(ProtocolViolation, match="expected"):
        r.decrypt(i.encrypt(b"one too many"))
    assert r.decrypt(messages[7]) == b"7"
    assert r.decrypt(messages[8]) == b"8"


def test_a_missing_count_near_the_end_of_its_field_costs_nothing() -> None:
    i, r = ratchet_pair()
    assert i._sending
    i._sending.n = 2**32 - 1
    with pytest.raises(ProtocolViolation, match="4294967295"):
        r.decrypt(i.encrypt(b"text"))


def test_beyond_1024_missing_messages_the_oldest_are_given_up() -> None:
    i, r = ratchet_pair()
    lost = []
    for _ in range(3):
        lost.append([i.encrypt(b"%d" % n) for n in range(400)])
        exchange(i, r)
        exchange(r, i)
    assert kept(r) == [MAX_SKIPPED - 800, 400, 400]
    with pytest.raises(ProtocolViolation):
        r.decrypt(lost[0][175])
    assert r.decrypt(lost[0][176]) == b"176"
    assert r.decrypt(lost[2][0]) == b"0"


def test_beyond_five_chains_the_oldest_is_given_up() -> None:
    i, r = ratchet_pair()
    lost = []
    for _ in range(MAX_CHAINS + 1):
        lost.append(i.encrypt(b"lost"))
        exchange(i, r)
        exchange(r, i)
    assert kept(r) == [1] * MAX_CHAINS
    with pytest.raises(ProtocolViolation):
        r.decrypt(lost[0])
    for message in lost[1:]:
        assert r.decrypt(message) == b"lost"


def test_a_chain_step_is_two_hmacs() -> None:
    for n in range(100):
        key = hashlib.sha256(b"%d" % n).digest()
        assert chain_step(key) == (
            hmac.digest(key, b"chattor/1 ck", "sha256"),
            hmac.digest(key, b"chattor/1 mk", "sha256"),
        )


def test_a_root_step_gives_three_different_keys() -> None:
    keys = root_step(b"r" * 32, b"s" * 32)
    assert len(set(keys)) == 3
    assert {len(key) for key in keys} == {32}


def test_the_header_box_is_xchacha20_poly1305() -> None:
    box = HeaderBox()
    for n in range(200):
        rng = dice(n)
        key, nonce, text = rng(32), rng(NONCE), rng(header.HEADER)
        sealed = box.seal(key, nonce, text)
        assert sealed == nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(text, None, nonce, key)
        assert (
            box.open(key, sealed)
            == text
            == crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[NONCE:], None, nonce, key)
        )
        assert box.open(rng(32), sealed) is None


def test_the_header_box_refuses_sizes_libsodium_would_read_past() -> None:
    box, key, nonce, text = HeaderBox(), bytes(32), bytes(NONCE), bytes(header.HEADER)
    for wrong in ((key[1:], nonce, text), (key, nonce[1:], text), (key, nonce, text[1:])):
        with pytest.raises(ValueError, match="wrong size"):
            box.seal(*wrong)
    for sealed in (bytes(SEALED - 1), bytes(SEALED + 1)):
        with pytest.raises(ValueError, match="wrong size"):
            box.open(key, sealed)


def test_no_key_shows_in_a_repr() -> None:
    i, r = ratchet_pair()
    assert i._sending
    assert repr(i) == "Ratchet(…)"
    for secret in (i._root, i._sending.key, r._next_sending):
        assert secret.hex()[:8] not in repr(i._sending) + repr(i._box)


def test_a_session_works_with_the_system_s_randomness() -> None:
    keys, own = ratchet_keys(os.urandom(32)), DhKey(os.urandom(32))
    i = Ratchet.initiator(keys, own.public, AD, os.urandom)
    r = Ratchet.responder(keys, own, AD, os.urandom)
    exchange(i, r)
    exchange(r, i)
    assert ratchet.OVERHEAD == 96
