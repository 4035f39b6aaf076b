"""The last post of a channel: what both keys did not sign is not kept, and whom readers follow (protocol §7)."""

import pytest
from msgspec.structs import replace

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity
from chattor.errors import RemoteError
from chattor.handlers import channel_frames, channels, fetching, friends, publishing, rotation, visiting
from chattor.handlers.channels import Subscribe
from chattor.protocol.channel_frames import Post, Posts, Sync
from chattor.protocol.channels import NO_POST, PostKind, channel_id, post_id, sign
from chattor.protocol.frames import Frame
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.pins import succession
from chattor.store.repos.channels import PublisherRow
from tests.support.desk import Desk
from tests.support.dice import dice

OWNER, HEIR, EVE = (Identity.generate(dice(name)) for name in ("owner", "heir", "eve"))
ID = channel_id(OWNER.sig.public, "public")
CERTIFICATE = issue(HEIR, epoch=2, created_ms=0)


def _code(identity: Identity) -> str:
    return FriendCode(identity.onion.public, identity.id_commit).encode()


def _last(by: Certificate = CERTIFICATE, agreed: Identity = HEIR, former: Identity = OWNER, more: bytes = b"") -> Post:
    """The last post of OWNER's channel as a liar may have it."""
    body = by.raw + agreed.sig.sign(succession(former.id_commit, by.raw)) + more
    return sign(OWNER.sig, Post(ID, 1, 7, 1, NO_POST, 1_000, 0, PostKind.SUCCESSION, b"", b"", body))


def _reads(desk: Desk, owner: Identity = OWNER) -> int:
    """Subscribe to a stranger's public channel and prove his certificate, as a visit does; his number."""
    desk.act(channels.subscribe, Subscribe(code=_code(owner)))
    row = _publisher(desk, owner)
    assert row is not None
    desk.act(visiting.prove, row.id, issue(owner, epoch=1, created_ms=0))
    desk.act(fetching.begin, row.id)
    return row.id


def _publisher(desk: Desk, owner: Identity) -> PublisherRow | None:
    return desk.act(lambda tx, ctx: tx.channels.publisher_by_commit(owner.id_commit))


def _refresh(desk: Desk) -> None:
    own = desk.act(lambda tx, ctx: tx.own.load())
    assert own is not None
    desk.own = own


def _hear(desk: Desk, number: int, *frames: Frame) -> None:
    desk.act(channel_frames.take_visit, number, OWNER.sig.public, frames)


def _end(post: Post) -> Posts:
    named = post_id(OWNER.sig.public, post)
    return Posts(ID, post.incarnation, post.seq, named, 0, named)


@pytest.mark.parametrize(
    "false",
    [
        _last(agreed=OWNER),
        _last(agreed=EVE),
        _last(former=EVE),
        _last(by=issue(HEIR, epoch=1, created_ms=0)),
        _last(by=issue(OWNER, epoch=2, created_ms=0), agreed=OWNER),
        _last(more=b"x"),
        sign(OWNER.sig, replace(_last(), body=CERTIFICATE.raw)),
        sign(OWNER.sig, replace(_last(), body=b"")),
        sign(OWNER.sig, replace(_last(), body=bytes(301))),
        replace(_last(), body=b""),
        replace(_last(), signature=HEIR.sig.sign(b"something else")),
    ],
    ids=[
        "the heir did not agree", "somebody else agreed", "he agreed to follow somebody else", "an old certificate",
        "himself", "too long", "without consent", "empty", "no certificate", "without a body", "the owner did not sign",
    ],
)  # fmt: skip
def test_what_both_did_not_sign_is_not_kept(desk: Desk, false: Post) -> None:
    number = _reads(desk)
    before = desk.everything()
    with pytest.raises(RemoteError):
        _hear(desk, number, false, _end(false))
    assert desk.everything() == before


def test_a_reader_follows_and_asks_the_heir_for_the_channel_of_that_name(desk: Desk) -> None:
    number = _reads(desk)
    _hear(desk, number, _last(), _end(_last()))

    plan = desk.act(visiting.plan, number)
    assert (plan.target.onion_pk, plan.target.id_commit) == (HEIR.onion.public, HEIR.id_commit)
    assert plan.target.pin is not None
    assert (plan.target.pin.ik_sig, plan.target.pin.epoch) == (HEIR.sig.public, 2)
    question = desk.act(fetching.begin, number)[-1]
    assert isinstance(question, Sync)
    assert question.channel == channel_id(HEIR.sig.public, "public")


def test_nobody_is_followed_to_somebody_who_is_read_already_or_blocked(desk: Desk) -> None:
    number, heir = _reads(desk), _reads(desk, HEIR)
    _hear(desk, number, _last(), _end(_last()))
    assert desk.act(visiting.plan, number).target.id_commit == OWNER.id_commit
    row = _publisher(desk, HEIR)
    assert row is not None
    assert row.id == heir

    channel = desk.act(lambda tx, ctx: tx.channels.of(heir)[0].id)
    desk.act(channels.unsubscribe, f"c{channel}")
    asked = desk.act(friends.add, friends.AddFriend(code=_code(HEIR), name="heir"))
    desk.act(friends.block, asked.id)
    _hear(desk, number, _end(_last()))
    assert desk.act(visiting.plan, number).target.id_commit == OWNER.id_commit

    desk.act(friends.unblock, asked.id)
    _hear(desk, number, _end(_last()))
    assert desk.act(visiting.plan, number).target.id_commit == HEIR.id_commit


def test_the_last_post_is_given_out_as_long_as_the_identity_is_answered(desk: Desk) -> None:
    named = channel_id(desk.own.identity.sig.public, "public")
    hidden = channel_id(desk.own.identity.sig.public, "friends")
    desk.act(rotation.rotate_identity)
    _refresh(desk)

    last, end = desk.act(publishing.answer, Sync(named, 0, 0, NO_POST), friend=False).frames
    assert isinstance(last, Post)
    assert isinstance(end, Posts)
    assert (last.kind, end.more, end.post_id) == (PostKind.SUCCESSION, 0, end.oldest)
    again = desk.act(publishing.answer, Sync(named, last.incarnation, last.seq, end.post_id), friend=False)
    assert (again.frames, again.follows) == ([end], False)
    nothing = Posts(hidden, 0, 0, NO_POST, 0, NO_POST)
    assert desk.act(publishing.answer, Sync(hidden, 0, 0, NO_POST), friend=False).frames == [nothing]
    assert len(desk.act(publishing.answer, Sync(hidden, 0, 0, NO_POST), friend=True).frames) == 2

    desk.act(lambda tx, ctx: tx.own.forget(1))
    _refresh(desk)
    nothing = Posts(named, 0, 0, NO_POST, 0, NO_POST)
    assert desk.act(publishing.answer, Sync(named, 0, 0, NO_POST), friend=False).frames == [nothing]
