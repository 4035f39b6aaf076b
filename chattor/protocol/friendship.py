"""Friendship as a table (protocol §6): what may happen in which state, and what follows.

Anything not in `TRANSITIONS` is refused: a local input with NotAllowed, a remote one with ProtocolViolation.
The table decides; `handlers.relations` carries the effects out inside one transaction.
"""

from dataclasses import dataclass
from enum import StrEnum

from chattor.errors import NotAllowed, ProtocolViolation


class State(StrEnum):
    """Where a relation stands. NONE may still have a row: history kept, or a REMOVE on its way."""

    NONE = "none"
    OUTGOING = "outgoing"
    INCOMING = "incoming"
    FRIEND = "friend"
    BLOCKED = "blocked"


class Local(StrEnum):
    """What the user can do."""

    ADD = "add"
    ACCEPT = "accept"
    REJECT = "reject"
    CANCEL = "cancel"
    REMOVE = "remove"
    BLOCK = "block"
    UNBLOCK = "unblock"


class Remote(StrEnum):
    """What the other side can do. CLAIM is a link with purpose friend from somebody who is not one here,
    ROTATED a new identity that the pinned one vouches for."""

    REQUEST = "request"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REMOVED = "removed"
    ROTATED = "rotated"
    CLAIM = "claim"


class Effect(StrEnum):
    """What the handler must do besides storing the new state."""

    POST_REQUEST = "post request"
    POST_ACCEPT = "post accept"
    POST_REMOVE = "post remove, unless they never heard of us"
    WITHDRAW = "drop what we still had to say about it"
    REMEMBER = "remember that this identity was rejected"
    RESET = "forget both message streams"
    ABANDON = "give up what is unsent"
    CLOSE = "close the links"
    FOLLOW = "read each other's channels"
    UNFOLLOW = "read them no more"
    TELL_REQUESTED = "tell: a request"
    TELL_ADDED = "tell: a friend"
    TELL_REMOVED = "tell: it ended"


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an input, and the effects in order."""

    state: State
    effects: tuple[Effect, ...] = ()


_E = Effect
_BECOME_FRIENDS = Step(State.FRIEND, (_E.WITHDRAW, _E.POST_ACCEPT, _E.FOLLOW, _E.TELL_ADDED))
_BLOCK = Step(State.BLOCKED, (_E.WITHDRAW, _E.ABANDON, _E.UNFOLLOW, _E.CLOSE, _E.TELL_REMOVED))
_UNANSWERED = Step(State.NONE, (_E.WITHDRAW, _E.TELL_REMOVED))

TRANSITIONS: dict[tuple[State, Local | Remote], Step] = {
    (State.NONE, Local.ADD): Step(State.OUTGOING, (_E.POST_REQUEST, _E.TELL_REQUESTED)),
    (State.NONE, Local.BLOCK): Step(State.BLOCKED, (_E.CLOSE,)),
    (State.NONE, Remote.REQUEST): Step(State.INCOMING, (_E.TELL_REQUESTED,)),
    (State.NONE, Remote.CLAIM): Step(State.INCOMING, (_E.TELL_REQUESTED,)),
    (State.NONE, Remote.REJECTED): Step(State.NONE),
    (State.NONE, Remote.REMOVED): Step(State.NONE),
    (State.OUTGOING, Local.CANCEL): Step(State.NONE, (_E.POST_REMOVE, _E.WITHDRAW, _E.TELL_REMOVED)),
    (State.OUTGOING, Local.BLOCK): _BLOCK,
    (State.OUTGOING, Remote.REQUEST): _BECOME_FRIENDS,
    (State.OUTGOING, Remote.ACCEPTED): Step(State.FRIEND, (_E.WITHDRAW, _E.FOLLOW, _E.TELL_ADDED)),
    (State.OUTGOING, Remote.REJECTED): _UNANSWERED,
    # A REMOVE that meets our new request is the end of an earlier friendship, not an answer.
    (State.OUTGOING, Remote.REMOVED): Step(State.OUTGOING),
    # The accepter dials us as a friend; only the ACCEPT that follows counts.
    (State.OUTGOING, Remote.CLAIM): Step(State.OUTGOING),
    (State.INCOMING, Local.ADD): _BECOME_FRIENDS,
    (State.INCOMING, Local.ACCEPT): _BECOME_FRIENDS,
    (State.INCOMING, Local.REJECT): Step(State.NONE, (_E.REMEMBER, _E.TELL_REMOVED)),
    (State.INCOMING, Local.BLOCK): _BLOCK,
    (State.INCOMING, Remote.REQUEST): Step(State.INCOMING),
    (State.INCOMING, Remote.CLAIM): Step(State.INCOMING),
    (State.INCOMING, Remote.REMOVED): Step(State.NONE, (_E.TELL_REMOVED,)),
    (State.FRIEND, Local.REMOVE): Step(
        State.NONE, (_E.ABANDON, _E.RESET, _E.UNFOLLOW, _E.POST_REMOVE, _E.WITHDRAW, _E.TELL_REMOVED)
    ),
    (State.FRIEND, Local.BLOCK): _BLOCK,
    (State.FRIEND, Remote.REQUEST): Step(State.FRIEND, (_E.POST_ACCEPT,)),
    (State.FRIEND, Remote.ACCEPTED): Step(State.FRIEND),
    (State.FRIEND, Remote.REJECTED): Step(State.FRIEND),
    (State.FRIEND, Remote.CLAIM): Step(State.FRIEND),
    (State.FRIEND, Remote.REMOVED): Step(State.NONE, (_E.ABANDON, _E.RESET, _E.UNFOLLOW, _E.WITHDRAW, _E.TELL_REMOVED)),
    **{(state, Remote.ROTATED): Step(state) for state in State if state is not State.BLOCKED},
    (State.BLOCKED, Local.UNBLOCK): Step(State.NONE, (_E.RESET, _E.TELL_REMOVED)),
}

_REFUSALS: dict[tuple[State, Local], str] = {
    (State.OUTGOING, Local.ADD): "you already asked",
    (State.FRIEND, Local.ADD): "you are friends already",
    (State.BLOCKED, Local.ADD): "this person is blocked; unblock first",
}


def advance(state: State, what: Local | Remote) -> Step:
    """The one step allowed from `state`; raises NotAllowed or ProtocolViolation for anything else."""
    step = TRANSITIONS.get((state, what))
    if step is not None:
        return step
    if isinstance(what, Remote):
        raise ProtocolViolation(f"{what} in state {state}")
    raise NotAllowed(_REFUSALS.get((state, what), f"cannot {what}: the state is {state}"))
