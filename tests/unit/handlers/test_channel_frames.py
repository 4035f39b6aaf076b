"""Frames about channels from the wrong people, and wrong frames from the right ones: nothing of them is kept."""

import pytest
from msgspec.structs import replace

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity
from chattor.errors import ProtocolViolation, RemoteError
from chattor.handlers import (
    channel_frames,
    channels,
    fetching,
    following,
    friends,
    presence,
    publishing,
    router,
    visiting,
)
from chattor.handlers.channel_frames import News
from chattor.handlers.channels import Subscribe
from chattor.handlers.context import Ctx
from chattor.handlers.publishing import Publish
from chattor.handlers.router import Outcome, Peer
from chattor.model.channel import Access as Reach
from chattor.protocol.channel_frames import Access, ChannelList, Channels, Listing, Post, Posts, Seen, Sync, Unsubscribe
from chattor.protocol.channels import NO_POST, PostKind, body_of, channel_id, post_id, sign
from chattor.protocol.frames import Done, Frame, Msg, Remove, Request
from chattor.protocol.friend_code import FriendCode
from chattor.protocol.limits import CHANNELS_MAX, SYNC_BYTES, SYNC_POSTS, SYNCS_AT_ONCE
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx
from tests.support.desk import FRIEND, Desk
from tests.support.dice import dice

STRANGER = Identity.generate(dice("stranger"))
EVE = Identity.generate(dice("eve"))
OTHER = 2
"""The number of a second friend."""
ID = channel_id(STRANGER.sig.public, "public")


def _post(owner: Identity, text: str = "hello", seq: int = 1, prev: bytes = NO_POST, name: str = "public") -> Post:
    body = body_of(b"s" * 16, text)
    bare = Post(channel_id(owner.sig.public, name), 1, 7, seq, prev, 1_000, 0, PostKind.TEXT, b"", b"", body)
    return sign(owner.sig, bare)


ASKED: list[Frame] = [Channels(), Sync(ID, 0, 0, NO_POST)]
TOLD: list[Frame] = [
    ChannelList([Listing("news", Access.PUBLIC)]),
    _post(STRANGER),
    Posts(ID, 0, 0, NO_POST, 0, NO_POST),
]
SAID: list[Frame] = [Unsubscribe(ID)]
OTHERS: list[Frame] = [Request(b"1" * 16, "Eve"), Msg(1, b"m" * 16, NO_POST, b"r" * 40)]


def _name(frame: Frame) -> str:
    return type(frame).__name__


def _certificate(identity: Identity) -> Certificate:
    return issue(identity, epoch=1, created_ms=0)


def _say(desk: Desk, *frames: Frame, by: Identity, friend: int | None = FRIEND) -> Outcome:
    return desk.act(router.dispatch, Peer(_certificate(by), friend, 1), frames)


def _follow(tx: Tx, ctx: Ctx, friend: int) -> None:
    row = tx.friends.get(friend)
    assert isinstance(row, FriendRow)
    following.follow(tx, ctx, row)
    fetching.begin_with_friend(tx, ctx, friend, frozenset())


def _texts(desk: Desk, channel: str) -> list[str | None]:
    return [post.text for post in desk.act(channels.feed, channel, 100)][::-1]


def _publish(desk: Desk, text: str = "hello", channel: str = "public") -> None:
    desk.act(publishing.publish, Publish(channel=channel, text=text))


def _ask(desk: Desk, name: str, *, friend: bool) -> list[Frame]:
    sync = Sync(channel_id(desk.own.identity.sig.public, name), 0, 0, NO_POST)
    return desk.act(publishing.answer, sync, friend=friend).frames


@pytest.mark.parametrize("frame", [*ASKED, *TOLD, *SAID], ids=_name)
def test_input_11_somebody_on_a_link_for_requests_is_refused(desk: Desk, frame: Frame) -> None:
    before = desk.everything()
    with pytest.raises(ProtocolViolation):
        _say(desk, frame, by=STRANGER, friend=None)
    assert desk.everything() == before


@pytest.mark.parametrize("frame", [*ASKED, *TOLD, *SAID], ids=_name)
def test_input_11_whoever_left_a_request_gets_no_answer(desk: Desk, frame: Frame) -> None:
    asked = _say(desk, Request(b"1" * 16, "Eve"), by=STRANGER, friend=None).friend
    before = desk.everything()

    outcome = _say(desk, frame, by=STRANGER, friend=asked)

    assert (outcome.news, desk.everything()) == (News(), before)


@pytest.mark.parametrize("frame", [*TOLD, *SAID, *OTHERS], ids=_name)
def test_input_11_a_reader_may_ask_and_nothing_else(desk: Desk, frame: Frame) -> None:
    before = desk.everything()
    with pytest.raises(ProtocolViolation):
        desk.act(channel_frames.serve_stranger, [frame])
    assert desk.everything() == before


@pytest.mark.parametrize("frame", [*ASKED, *SAID, *OTHERS], ids=_name)
def test_input_11_an_owner_may_answer_and_nothing_else(desk: Desk, frame: Frame) -> None:
    code = FriendCode(STRANGER.onion.public, STRANGER.id_commit).encode()
    desk.act(channels.subscribe, Subscribe(code=code))
    before = desk.everything()
    with pytest.raises(ProtocolViolation):
        desk.act(channel_frames.take_visit, 1, STRANGER.sig.public, [frame])
    assert desk.everything() == before


def test_a_stranger_who_asks_changes_nothing_and_learns_nothing_of_what_is_for_friends(desk: Desk) -> None:
    _publish(desk, "among us", "friends")
    desk.act(channels.create, "walks", Reach.FRIENDS)
    before = desk.everything()

    news = desk.act(channel_frames.serve_stranger, [Channels()])

    assert news.answers == [ChannelList([Listing("public", Access.PUBLIC)])]
    for name in ("friends", "walks", "no such channel"):
        (end,) = _ask(desk, name, friend=False)
        assert isinstance(end, Posts)
        assert replace(end, channel=b"") == Posts(b"", 0, 0, NO_POST, 0, NO_POST)
    assert len(_ask(desk, "friends", friend=True)) == 2
    assert desk.everything() == before


def test_a_friend_who_asks_a_hundred_times_at_once_is_answered_a_few_times(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    _publish(alice)
    question = Sync(channel_id(alice.own.identity.sig.public, "public"), 0, 0, NO_POST)

    outcome = _say(alice, *[question] * 100, by=bob.own.identity)

    assert [_name(frame) for frame in outcome.news.answers] == ["Post", "Posts"] * SYNCS_AT_ONCE


def test_whoever_ends_the_friendship_in_the_same_breath_is_told_and_asked_no_more(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    peer = Peer(issue(bob.own.identity, epoch=1, created_ms=0), FRIEND, 1)
    assert alice.act(router.dispatch, peer, [Channels()]).news.answers

    outcome = alice.act(router.dispatch, peer, [Channels(), Remove(b"r" * 16)])

    assert outcome.answers == [Done(b"r" * 16)]
    assert outcome.news == News()


def test_two_identities_with_one_signature_key_are_two_owners(desk: Desk) -> None:
    twin = Identity(onion=STRANGER.onion, sig=EVE.sig, dh=STRANGER.dh)
    for number, owner in enumerate((EVE, twin), start=OTHER):
        desk.befriend(owner)
        desk.act(_follow, number)
        _say(desk, _post(owner, f"from {number}"), by=owner, friend=number)

    assert [_texts(desk, name) for name in ("c5", "c3")] == [["from 3"], ["from 2"]]


def test_who_is_no_friend_any_more_is_read_at_his_last_address(desk: Desk) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    desk.act(lambda tx, _: tx.friends.update(OTHER, onion_pk=STRANGER.onion.public))

    desk.act(friends.remove, f"f{OTHER}", keep_history=True)
    desk.act(channels.subscribe, Subscribe(code=FriendCode(STRANGER.onion.public, EVE.id_commit).encode()))

    owner = desk.act(lambda tx, _: tx.channels.publisher_by_commit(EVE.id_commit))
    assert owner is not None
    assert desk.act(visiting.plan, owner.id).target.onion_pk == STRANGER.onion.public


def test_one_friend_cannot_speak_for_another(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    bob.befriend(EVE)
    for friend in (FRIEND, OTHER):
        bob.act(_follow, friend)
    _publish(alice)
    post, end = _ask(alice, "public", friend=True)
    before = bob.everything()

    _say(bob, post, end, Unsubscribe(post.channel if isinstance(post, Post) else b""), by=EVE, friend=OTHER)

    assert bob.everything() == before
    _say(bob, post, end, by=alice.own.identity)
    assert _texts(bob, "c3") == ["hello"]


def test_what_one_friend_has_read_is_told_by_nobody_else(desk: Desk) -> None:
    alice = desk
    alice.befriend(EVE)
    _publish(alice)
    _publish(alice, "among us", "friends")
    (first,) = (row for row in _ask(alice, "public", friend=True) if isinstance(row, Post))
    named = post_id(alice.own.identity.sig.public, first)

    for _ in range(3):
        alice.act(presence.hear, OTHER, [Seen(first.channel, named)])
    alice.act(presence.hear, FRIEND, [Seen(first.channel, b"x" * 32), Seen(b"x" * 32, named)])

    assert [post.seen_by for post in alice.act(channels.feed, "public", 10)] == [1]


@pytest.mark.parametrize(
    "forged",
    [
        replace(_post(EVE), signature=bytes(64)),
        replace(_post(EVE), body=body_of(b"s" * 16, "hallo")),
        replace(_post(EVE), seq=9),
        replace(_post(STRANGER), channel=_post(EVE).channel),
        sign(EVE.sig, replace(_post(EVE), expires_ms=1)),
        sign(EVE.sig, replace(_post(EVE), body=b"s" * 16 + b"\xff")),
        Posts(_post(EVE).channel, 0, 0, NO_POST, 2, NO_POST),
    ],
    ids=["signature", "body", "number", "signer", "expires before it began", "not UTF-8", "more than yes and no"],
)
def test_input_49_a_forged_post_is_not_kept_and_nothing_of_its_batch(desk: Desk, forged: Frame) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    before = desk.everything()

    with pytest.raises(RemoteError):
        _say(desk, _post(EVE, "before it"), forged, by=EVE, friend=OTHER)

    assert desk.everything() == before


def test_input_49_a_post_in_a_channel_we_do_not_read_is_not_kept(desk: Desk) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    before = desk.everything()

    _say(desk, _post(EVE, name="elsewhere"), by=EVE, friend=OTHER)

    assert desk.everything() == before


def test_input_49_a_number_used_twice_keeps_both_and_alarms_once(desk: Desk) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    one, two, three = _post(EVE, "one"), _post(EVE, "two"), _post(EVE, "three")

    _say(desk, one, two, one, three, two, by=EVE, friend=OTHER)

    assert sorted(filter(None, _texts(desk, "c3"))) == ["one", "three", "two"]
    assert all(post.contradicted for post in desk.act(channels.feed, "c3", 10))
    events = desk.act(lambda tx, ctx: [row.event for row in tx.events.after(0, 100)])
    assert events.count(Happened.IDENTITY_ALARM) == 1


def test_input_50_a_retraction_of_anothers_post_does_nothing(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    bob.befriend(EVE)
    for friend in (FRIEND, OTHER):
        bob.act(_follow, friend)
    _publish(alice)
    (post,) = (frame for frame in _ask(alice, "public", friend=True) if isinstance(frame, Post))
    _say(bob, post, by=alice.own.identity)
    target = post_id(alice.own.identity.sig.public, post)

    _say(bob, sign(EVE.sig, replace(_post(EVE), kind=PostKind.RETRACTION, body=target)), by=EVE, friend=OTHER)

    assert _texts(bob, "c3") == ["hello"]


def test_a_retraction_holds_though_the_post_comes_after_it(desk: Desk) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    post = _post(EVE)
    target = post_id(EVE.sig.public, post)
    retraction = sign(EVE.sig, replace(post, seq=2, prev=target, kind=PostKind.RETRACTION, body=target))

    _say(desk, retraction, post, by=EVE, friend=OTHER)

    assert _texts(desk, "c3") == [None]


def test_an_owner_who_offers_ever_new_channels_fills_no_more_than_a_list(desk: Desk) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    _say(desk, ChannelList([]), by=EVE, friend=OTHER)
    for round_ in range(3):
        offered = [Listing(f"channel {round_} {number}", Access.PUBLIC) for number in range(CHANNELS_MAX)]
        _say(desk, ChannelList(offered), by=EVE, friend=OTHER)

    assert desk.act(lambda tx, ctx: len(tx.channels.of(1))) == CHANNELS_MAX


def test_a_name_that_may_not_be_shown_is_not_kept(desk: Desk) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    names = ["\x1b]52;c;x\a", "a\u202eb", "", " ", "two  spaces"]

    _say(desk, ChannelList([Listing(name, Access.PUBLIC) for name in names]), by=EVE, friend=OTHER)

    assert desk.act(lambda tx, ctx: [row.name for row in tx.channels.of(1)]) == ["public", "friends"]


def test_an_answer_is_bounded_in_posts_and_in_bytes(desk: Desk) -> None:
    for number in range(SYNC_POSTS + 1):
        _publish(desk, str(number))
    *posts, end = _ask(desk, "public", friend=False)
    assert (len(posts), isinstance(end, Posts) and end.more) == (SYNC_POSTS, 1)

    for _ in range(SYNC_POSTS):
        _publish(desk, "x" * 15_000, "friends")
    *posts, end = _ask(desk, "friends", friend=True)
    assert sum(len(post.body) for post in posts if isinstance(post, Post)) <= SYNC_BYTES + 16 * SYNC_POSTS
    assert isinstance(end, Posts)
    assert end.more == 1


def test_a_post_whose_time_is_over_loses_its_text(desk: Desk) -> None:
    desk.befriend(EVE)
    desk.act(_follow, OTHER)
    _say(desk, sign(EVE.sig, replace(_post(EVE), expires_ms=desk.now + 1_000)), by=EVE, friend=OTHER)
    assert _texts(desk, "c3") == ["hello"]

    desk.now += 1_000
    desk.act(fetching.expire)

    assert _texts(desk, "c3") == [None]


def test_a_reader_who_invents_a_post_of_ours_moves_no_number(desk: Desk) -> None:
    _publish(desk)
    (row,) = desk.act(lambda tx, ctx: [row for row in tx.channels.own() if row.seq])

    desk.act(publishing.answer, Sync(row.channel_id or b"", row.incarnation, 1 << 61, b"x" * 32), friend=False)
    _publish(desk, "again")

    assert [post.seq for post in desk.act(channels.feed, "public", 10)] == [2, 1]
