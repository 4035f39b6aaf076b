"""What is said to people in the same words whatever they look at it with. Pure."""

import difflib
from collections.abc import Callable, Collection
from datetime import datetime, tzinfo
from typing import Final

from chattor.errors import ChattorError
from chattor.model.activity import Activity
from chattor.model.channel import Post
from chattor.model.friend import Friend, FriendState
from chattor.model.status import Outage, TorPhase, TorStatus
from chattor.text import safe_text

_LONGEST: Final = 400  # characters of what went wrong
_TOR: Final = {
    TorPhase.OFF: "Tor is off",
    TorPhase.STARTING: "Tor is starting",
    TorPhase.BOOTSTRAPPING: "Tor is connecting",
    TorPhase.PUBLISHING: "Tor is connected, and your address is being published",
    TorPhase.READY: "Tor is ready",
    TorPhase.FAILED: "Tor has failed",
}
_RELATIONS: Final = {
    FriendState.OUTGOING: "has not answered yet",
    FriendState.INCOMING: "asks to be your friend",
    FriendState.BLOCKED: "blocked",
}


def sentence(error: ChattorError) -> str:
    """What went wrong and what to do: `Wrong passphrase. Try again; …`."""
    said = safe_text(str(error), multiline=False, limit=_LONGEST) or error.code.replace("_", " ")
    return f"{said[:1].upper()}{said[1:]}. {error.hint}"


def moment(at: datetime, now: datetime, zone: tzinfo | None) -> str:
    """`14:02` today, `24 Mar 14:02` this year, else `24 Mar 2025 14:02`; where the reader is."""
    local, here = at.astimezone(zone), now.astimezone(zone)
    if local.date() == here.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}" if local.year == here.year else f"{local.day} {local:%b %Y %H:%M}"


def tor(status: TorStatus) -> str:
    """`Tor is ready`, `Tor is connecting 45 %`."""
    percent = f" {status.percent} %" if status.phase is TorPhase.BOOTSTRAPPING else ""
    return f"{_TOR[status.phase]}{percent}"


def outage(one: Outage, now: datetime, zone: tzinfo | None) -> str:
    """`Nobody could reach you from 14:02 until 14:24: tor was not connected.`, or since when nobody can."""
    why, began = safe_text(one.reason, multiline=False), moment(one.began, now, zone)
    if one.ended is None:
        return f"Nobody has been able to reach you since {began}: {why}."
    return f"Nobody could reach you from {began} until {moment(one.ended, now, zone)}: {why}."


def presence(one: Friend, told: Callable[[datetime], str]) -> str:
    """`online`, `working, “reading the logs”`, `seen 2 h ago`, `blocked`; `told` says when somebody was seen."""
    if one.state is not FriendState.FRIEND:
        return _RELATIONS.get(one.state, one.state.value)
    if one.online:
        return doing(one.activity)
    return f"seen {told(one.last_seen)}" if one.last_seen else "not seen yet"


def doing(activity: Activity | None) -> str:
    """What somebody who is here does: `working, “reading the logs”`, or no more than that he is here.

    It stands beside words of ours, such as whether he is verified; between quotation marks his cannot pass for those.
    """
    if activity is None:
        return "online"
    said = safe_text(activity.words, multiline=False).replace("”", '"')
    return f"{activity.state}, “{said}”" if said else activity.state.value


def unsaid(post: Post) -> str:
    """What stands in a channel where a post has no text."""
    if post.successor is not None:
        return f"here the owner became another identity, and signed so with both: {post.successor}"
    return "this post was taken back" if post.retracted else "this post has expired"


def waiting(messages: int) -> str:
    """What becomes of the outbox while no node runs."""
    if not messages:
        return "Nothing waits in the outbox."
    if messages == 1:
        return "One message waits; it stays on disk and goes out next time."
    return f"{messages} messages wait; they stay on disk and go out next time."


def ending(messages: int, profile: str) -> tuple[str, str, str]:
    """What ends with a face that runs the node, what becomes of the outbox, and how to stay reachable."""
    option = "" if profile == "default" else f" --profile {profile}"
    return (
        "Your node runs in here: once this is closed nobody can reach you, and nothing is sent.",
        waiting(messages),
        f"To stay reachable, start `chattor{option} --daemon` afterwards.",
    )


def meant(name: str, known: Collection[str]) -> str:
    """A guess at what a wrong name stands for, as the end of a sentence; empty if there is none."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
