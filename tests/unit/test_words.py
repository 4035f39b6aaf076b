"""The words all faces share."""

from datetime import UTC, datetime

import pytest

from chattor.model.activity import Activity, Doing
from chattor.model.friend import Friend, FriendState
from chattor.model.ids import FriendId
from chattor.model.status import TorPhase, TorStatus
from chattor.words import ending, moment, presence, tor

NOW = datetime(2026, 3, 14, 10, tzinfo=UTC)


def friend(state: FriendState, *, online: bool = False, seen: datetime | None = None) -> Friend:
    return Friend(
        id=FriendId("f1"), name="ada", onion="x", state=state, online=online, typing=False, verified=False,
        muted=False, unread=0, last_seen=seen, last_message_at=None,
        activity=Activity(state=Doing.WORKING) if online else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 14, 9, 2, tzinfo=UTC), "09:02"),
        (datetime(2026, 3, 13, 9, 2, tzinfo=UTC), "13 Mar 09:02"),
        (datetime(2025, 3, 14, 9, 2, tzinfo=UTC), "14 Mar 2025 09:02"),
    ],
)
def test_a_moment_says_no_more_of_its_day_than_is_needed(at: datetime, said: str) -> None:
    assert moment(at, NOW, UTC) == said


def test_where_somebody_is() -> None:
    def said(one: Friend) -> str:
        return presence(one, lambda at: f"at {at:%H}")

    assert said(friend(FriendState.FRIEND, online=True)) == "working"
    assert said(friend(FriendState.FRIEND, seen=NOW)) == "seen at 10"
    assert said(friend(FriendState.FRIEND)) == "not seen yet"
    assert said(friend(FriendState.OUTGOING, seen=NOW)) == "has not answered yet"
    assert said(friend(FriendState.BLOCKED, online=True)) == "blocked"
    assert said(friend(FriendState.NONE)) == "none"


@pytest.mark.parametrize("phase", TorPhase)
def test_every_phase_of_tor_is_told_and_how_far_only_while_it_connects(phase: TorPhase) -> None:
    said = tor(TorStatus(phase=phase, percent=45))
    assert said.startswith("Tor ")
    assert said.endswith("45 %") == (phase is TorPhase.BOOTSTRAPPING)


def test_whoever_closes_a_node_is_told_how_to_keep_that_profile_reachable() -> None:
    assert ending(0, "default")[-1] == "To stay reachable, start `chattor --daemon` afterwards."
    assert "`chattor --profile work --daemon`" in ending(2, "work")[-1]
