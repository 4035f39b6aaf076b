"""The known answer of a whole link (§3 to §5): every byte the initiator says to a responder who is recorded.

What the parts of a link answer is frozen elsewhere; this holds together how they are put together: what is hashed,
bound and proved with what, and in which order it is said. Sections as in `known_answers`, which adds them.
"""

from typing import Any

from chattor.crypto.certificate import issue
from chattor.crypto.keys import Identity
from chattor.protocol.frames import Ack, Msg
from chattor.protocol.link import Greeted, Greeting, Link, Purpose, ReplayWindow, Target
from tests.support.dice import dice

Section = dict[str, Any]


def link(recorded: Section) -> Section:
    """Alice dials Bob, whose store shares only her previous continuity secret; then she says something."""
    alice, bob = (Identity.generate(dice(f"chattor/1 {name}")) for name in ("alice", "bob"))
    shown, expected = (issue(one, epoch=3, created_ms=1_700_000_000_000) for one in (alice, bob))
    cur, prev, hash_ = (dice(f"chattor/1 link {name}")(32) for name in ("cur", "prev", "hash"))
    ours = Link.initiate(
        identity=alice, certificate=shown, target=Target(expected.onion_pk, expected.id_commit),
        purpose=Purpose.FRIEND, cur=cur, prev=prev, rng=dice("chattor/1 link I"), now=0.0,
    )  # fmt: skip
    theirs = Link.respond(
        identity=bob, certificate=expected, rng=dice("chattor/1 link R"), now=0.0, replays=ReplayWindow()
    )
    message_1 = ours.data_to_send()
    message_2 = recorded.get("message_2") or _answer(theirs, message_1).hex()
    ours.receive(bytes.fromhex(message_2), 0.0)
    message_3 = ours.data_to_send()
    their_hello = recorded.get("hello_responder") or _greet(theirs, message_3, prev, hash_).hex()
    (greeted,) = ours.receive(bytes.fromhex(their_hello), 0.0)
    assert isinstance(greeted, Greeted)
    ours.greet(Greeting(r_high=7, r_hash=hash_))
    hello = ours.data_to_send()
    ours.send([Ack(r_high=5, r_hash=hash_), Msg(seq=6, msg_id=hash_[:16], prev=hash_, rest=b"salt and text")])
    return {
        "cur": cur.hex(),
        "prev": prev.hex(),
        "message_1": message_1.hex(),
        "message_2": message_2,
        "message_3": message_3.hex(),
        "hello_responder": their_hello,
        "next_secret": greeted.continuity.next.hex(),
        "hello_initiator": hello.hex(),
        "said": ours.data_to_send().hex(),
    }


def _answer(theirs: Link, message_1: bytes) -> bytes:
    theirs.receive(message_1, 0.0)
    return theirs.data_to_send()


def _greet(theirs: Link, message_3: bytes, secret: bytes, hash_: bytes) -> bytes:
    theirs.receive(message_3, 0.0)
    theirs.greet(Greeting(r_high=5, r_hash=hash_, cur=secret))
    return theirs.data_to_send()
