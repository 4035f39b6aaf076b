"""Hostile inputs 14 to 32: a handshake that is not exactly right ends in silence, and changes nothing."""

import pytest

from chattor.crypto.certificate import issue
from chattor.crypto.keys import Identity
from chattor.errors import HandshakeRefused, IdentityChanged, OwnIdentity, ProtocolViolation, RemoteError
from chattor.protocol.handshake import Reception, ReplayWindow
from chattor.protocol.limits import HANDSHAKE_1, HANDSHAKE_2
from chattor.protocol.link import End, Link, Pin, Purpose, State, Target
from chattor.protocol.pins import vet
from tests.support.dice import dice
from tests.support.links import Pair, Person, answer, dial, person
from tests.support.rogues import (
    LOW_ORDER,
    RogueInitiator,
    RogueResponder,
    cross_signed,
    forged,
    opening,
    pretending,
)

ANA, BEN, EVE = person("ana"), person("ben"), person("eve")
ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER_ED25519 = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
]


def refused(link: Link, data: bytes, error: type[RemoteError] = RemoteError, match: str = ".") -> None:
    """The link refuses these bytes, is closed by it, and says nothing."""
    with pytest.raises(error, match=match):
        link.receive(data, 0.0)
    assert link.state is State.CLOSED
    assert link.ended is End.FAULT
    assert link.data_to_send() == b""
    assert link.deadline() is None
    assert link.receive(bytes(5000), 1.0) == []


def before_message_3(rogue: RogueInitiator) -> tuple[Link, bytes]:
    """Ben's link after he answered, and his answer."""
    link = answer(BEN)
    link.receive(rogue.open(), 0.0)
    return link, link.data_to_send()


def test_a_rogue_that_keeps_the_rules_is_let_in() -> None:
    link = answer(BEN)
    link.receive(opening(BEN.target), 0.0)
    assert link.state is State.ANSWERED
    rogue = RogueInitiator.make(BEN.target, ANA.identity.dh)
    link, message = before_message_3(rogue)
    link.receive(rogue.prove(message, ANA.certificate.raw), 0.0)
    assert link.peer == ANA.certificate
    link = dial(ANA, BEN.target)
    link.receive(RogueResponder.make(BEN.target, BEN.identity.dh).answer(link.data_to_send(), BEN.certificate.raw), 0.0)
    assert link.peer == BEN.certificate


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"SSH-2.0-OpenSSH_9.6\r\n"],
    ids=["http", "tls", "ssh"],
)
@pytest.mark.parametrize("fill", [0, HANDSHAKE_1], ids=["short", "filled up"])
def test_input_14_other_protocols_get_no_byte(data: bytes, fill: int) -> None:
    link = answer(BEN)
    if fill:
        refused(link, data.ljust(fill, b"\r\n"[:1]), HandshakeRefused)
    else:
        assert link.receive(data, 0.0) == []
        assert link.data_to_send() == b""
        link.tick(20.0)
        assert link.ended is End.SLOW
        assert link.data_to_send() == b""


class TestKeys:
    """Keys that are none."""

    @pytest.mark.parametrize("key", LOW_ORDER, ids=lambda key: key.hex()[:8])
    def test_input_15_low_order_ephemeral_in_message_1(self, key: bytes) -> None:
        refused(answer(BEN), opening(BEN.target, ephemeral=key), match="low order")

    @pytest.mark.parametrize("key", LOW_ORDER, ids=lambda key: key.hex()[:8])
    def test_input_15_low_order_ephemeral_in_message_2(self, key: bytes) -> None:
        link = dial(ANA, BEN.target)
        link.data_to_send()
        refused(link, key + bytes(HANDSHAKE_2 - 32), HandshakeRefused, "low order")

    @pytest.mark.parametrize("key", LOW_ORDER, ids=lambda key: key.hex()[:8])
    def test_input_15_low_order_static_in_message_2(self, key: bytes) -> None:
        link = dial(ANA, BEN.target)
        rogue = RogueResponder.make(BEN.target, pretending(key))
        refused(link, rogue.answer(link.data_to_send(), BEN.certificate.raw), HandshakeRefused, "low order")

    @pytest.mark.parametrize("key", LOW_ORDER, ids=lambda key: key.hex()[:8])
    def test_input_15_low_order_static_in_message_3(self, key: bytes) -> None:
        rogue = RogueInitiator.make(BEN.target, pretending(key))
        link, message = before_message_3(rogue)
        refused(link, rogue.prove(message, ANA.certificate.raw), HandshakeRefused, "low order")

    def test_input_16_our_own_ephemeral_echoed(self) -> None:
        link = dial(ANA, BEN.target)
        first = link.data_to_send()
        refused(link, first[:32] + bytes(HANDSHAKE_2 - 32), HandshakeRefused)

    @pytest.mark.parametrize("at", [0, 3, 1149], ids=["first", "second", "last"])
    def test_input_17_a_kem_key_with_a_coefficient_out_of_range(self, at: int) -> None:
        message = bytearray(1184)
        message[at : at + 3] = b"\xff\xff\xff"
        refused(answer(BEN), opening(BEN.target, kem=bytes(message)), HandshakeRefused, "ML-KEM")

    @pytest.mark.parametrize("size", [1183, 1185])
    def test_input_17_a_kem_key_of_a_wrong_length(self, size: int) -> None:
        message = opening(BEN.target, kem=bytes(size), payload=bytes(32 + 1184 - size))
        assert len(message) == HANDSHAKE_1
        refused(answer(BEN), message, HandshakeRefused)

    def test_input_18_a_ciphertext_with_a_flipped_bit_gives_another_secret(self) -> None:
        link = dial(ANA, BEN.target)
        rogue = RogueResponder.make(BEN.target, BEN.identity.dh, break_kem=True)
        refused(link, rogue.answer(link.data_to_send(), BEN.certificate.raw), HandshakeRefused, "authenticate")


class TestCertificates:
    """Certificates that are not exactly right, shown by either side."""

    def shown_by_responder(self, raw: bytes, who: Person = BEN, target: Target = BEN.target) -> tuple[Link, bytes]:
        """Ana's link, and a message 2 with this certificate from somebody who holds the keys of `who`."""
        link = dial(ANA, target)
        return link, RogueResponder.make(target, who.identity.dh).answer(link.data_to_send(), raw)

    def shown_by_initiator(self, raw: bytes, who: Person = ANA) -> tuple[Link, bytes]:
        """Ben's link, and a message 3 with this certificate from somebody who holds the keys of `who`."""
        rogue = RogueInitiator.make(BEN.target, who.identity.dh)
        link, message = before_message_3(rogue)
        return link, rogue.prove(message, raw)

    def test_input_19_signed_by_another_onion(self) -> None:
        refused(*self.shown_by_responder(cross_signed(BEN, EVE)), HandshakeRefused, "forged certificate")
        refused(*self.shown_by_initiator(cross_signed(ANA, EVE)), HandshakeRefused, "forged certificate")

    @pytest.mark.parametrize("key", SMALL_ORDER_ED25519, ids=lambda key: key[:8])
    def test_input_20_small_order_identity_key_with_a_signature_for_everything(self, key: str) -> None:
        universal = b"\x01" + bytes(63)
        parts = {"ik_sig": bytes.fromhex(key), "by_identity": universal}
        refused(*self.shown_by_responder(forged(BEN.certificate, **parts)), HandshakeRefused)
        refused(*self.shown_by_initiator(forged(ANA.certificate, **parts)), HandshakeRefused)

    @pytest.mark.parametrize("key", SMALL_ORDER_ED25519, ids=lambda key: key[:8])
    def test_input_20_small_order_onion_key_with_a_signature_for_everything(self, key: str) -> None:
        raw = forged(ANA.certificate, onion_pk=bytes.fromhex(key), by_onion=b"\x01" + bytes(63))
        refused(*self.shown_by_initiator(raw), HandshakeRefused, "not a valid point")

    @pytest.mark.parametrize("part", ["by_onion", "by_identity"])
    def test_input_21_a_malleated_signature(self, part: str) -> None:
        start = {"by_onion": 109, "by_identity": 173}[part]
        signature = ANA.certificate.raw[start : start + 64]
        scalar = int.from_bytes(signature[32:], "little") + ORDER
        malleated = signature[:32] + scalar.to_bytes(32, "little")
        refused(*self.shown_by_initiator(forged(ANA.certificate, **{part: malleated})), HandshakeRefused, "forged")

    def test_input_22_for_another_address_than_the_one_dialled(self) -> None:
        moved = Identity(onion=EVE.identity.onion, sig=BEN.identity.sig, dh=BEN.identity.dh)
        raw = issue(moved, epoch=1, created_ms=0).raw
        refused(*self.shown_by_responder(raw), IdentityChanged, "another address")
        refused(*self.shown_by_responder(raw, target=BEN.pinned), IdentityChanged, "another address")

    def test_somebody_who_moved_since_he_gave_his_code_away_is_known_by_it(self) -> None:
        moved = Identity(onion=EVE.identity.onion, sig=BEN.identity.sig, dh=BEN.identity.dh)
        newer = issue(moved, epoch=2, created_ms=0)
        link, message = self.shown_by_responder(newer.raw)
        link.receive(message, 0.0)
        assert link.peer == newer

    def test_input_23_older_than_the_one_pinned(self) -> None:
        pinned = Target(BEN.certificate.onion_pk, BEN.certificate.id_commit, BEN.pin._replace(epoch=2))
        refused(*self.shown_by_responder(BEN.certificate.raw, target=pinned), IdentityChanged, "older")

    def test_input_24_for_another_key_than_the_handshake_used(self) -> None:
        refused(*self.shown_by_responder(BEN.certificate.raw, who=EVE), HandshakeRefused, "another key")
        refused(*self.shown_by_initiator(ANA.certificate.raw, who=EVE), HandshakeRefused, "another key")

    def test_input_25_code_and_identity_differ(self) -> None:
        somebody = Identity(onion=BEN.identity.onion, sig=EVE.identity.sig, dh=EVE.identity.dh)
        raw = issue(somebody, epoch=1, created_ms=0).raw
        link, message = self.shown_by_responder(raw, who=EVE)
        refused(link, message, HandshakeRefused, "code and identity differ")

    def test_input_25_another_identity_than_the_one_pinned_is_an_alarm(self) -> None:
        somebody = Identity(onion=BEN.identity.onion, sig=EVE.identity.sig, dh=EVE.identity.dh)
        raw = issue(somebody, epoch=9, created_ms=0).raw
        refused(*self.shown_by_responder(raw, who=EVE, target=BEN.pinned), IdentityChanged, "another identity")

    def test_input_30_our_own_identity(self) -> None:
        refused(*self.shown_by_responder(ANA.certificate.raw, who=ANA), OwnIdentity)
        refused(*self.shown_by_initiator(BEN.certificate.raw, who=BEN), OwnIdentity)

    def test_input_32_a_known_identity_at_a_new_address_needs_a_newer_certificate(self) -> None:
        moved = Identity(onion=EVE.identity.onion, sig=BEN.identity.sig, dh=BEN.identity.dh)
        same, newer = (issue(moved, epoch=epoch, created_ms=0) for epoch in (1, 2))
        link, message = self.shown_by_responder(same.raw, target=BEN.pinned)
        refused(link, message, IdentityChanged, "another address")
        link, message = self.shown_by_responder(newer.raw, target=BEN.pinned)
        link.receive(message, 0.0)
        assert link.peer == newer

    def test_input_32_the_side_that_was_dialled_asks_the_same(self) -> None:
        moved = Identity(onion=EVE.identity.onion, sig=ANA.identity.sig, dh=ANA.identity.dh)
        onion_pk = ANA.certificate.onion_pk
        vet(ANA.certificate, onion_pk, ANA.pin)
        vet(issue(moved, epoch=2, created_ms=0), onion_pk, ANA.pin)
        with pytest.raises(IdentityChanged, match="another address"):
            vet(issue(moved, epoch=1, created_ms=0), onion_pk, ANA.pin)
        with pytest.raises(IdentityChanged, match="older"):
            vet(ANA.certificate, onion_pk, ANA.pin._replace(epoch=2))
        with pytest.raises(IdentityChanged, match="another identity"):
            vet(EVE.certificate, onion_pk, ANA.pin)
        half = Pin(ANA.certificate.ik_sig, EVE.certificate.ik_dh, 1)
        with pytest.raises(IdentityChanged, match="another identity"):
            vet(ANA.certificate, onion_pk, half)

    @pytest.mark.parametrize("purpose", [0, 4, 255])
    def test_an_unknown_purpose(self, purpose: int) -> None:
        rogue = RogueInitiator.make(BEN.target, ANA.identity.dh)
        link, message = before_message_3(rogue)
        refused(link, rogue.prove(message, ANA.certificate.raw, purpose), HandshakeRefused, "purpose")


class TestReplays:
    """What was once right."""

    def test_input_26_a_first_message_is_answered_once_in_a_thousand_replays(self) -> None:
        replays = ReplayWindow()
        first = dial(ANA, BEN.target).data_to_send()
        answered = 0
        for number in range(1000):
            link = answer(BEN, replays=replays, seed=number)
            if number:
                refused(link, first, HandshakeRefused, "replayed")
            else:
                link.receive(first, 0.0)
            answered += bool(link.data_to_send())
        assert answered == 1

    def test_input_26_once_forgotten_it_gets_one_fresh_answer_and_gains_nothing(self) -> None:
        replays = ReplayWindow()
        first = dial(ANA, BEN.target).data_to_send()
        links = [answer(BEN, replays=window, seed=seed) for seed, window in enumerate([replays, ReplayWindow()])]
        answers = set()
        for link in links:
            link.receive(first, 0.0)
            answers.add(link.data_to_send())
        assert len(answers) == 2, "fresh keys each time"
        assert all(link.peer is None for link in links)

    def test_the_window_forgets_the_oldest_and_stays_in_its_bounds(self) -> None:
        replays = ReplayWindow(size=3)
        for key in (b"a", b"b", b"c"):
            assert replays.first_time(key)
        assert not replays.first_time(b"a")
        assert replays.first_time(b"d")
        assert replays.first_time(b"a"), "it was the oldest"
        assert not replays.first_time(b"c")
        assert len(replays._order) == len(replays._known) == 3

    def test_junk_is_not_remembered(self) -> None:
        replays = ReplayWindow()
        for number in range(100):
            link = answer(BEN, replays=replays)
            refused(link, dice(number)(HANDSHAKE_1), HandshakeRefused)
        assert len(replays._order) == 0

    def test_input_27_a_third_message_from_another_run(self) -> None:
        first, second = Pair(), Pair(dial(ANA, BEN.pinned, seed="other"), answer(BEN, seed="other"))
        for pair in (first, second):
            pair.carry(pair.ana)
            pair.carry(pair.ben)
        refused(second.ben.link, first.ana.link.data_to_send(), HandshakeRefused, "message 3")

    def test_a_second_message_from_another_run(self) -> None:
        first, second = Pair(), Pair(dial(ANA, BEN.pinned, seed="other"), answer(BEN, seed="other"))
        for pair in (first, second):
            pair.carry(pair.ana)
        refused(second.ana.link, first.ben.link.data_to_send(), HandshakeRefused, "message 2")


class TestVersions:
    """Input 28: no version in common."""

    @pytest.mark.parametrize("offer", [(2, 255), (2, 1), (0, 0), (1, 0)], ids=str)
    def test_input_28_the_answer_says_so_inside_and_nothing_follows(self, offer: tuple[int, int]) -> None:
        link = answer(BEN)
        assert link.receive(RogueInitiator.make(BEN.target, ANA.identity.dh).open(*offer), 0.0) == []
        assert len(link.data_to_send()) == HANDSHAKE_2
        assert (link.state, link.ended) == (State.CLOSED, End.REFUSED)
        assert link.deadline() is None

    @pytest.mark.parametrize("offer", [(0, 1), (1, 9), (0, 255)], ids=str)
    def test_a_range_with_ours_in_it_is_taken(self, offer: tuple[int, int]) -> None:
        link = answer(BEN)
        link.receive(RogueInitiator.make(BEN.target, ANA.identity.dh).open(*offer), 0.0)
        assert link.state is State.ANSWERED

    @pytest.mark.parametrize("version", [0, 2, 255])
    def test_input_28_a_version_that_was_not_offered(self, version: int) -> None:
        link = dial(ANA, BEN.target)
        rogue = RogueResponder.make(BEN.target, BEN.identity.dh)
        message = rogue.answer(link.data_to_send(), BEN.certificate.raw, version)
        refused(link, message, HandshakeRefused, "no common protocol version")

    def test_padding_inside_a_handshake_message_must_be_zero(self) -> None:
        payload = b"\x01\x01" + bytes(29) + b"\x01"
        refused(answer(BEN), opening(BEN.target, payload=payload), ProtocolViolation, "padding")


class TestStrangers:
    """S2: whoever does not know the code gets no byte."""

    def test_input_29_somebody_elses_code(self) -> None:
        for target in (
            EVE.target,
            Target(BEN.certificate.onion_pk, EVE.certificate.id_commit),
            Target(EVE.certificate.onion_pk, BEN.certificate.id_commit),
        ):
            refused(answer(BEN), dial(ANA, target).data_to_send(), HandshakeRefused, "message 1")

    def test_ten_thousand_openings_without_the_code_get_no_byte(self) -> None:
        replays, roll = ReplayWindow(), dice("openings")
        genuine = dial(ANA, BEN.target).data_to_send()
        elsewhere = dial(ANA, EVE.target).data_to_send()
        for number in range(10_000):
            kind = number % 3
            size = int.from_bytes(roll(2), "big") % HANDSHAKE_1
            if kind == 0:
                data = roll(32) * 40
            elif kind == 1:
                data = genuine[:size] if number % 2 else genuine[:size] + bytes(HANDSHAKE_1 - size)
            else:
                data = elsewhere
            link = answer(BEN, replays=replays, seed=0)
            try:
                assert link.receive(data, 0.0) == []
            except HandshakeRefused:
                assert len(data) == HANDSHAKE_1
            assert link.data_to_send() == b""
        assert len(replays._order) == 0

    def test_a_refused_opening_makes_no_key(self) -> None:
        def no_dice(size: int) -> bytes:
            raise AssertionError(f"{size} random bytes for a stranger")

        half = Reception(BEN.identity, BEN.certificate, BEN.certificate.onion_pk, no_dice, ReplayWindow())
        with pytest.raises(HandshakeRefused):
            half.take(bytes(HANDSHAKE_1))


def test_the_purpose_is_hidden_from_everybody_but_the_peer() -> None:
    flights = set()
    for purpose in Purpose:
        pair = Pair(dial(ANA, BEN.target, purpose=purpose))
        flights.add(tuple(len(pair.carry(side)) for side in (pair.ana, pair.ben, pair.ana)))
    assert len(flights) == 1
