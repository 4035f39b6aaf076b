"""The friendship table, exhaustively: every state with every input, and what two people can reach together."""

import itertools

import pytest

from chattor.errors import NotAllowed, ProtocolViolation
from chattor.protocol.friendship import TRANSITIONS, Effect, Local, Remote, State, advance

INPUTS: list[Local | Remote] = [*Local, *Remote]
EVERY = list(itertools.product(State, INPUTS))


@pytest.mark.parametrize(("state", "what"), EVERY, ids=str)
def test_every_pair_is_a_row_or_a_refusal_that_names_its_fault(state: State, what: Local | Remote) -> None:
    if (state, what) in TRANSITIONS:
        assert advance(state, what) is TRANSITIONS[state, what]
    else:
        with pytest.raises(ProtocolViolation if isinstance(what, Remote) else NotAllowed):
            advance(state, what)


def test_input_51_an_accept_without_a_request_is_refused() -> None:
    for state in (State.NONE, State.INCOMING, State.BLOCKED):
        with pytest.raises(ProtocolViolation):
            advance(state, Remote.ACCEPTED)


def test_only_a_request_of_ours_or_an_answer_of_ours_makes_a_friend() -> None:
    ways_in = {pair for pair, step in TRANSITIONS.items() if step.state is State.FRIEND and pair[0] is not State.FRIEND}

    assert ways_in == {
        (State.OUTGOING, Remote.ACCEPTED),
        (State.OUTGOING, Remote.REQUEST),
        (State.INCOMING, Local.ACCEPT),
        (State.INCOMING, Local.ADD),
    }


def test_whoever_becomes_a_friend_is_told_of_once_and_answered_when_he_asked() -> None:
    for (state, what), step in TRANSITIONS.items():
        if step.state is State.FRIEND and state is not State.FRIEND:
            assert step.effects.count(Effect.TELL_ADDED) == 1
            assert (Effect.POST_ACCEPT in step.effects) == (what is not Remote.ACCEPTED)


def test_the_blocked_can_do_nothing() -> None:
    assert [what for state, what in TRANSITIONS if state is State.BLOCKED] == [Local.UNBLOCK]


def test_blocking_works_from_everywhere_and_closes() -> None:
    for state in State:
        if state is not State.BLOCKED:
            step = advance(state, Local.BLOCK)
            assert step.state is State.BLOCKED
            assert Effect.CLOSE in step.effects


def test_an_ended_friendship_leaves_no_stream_behind() -> None:
    for (state, _), step in TRANSITIONS.items():
        if state is State.FRIEND and step.state is State.NONE:
            assert {Effect.ABANDON, Effect.RESET} <= set(step.effects)


def test_a_refusal_says_why() -> None:
    with pytest.raises(NotAllowed, match="friends already"):
        advance(State.FRIEND, Local.ADD)


def _deliver(frame: Effect, mine: State) -> State:
    incoming = {Effect.POST_REQUEST: Remote.REQUEST, Effect.POST_ACCEPT: Remote.ACCEPTED}[frame]
    return advance(mine, incoming).state


def test_crossed_requests_become_a_friendship() -> None:
    alice = advance(State.NONE, Local.ADD).state
    bob = advance(State.NONE, Local.ADD).state

    alice = _deliver(Effect.POST_REQUEST, alice)
    bob = _deliver(Effect.POST_REQUEST, bob)

    assert (alice, bob) == (State.FRIEND, State.FRIEND)
    assert _deliver(Effect.POST_ACCEPT, alice) is State.FRIEND
    assert _deliver(Effect.POST_ACCEPT, bob) is State.FRIEND


def test_every_state_can_be_reached_and_left() -> None:
    assert {step.state for step in TRANSITIONS.values()} == set(State)
    assert {state for (state, _), step in TRANSITIONS.items() if step.state is not state} == set(State)
