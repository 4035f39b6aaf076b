"""Known answers of what stands on the wire or in files beyond keys: codes, frames, records, streams, backups.

Sections of data/chattor-1.json as in `known_answers`, which adds them.
"""

from typing import Any

from chattor.crypto import certificate, passphrase
from chattor.crypto.backup import Head, Opener, Sealer
from chattor.crypto.cost import Cost
from chattor.crypto.keys import Identity
from chattor.model.activity import Activity, Doing
from chattor.protocol import content, records, stream
from chattor.protocol.channel_frames import Access, ChannelList, Channels, Listing, Post, Posts, Seen, Sync, Unsubscribe
from chattor.protocol.frames import (
    Accept,
    Ack,
    Being,
    Bye,
    Done,
    Frame,
    Hello,
    Msg,
    Ping,
    Pong,
    Presence,
    Profile,
    Read,
    Ready,
    Reject,
    Remove,
    Request,
    Rotate,
    Sign,
    Tombstone,
    encode,
)
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.pins import succession
from chattor.protocol.presence import status
from chattor.protocol.stream import START, Kind, Rest
from tests.support.dice import dice

Section = dict[str, Any]


def _bytes(name: str, size: int) -> bytes:
    return dice(f"chattor/1 {name}")(size)


def friend_code(_: Section) -> Section:
    """A friend code and its link (§2)."""
    us = Identity.generate(dice("chattor/1 alice"))
    code = FriendCode(us.onion.public, us.id_commit)
    return {
        "onion_pk": us.onion.public.hex(),
        "id_commit": us.id_commit.hex(),
        "code": code.encode(),
        "uri": code.uri(),
    }


def frames(_: Section) -> Section:
    """One frame of every type there was at first: its number and its body (§4 to §7)."""
    return {type(frame).__name__: _encoded(frame) for frame in _first()}


def whispers(_: Section) -> Section:
    """What friends say of themselves since: what they do, and what they are (§5)."""
    activity = Activity(state=Doing.WORKING, words="reading 二本松")
    said: dict[str, Frame] = {
        "idle": Presence(Sign.ONLINE, status(Activity(state=Doing.IDLE))),
        "working": Presence(Sign.ONLINE, status(activity)),
        "person": Profile(Being.PERSON),
        "agent": Profile(Being.AGENT, ("search", "translate.fr")),
    }
    return {name: _encoded(frame) for name, frame in said.items()}


def _encoded(frame: Frame) -> Section:
    kind, body = encode(frame)
    return {"type": int(kind), "body": body.hex()}


def _first() -> tuple[Frame, ...]:
    op, msg, one, two = _bytes("op", 16), _bytes("msg", 16), _bytes("hash", 32), _bytes("other hash", 32)
    us = Identity.generate(dice("chattor/1 alice"))
    shown = certificate.issue(us, epoch=3, created_ms=1_700_000_000_000)
    return (
        Hello(version=1, capabilities=0, r_high=1 << 40, r_hash=one, choice=2, confirm=two),
        Ping(),
        Pong(),
        Bye(),
        Ready(),
        Ack(r_high=7, r_hash=one),
        Done(op_id=op),
        Request(op_id=op, name="Ælfgifu", note="we met in 二本松"),
        Accept(op_id=op, name="Ada"),
        Reject(op_id=op),
        Remove(op_id=op),
        Rotate(op_id=op, certificate=shown.raw, signature=_bytes("signature", 64), consent=_bytes("consent", 64)),
        Msg(seq=8, msg_id=msg, prev=one, rest=b"rest"),
        Tombstone(seq=9, msg_id=msg, prev=one, rest_hash=two),
        Unsubscribe(channel=one),
        Channels(),
        ChannelList([Listing("public", Access.PUBLIC), Listing("friends", Access.FRIENDS)]),
        Sync(channel=one, incarnation=1 << 61, seq=5, post_id=two),
        Post(one, 3, 1 << 61, 6, two, 1_700_000_000_000, 0, 1, one, _bytes("signature", 64), b"salt and text"),
        Posts(channel=one, incarnation=1 << 61, seq=6, post_id=two, more=1, oldest=one),
        Seen(channel=one, post_id=two),
        Read(msg_id=msg),
        Presence(Sign.TYPING, "idle"),
    )


def record(_: Section) -> Section:
    """How frames are packed into the payloads of records (§4)."""
    queue = [(0x20, bytes([size % 251]) * size) for size in (10, 900, 16_000, 5_000, 5_000)]
    return {
        "frames": [{"type": kind, "size": len(body)} for kind, body in queue],
        "payloads": [{"size": len(one), "head": one[:8].hex()} for one in records.pack(queue)],
    }


def chain(_: Section) -> Section:
    """One message of each kind: its exact bytes, and the positions of the chain over them (§5)."""
    target, salt = _bytes("msg", 16), _bytes("salt", stream.SALT_SIZE)
    bodies = {
        Kind.TEXT: content.encode_text(content.Text("hello, wörld", target)),
        Kind.EDIT: content.EDIT.encode(content.Edit(target, "hello")),
        Kind.DELETE: content.DELETE.encode(content.Delete(target)),
        Kind.REACTION: content.REACTION.encode(content.Reaction(target, "👍")),
        Kind.TIMER: content.TIMER.encode(content.Timer(3600, 4)),
    }
    way, at, told = stream.direction(_bytes("one", 32), _bytes("other", 32)), START, []
    for kind, body in bodies.items():
        rest = Rest(salt=salt, kind=kind, sent_ms=1_700_000_000_000, ttl=60, body=body).encode()
        msg_id = _bytes(f"message {kind}", 16)
        at = stream.extend(way, at, msg_id, stream.rest_hash(rest))
        told.append(
            {"kind": kind.name, "rest": rest.hex(), "msg_id": msg_id.hex(), "seq": at.seq, "hash": at.hash.hex()}
        )
    return {"way": way.hex(), "messages": told}


def rotation(_: Section) -> Section:
    """What the identity that is left and the one that follows both sign (§6)."""
    old, new = (Identity.generate(dice(f"chattor/1 {name}")) for name in ("alice", "alice anew"))
    raw = certificate.issue(new, epoch=4, created_ms=1_700_000_000_000).raw
    signed = succession(old.id_commit, raw)
    return {
        "ik_sig": old.sig.public.hex(),
        "signed": signed.hex(),
        "signature": old.sig.sign(signed).hex(),
        "consent": new.sig.sign(signed).hex(),
    }


def backup(recorded: Section) -> Section:
    """A backup's head and its one chunk (§9); libsodium draws the nonce, so it is recorded, and read again."""
    data_key, text = _bytes("data key", 32), b"pages of a store"
    keyfile = passphrase.seal(data_key, "correct horse battery", dice("chattor/1 backup"), _CHEAP)
    head = Head(_bytes("backup salt", 32), keyfile)
    sealer = Sealer(head, data_key)
    header = recorded.get("header") or sealer.header.hex()
    chunk = recorded.get("chunk") or sealer.seal(text, last=True).hex()
    opener = Opener(head, bytes.fromhex(header), data_key)
    opened = opener.open(bytes.fromhex(chunk))
    return {
        "data_key": data_key.hex(),
        "head": head.encode().hex(),
        "header": header,
        "chunk": chunk,
        "text": opened.decode(),
        "ended": opener.ended,
    }


_CHEAP = Cost(memory_kib=64 * 1024, passes=1, lanes=1)

SECTIONS = (friend_code, frames, whispers, record, chain, rotation, backup)
