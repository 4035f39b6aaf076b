"""The known answers of chattor/1: what these inputs give today they must give for ever.

`python -m tests.vectors.known_answers` adds sections that are missing from data/chattor-1.json and never touches one
that is there. Every value is hex, text or a number; `randomness` is what the rng gave, in order. The KEM cannot be
run with given randomness, so message 2 and the KEM ciphertext are recorded, and read again.
"""

import json
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from chattor.crypto import certificate, passphrase
from chattor.crypto.cost import Cost
from chattor.crypto.keys import DhKey, Identity, KemKey, Rng, encapsulate, expanded_onion_key, knock_key, onion_auth
from chattor.crypto.noise import HYBRID_XX, Handshake
from chattor.crypto.ratchet import Ratchet
from chattor.crypto.safety import safety_number
from chattor.crypto.session import Role, confirm, hint, next_secret, ratchet_keys, session_key
from chattor.protocol.channel_frames import Post
from chattor.protocol.channels import NO_POST, PostKind, body_of, channel_id, post_id, sign, signed_bytes
from chattor.protocol.frames import encode
from chattor.protocol.pins import succession
from tests.support.dice import dice
from tests.vectors import DATA, known_link, known_wire

FILE = DATA / "chattor-1.json"
Section = dict[str, Any]


class Told:
    """An rng that tells what it gave."""

    def __init__(self, seed: str) -> None:
        self._rng: Rng = dice(seed)
        self.given = b""

    def __call__(self, size: int) -> bytes:
        drawn = self._rng(size)
        self.given += drawn
        return drawn


def known() -> Section:
    """The recorded sections."""
    recorded: Section = json.loads(FILE.read_text()) if FILE.exists() else {}
    return recorded


def _identity(name: str) -> Identity:
    return Identity.generate(dice(f"chattor/1 {name}"))


def identity(_: Section) -> Section:
    """Certificate, commitment, knock key and tor's key (§1, §3)."""
    us = _identity("alice")
    shown = certificate.issue(us, epoch=3, created_ms=1_700_000_000_000)
    return {
        "seeds": us.to_bytes().hex(),
        "epoch": shown.epoch,
        "created_ms": shown.created_ms,
        "certificate": shown.raw.hex(),
        "id_commit": shown.id_commit.hex(),
        "knock_key": knock_key(shown.onion_pk, shown.id_commit).hex(),
        "expanded_onion_key": expanded_onion_key(us.onion.seed).hex(),
    }


def kem(recorded: Section) -> Section:
    """ML-KEM-768 (§3): the recorded ciphertext gives the recorded secret."""
    seed = dice("chattor/1 kem")(64)
    key = KemKey(seed)
    ciphertext = recorded.get("ciphertext") or encapsulate(key.public)[1].hex()
    secret = key.decapsulate(bytes.fromhex(ciphertext))
    return {"seed": seed.hex(), "public": key.public.hex(), "ciphertext": ciphertext, "secret": secret.hex()}


def handshake(recorded: Section) -> Section:
    """The initiator's handshake (§3); payloads are zeros of the sizes that make 1280, 1536 and 512 bytes."""
    rng = Told("chattor/1 handshake I")
    alice, bob = _identity("alice"), _identity("bob")
    psk, prologue = knock_key(bob.onion.public, bob.id_commit), b"chattor/1" + bob.onion.public
    ours = Handshake(HYBRID_XX, initiator=True, prologue=prologue, static=alice.dh, psk=psk, rng=rng)
    first = ours.write_message(bytes(32))
    second = recorded.get("message_2") or _answer(bob, first).hex()
    ours.read_message(bytes.fromhex(second))
    third = ours.write_message(bytes(448))
    send, receive = ours.split()
    for cipher in (send, receive):
        cipher.rekey()
    return {
        "static": alice.dh.seed.hex(),
        "psk": psk.hex(),
        "prologue": prologue.hex(),
        "randomness": rng.given.hex(),
        "message_1": first.hex(),
        "message_2": second,
        "message_3": third.hex(),
        "h": ours.hash.hex(),
        "ck": ours.chaining_key.hex(),
        "rekeyed_to_responder": send.encrypt(b"", b"rekeyed").hex(),
        "rekeyed_to_initiator": receive.encrypt(b"", b"rekeyed").hex(),
    }


def _answer(bob: Identity, first: bytes) -> bytes:
    psk, prologue = knock_key(bob.onion.public, bob.id_commit), b"chattor/1" + bob.onion.public
    rng = dice("chattor/1 handshake R")
    theirs = Handshake(HYBRID_XX, initiator=False, prologue=prologue, static=bob.dh, psk=psk, rng=rng)
    theirs.read_message(first)
    return theirs.write_message(bytes(336))


def session(_: Section) -> Section:
    """The key schedule of a link (§3 continuity, §4)."""
    ck, h, secret = (dice(f"chattor/1 session {name}")(32) for name in ("ck", "h", "secret"))
    sk = session_key(ck, h, secret)
    keys = ratchet_keys(sk)
    return {
        "ck": ck.hex(),
        "h": h.hex(),
        "secret": secret.hex(),
        "hint": hint(secret, h).hex(),
        "sk": sk.hex(),
        "sk_without_secret": session_key(ck, h, None).hex(),
        "next_secret": next_secret(sk).hex(),
        "confirm_initiator": confirm(sk, Role.INITIATOR).hex(),
        "confirm_responder": confirm(sk, Role.RESPONDER).hex(),
        "ratchet_root": keys.root.hex(),
        "ratchet_header_initiator": keys.header_initiator.hex(),
        "ratchet_header_responder": keys.header_responder.hex(),
    }


def ratchet(_: Section) -> Section:
    """A conversation through the ratchet (§4): the initiator speaks first, both turn, in order."""
    rngs = {"I": Told("chattor/1 ratchet I"), "R": Told("chattor/1 ratchet R")}
    sk, ad, seed = (dice(f"chattor/1 ratchet {name}")(size) for name, size in (("sk", 32), ("ad", 96), ("key", 32)))
    own = DhKey(seed)
    sides = {
        "I": Ratchet.initiator(ratchet_keys(sk), own.public, ad, rngs["I"], max_skip=0),
        "R": Ratchet.responder(ratchet_keys(sk), own, ad, rngs["R"], max_skip=0),
    }
    messages = []
    for number, speaker in enumerate("IIRIRRIIRR"):
        text = f"message {number}"
        wire = sides[speaker].encrypt(text.encode())
        sides["R" if speaker == "I" else "I"].decrypt(wire)
        messages.append({"from": speaker, "text": text, "wire": wire.hex()})
    return {
        "sk": sk.hex(),
        "ad": ad.hex(),
        "responder_key": seed.hex(),
        "randomness_initiator": rngs["I"].given.hex(),
        "randomness_responder": rngs["R"].given.hex(),
        "messages": messages,
    }


def safety(_: Section) -> Section:
    """The safety number of two identities (§6)."""
    sides = [(one.sig.public, one.dh.public) for one in (_identity("alice"), _identity("bob"))]
    return {
        "one": {"ik_sig": sides[0][0].hex(), "ik_dh": sides[0][1].hex()},
        "other": {"ik_sig": sides[1][0].hex(), "ik_dh": sides[1][1].hex()},
        "number": safety_number(*sides),
    }


def keyfile(_: Section) -> Section:
    """A keyfile (§8), at the lowest cost that is read."""
    rng = Told("chattor/1 keyfile")
    data_key, words = dice("chattor/1 data key")(32), "correct horse battery"
    cost = Cost(memory_kib=64 * 1024, passes=1, lanes=1)
    sealed = passphrase.seal(data_key, words, rng, cost)
    return {
        "passphrase": words,
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "randomness": rng.given.hex(),
        "keyfile": sealed.hex(),
        "data_key": data_key.hex(),
    }


def channel(_: Section) -> Section:
    """A channel's id, a signed post of it, and the retraction of that post (§7)."""
    key = _identity("alice").sig
    public = channel_id(key.public, "public")
    made = Post(
        public, 3, 1 << 61, 1, NO_POST, 1_700_000_000_000, 0, PostKind.TEXT, b"", b"", body_of(b"s" * 16, "été")
    )
    text = sign(key, made)
    named = post_id(key.public, text)
    retraction = sign(key, replace(made, seq=2, prev=named, kind=PostKind.RETRACTION, body=named))
    return {
        "ik_sig": key.public.hex(),
        "channel_id": public.hex(),
        "signed_bytes": signed_bytes(key.public, text).hex(),
        "post_id": named.hex(),
        "post": encode(text)[1].hex(),
        "retraction": encode(retraction)[1].hex(),
    }


def channel_succession(_: Section) -> Section:
    """The last post of a channel whose owner became another identity (§7)."""
    old, new = _identity("alice"), _identity("alice anew")
    heir = certificate.issue(new, epoch=4, created_ms=1_700_000_000_000).raw
    body = heir + new.sig.sign(succession(old.id_commit, heir))
    named = channel_id(old.sig.public, "public")
    made = Post(named, 3, 1 << 61, 3, b"p" * 32, 1_700_000_000_000, 0, PostKind.SUCCESSION, b"", b"", body)
    last = sign(old.sig, made)
    return {
        "ik_sig": old.sig.public.hex(),
        "id_commit": old.id_commit.hex(),
        "successor_certificate": heir.hex(),
        "post_id": post_id(old.sig.public, last).hex(),
        "post": encode(last)[1].hex(),
    }


def guest(_: Section) -> Section:
    """By what alice enters the onion of bob while only friends may (§6); bob makes the same key."""
    alice, bob = _identity("alice"), _identity("bob")
    key = onion_auth(bob.dh, alice.dh.public, bob.onion.public)
    return {
        "ik_dh_guest": alice.dh.seed.hex(),
        "ik_dh_host": bob.dh.seed.hex(),
        "onion_pk": bob.onion.public.hex(),
        "secret": onion_auth(alice.dh, bob.dh.public, bob.onion.public).seed.hex(),
        "public": key.public.hex(),
    }


_ELSEWHERE = (*known_wire.SECTIONS, known_link.link)
SECTIONS: dict[str, Callable[[Section], Section]] = {
    make.__name__: make
    for make in (
        identity,
        kem,
        handshake,
        session,
        ratchet,
        safety,
        keyfile,
        channel,
        channel_succession,
        guest,
        *_ELSEWHERE,
    )
}


def main() -> None:
    """Add what is missing."""
    recorded = known()
    for name, make in SECTIONS.items():
        recorded.setdefault(name, make({}))
    FILE.write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main()
