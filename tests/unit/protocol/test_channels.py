"""Posts: what is signed, what is taken, and what a place in the chain says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chattor.crypto.keys import Identity, SigningKey
from chattor.errors import BadInput, BadSignature, ChattorError, PostTooLong, ProtocolViolation
from chattor.protocol import channels
from chattor.protocol.channel_frames import ChannelList, Channels, Post, Posts, Sync
from chattor.protocol.channels import NO_POST, Neighbours, Place, PostKind, Verdict, channel_id, gaps, judge, post_id
from chattor.protocol.limits import POST_MAX, SYNC_POSTS, SYNCS_A_ROUND
from chattor.protocol.pulls import Pulls
from tests.support.dice import dice

KEY = Identity.generate(dice("publisher")).sig
OTHER = Identity.generate(dice("somebody else")).sig
A, B, C = (bytes([number]) * 32 for number in (1, 2, 3))


def _post(text: str = "hello", key: SigningKey = KEY, **changes: Any) -> Post:
    post = Post(
        channel=channel_id(KEY.public, "public"),
        epoch=1,
        incarnation=7,
        seq=1,
        prev=NO_POST,
        created_ms=1_000,
        expires_ms=0,
        kind=PostKind.TEXT,
        body_hash=b"",
        signature=b"",
        body=channels.body_of(b"s" * 16, text),
    )
    return channels.sign(key, replace(post, **changes))


def test_what_the_owner_signed_is_taken_and_read() -> None:
    post = _post("grüße")

    channels.check(KEY.public, post)

    assert channels.read_body(post.body) == (b"s" * 16, "grüße")


def test_a_retracted_post_is_still_its_owners_without_its_body() -> None:
    post = _post()
    bare = replace(post, body=b"")

    channels.check(KEY.public, bare)

    assert post_id(KEY.public, bare) == post_id(KEY.public, post)


@pytest.mark.parametrize(
    "change",
    [
        {"channel": channel_id(KEY.public, "friends")},
        {"epoch": 2},
        {"incarnation": 8},
        {"seq": 2},
        {"prev": A},
        {"created_ms": 999},
        {"expires_ms": 2_000},
        {"kind": 3},
        {"body": channels.body_of(b"s" * 16, "hallo")},
        {"body": b"", "body_hash": A},
    ],
    ids=lambda change: "+".join(change),
)
def test_input_49_nothing_of_a_post_can_be_changed(change: dict[str, Any]) -> None:
    with pytest.raises((BadSignature, ProtocolViolation)):
        channels.check(KEY.public, replace(_post(), **change))


def test_input_49_a_signature_of_somebody_else_is_refused() -> None:
    with pytest.raises(BadSignature):
        channels.check(KEY.public, _post(key=OTHER))


@pytest.mark.parametrize(
    "change",
    [{"seq": 0}, {"expires_ms": 999}, {"kind": PostKind.RETRACTION}, {"kind": PostKind.RETRACTION, "body": b""}],
    ids=["no number", "expired before it was written", "retraction of half an id", "retraction of nothing"],
)
def test_input_49_a_post_that_makes_no_sense_is_refused_though_it_is_signed(change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolViolation):
        channels.check(KEY.public, _post(**change))


@pytest.mark.parametrize("body", [b"", b"s" * 16, b"s" * 16 + b"\xff", b"s" * 16 + b"x" * (POST_MAX + 1)])
def test_input_40_41_a_body_that_is_no_text_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        channels.read_body(body)


@pytest.mark.parametrize(
    ("text", "error"), [("", BadInput), (" \n", BadInput), ("a\0", BadInput), ("ä" * 7_501, PostTooLong)]
)
def test_what_may_not_be_posted_is_refused_here(text: str, error: type[ChattorError]) -> None:
    channels.check_text("ä" * 7_500)
    with pytest.raises(error):
        channels.check_text(text)


@pytest.mark.parametrize(
    ("held", "verdict"),
    [
        (Neighbours(), Verdict.NEW),
        (Neighbours(before={A}, claimed_by_next={B}), Verdict.NEW),
        (Neighbours(here={B}), Verdict.REPEAT),
        (Neighbours(here={B, C}, before={C}), Verdict.REPEAT),
        (Neighbours(here={C}), Verdict.CONTRADICTION),
        (Neighbours(before={C}), Verdict.CONTRADICTION),
        (Neighbours(claimed_by_next={C}), Verdict.CONTRADICTION),
        (Neighbours(before={A, C}), Verdict.NEW),
    ],
)
def test_a_second_history_is_noticed_from_any_side(held: Neighbours, verdict: Verdict) -> None:
    assert judge(B, A, held) is verdict


def _chain(*numbers: int, incarnation: int = 1) -> list[Place]:
    return [
        Place(incarnation=incarnation, seq=n, post_id=n.to_bytes(32, "big"), prev=(n - 1).to_bytes(32, "big"))
        for n in numbers
    ]


def test_a_whole_chain_has_no_gap_wherever_it_begins() -> None:
    assert gaps(_chain(1, 2, 3)) == gaps(_chain(7, 8, 9)) == [0, 0, 0]


def test_a_gap_is_counted_above_the_oldest_post_that_is_kept() -> None:
    assert gaps(_chain(3, 4, 7, 8)) == [0, 0, 2, 0]


def test_what_its_owner_no_longer_keeps_is_no_gap() -> None:
    first, later, last = _chain(1, 5, 6)
    start = Place(incarnation=later.incarnation, seq=later.seq, post_id=later.post_id, prev=later.prev, starts=True)
    assert gaps([first, start, last]) == [0, 0, 0]


def test_an_incarnation_goes_on_from_the_post_it_knows() -> None:
    before, (_, after) = _chain(1, 2), _chain(2, 3, incarnation=9)
    assert gaps([*before, after]) == [0, 0, 0]
    assert gaps([before[0], after]) == [0, 1]


@given(st.sets(st.integers(1, 60), min_size=1))
def test_the_gaps_are_exactly_what_is_missing(numbers: set[int]) -> None:
    kept = sorted(numbers)
    assert sum(gaps(_chain(*kept))) == kept[-1] - kept[0] + 1 - len(kept)


def test_only_what_was_asked_for_is_an_answer() -> None:
    pulls, post = Pulls(), _post()
    end = Posts(A, 0, 0, NO_POST, 0, NO_POST)
    assert pulls.excess([ChannelList([]), post, end]) == 3

    pulls.begin([Channels(), Sync(A, 0, 0, NO_POST)])

    assert pulls.excess([ChannelList([]), *[post] * SYNC_POSTS, end]) == 0
    assert pulls.excess([ChannelList([]), post, end]) == 3


def test_a_post_beyond_an_answer_was_not_asked_for() -> None:
    pulls = Pulls()
    pulls.begin([Sync(A, 0, 0, NO_POST)])
    assert pulls.excess([_post()] * (SYNC_POSTS + 2)) == 2


def test_an_owner_whose_answers_lead_nowhere_is_not_asked_for_ever() -> None:
    pulls = Pulls()
    pulls.begin([Sync(A, 0, 0, NO_POST)])

    assert not pulls.go_on(Sync(A, 0, 0, NO_POST))
    assert sum(pulls.go_on(Sync(A, 1, number, B)) for number in range(1, 1_000)) == SYNCS_A_ROUND - 1

    pulls.begin([Sync(A, 0, 0, NO_POST)])
    assert pulls.go_on(Sync(B, 0, 0, NO_POST))
