"""Everybody else: real keys that follow from a name, and the frames their owner would send."""

from functools import cache
from random import Random
from typing import Final

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity, id_commit
from chattor.protocol.channel_frames import Post
from chattor.protocol.channels import NO_POST, PostKind, body_of, channel_id, post_id, sign
from chattor.protocol.content import Text, encode_text
from chattor.protocol.frames import Ack, Done, Frame, Msg, Tombstone
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.stream import SALT_SIZE, Kind, Position, Rest, direction, extend, rest_hash

_BY_COMMIT: Final[dict[bytes, "Peer"]] = {}


class Peer:
    """Somebody at the other end of a link. He keeps nothing: where the streams stand, the node's store knows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.identity = Identity.generate(Random(f"the keys of {name}").randbytes)
        self.certificate: Certificate = issue(self.identity, epoch=1, created_ms=0)
        self.code = FriendCode(self.identity.onion.public, self.commit).encode()

    @property
    def commit(self) -> bytes:
        """What a friend code promises of the identity."""
        return id_commit(self.identity.sig.public, self.identity.dh.public)

    def say(self, texts: tuple[str, ...], to: Identity, after: Position, now: int, reply_to: bytes | None) -> list[Msg]:
        """Texts for the owner of an identity, who has everything up to `after`."""
        way, dice = direction(self.identity.sig.public, to.sig.public), Random(f"{self.name} {after.seq}").randbytes
        items: list[Msg] = []
        for text in texts:
            body = encode_text(Text(text, reply_to))
            rest = Rest(salt=dice(SALT_SIZE), kind=Kind.TEXT, sent_ms=now, ttl=0, body=body).encode()
            items.append(Msg(seq=after.seq + 1, msg_id=dice(16), prev=after.hash, rest=rest))
            after = extend(way, after, items[-1].msg_id, rest_hash(rest))
        return items

    def post(self, channel: str, texts: tuple[str, ...], now: int, missing: int = 0) -> list[Post]:
        """The first posts of a channel of his, but `missing` ones after the first."""
        key, prev = self.identity.sig, NO_POST
        made: list[Post] = []
        for seq, text in enumerate((texts[0], *["lost"] * missing, *texts[1:]), 1):
            blank = Post(
                channel=channel_id(key.public, channel), epoch=1, incarnation=1, seq=seq, prev=prev, created_ms=now,
                expires_ms=0, kind=PostKind.TEXT, body_hash=b"", signature=b"", body=body_of(bytes(SALT_SIZE), text),
            )  # fmt: skip
            made.append(sign(key, blank))
            prev = post_id(key.public, made[-1])
        return [made[0], *made[missing + 1 :]]

    def answer(self, frames: tuple[Frame, ...], to: Identity) -> list[Frame]:
        """What he says once he committed what came: DONE for each operation, one ACK for the stream."""
        way = direction(to.sig.public, self.identity.sig.public)
        answers: list[Frame] = [Done(op_id=op_id) for frame in frames if (op_id := getattr(frame, "op_id", None))]
        items = [frame for frame in frames if isinstance(frame, Msg | Tombstone)]
        if items:
            last = items[-1]
            digest = rest_hash(last.rest) if isinstance(last, Msg) else last.rest_hash
            high = extend(way, Position(last.seq - 1, last.prev), last.msg_id, digest)
            answers.append(Ack(r_high=high.seq, r_hash=high.hash))
        return answers


@cache
def peer(name: str) -> Peer:
    """The one of this name."""
    found = Peer(name)
    _BY_COMMIT[found.commit] = found
    return found


def peer_of(commit: bytes) -> Peer:
    """The one with this identity, whose name was mentioned before."""
    return _BY_COMMIT[commit]


def code_of(name: str) -> str:
    """Somebody's friend code."""
    return peer(name).code
