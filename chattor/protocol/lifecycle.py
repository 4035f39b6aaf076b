"""The life of a link as data (protocol §3): states, the steps between them, the alarms, the ways to end.

`TRANSITIONS` lists everything that may happen; any live state may end in CLOSED. `advance` blames whoever took a
step that is not listed. The engine in link.py does the work.
"""

from enum import StrEnum
from typing import Final

from chattor.crypto.session import Role
from chattor.errors import LocalError, ProtocolViolation


class State(StrEnum):
    """Where a link stands."""

    KNOCKING = "message 1 is out"
    LISTENING = "nothing heard yet"
    ANSWERED = "message 2 is out"
    PROVED = "both identities are proved"
    GREETED = "one hello is said"
    CONFIRMED = "both hellos are said"
    OPEN = "open"
    CLOSED = "closed"


class Step(StrEnum):
    """What can happen: the first two are ours, the others the peer's."""

    GREET = "greet"
    SEND = "send"
    MESSAGE = "handshake message"
    HELLO = "HELLO"
    READY = "READY"
    FRAME = "frame"


_OURS: Final = (Step.GREET, Step.SEND)

TRANSITIONS: Final[dict[Role, dict[State, dict[Step, State]]]] = {
    Role.INITIATOR: {
        State.KNOCKING: {Step.MESSAGE: State.PROVED},
        State.PROVED: {Step.HELLO: State.GREETED},
        State.GREETED: {Step.GREET: State.OPEN},
        State.OPEN: {Step.SEND: State.OPEN, Step.FRAME: State.OPEN},
    },
    Role.RESPONDER: {
        State.LISTENING: {Step.MESSAGE: State.ANSWERED},
        State.ANSWERED: {Step.MESSAGE: State.PROVED},
        State.PROVED: {Step.GREET: State.GREETED},
        State.GREETED: {Step.HELLO: State.CONFIRMED},
        State.CONFIRMED: {Step.READY: State.OPEN},
        State.OPEN: {Step.SEND: State.OPEN, Step.FRAME: State.OPEN},
    },
}
FIRST: Final = {Role.INITIATOR: State.KNOCKING, Role.RESPONDER: State.LISTENING}


def advance(role: Role, state: State, step: Step) -> State:
    """The next state. Raises LocalError for a step of ours that is not listed, ProtocolViolation for the peer's."""
    following = TRANSITIONS[role].get(state, {}).get(step)
    if following is not None:
        return following
    if step in _OURS:
        raise LocalError(f"cannot {step} while {state.name.lower()}")
    raise ProtocolViolation(f"an unexpected {step} while {state.name.lower()}")


class Alarm(StrEnum):
    """What a link waits for with a deadline; rung in this order."""

    FIRST = "first message"
    HANDSHAKE = "handshake"
    RECORD = "rest of a record"
    DEAD = "sign of life"
    LIFETIME = "lifetime"
    PING = "silence"
    PONG = "ping to answer"
    PROBE = "answer to a probe"


class End(StrEnum):
    """Why a link is over."""

    LOCAL = "closed here"
    REPLACED = "another link took its place"
    IDLE = "idle for long, and the place was needed"
    DROPPED = "dropped at random under load"
    BYE = "closed by the other side"
    EOF = "the stream ended"
    FAULT = "the other side broke the protocol"
    REFUSED = "no common protocol version"
    SLOW = "the other side was too slow"
    DEAD = "no sign of life"
    STALLED = "the other side does not read"
    LIFETIME = "old enough for fresh keys"
