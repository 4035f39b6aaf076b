"""The life of a link: every listed step, and every other one blamed on whoever took it."""

from itertools import product

import pytest

from chattor.crypto.session import Role
from chattor.errors import LocalError, ProtocolViolation
from chattor.protocol.lifecycle import FIRST, TRANSITIONS, State, Step, advance

LISTED = [
    (role, state, step, following)
    for role, states in TRANSITIONS.items()
    for state, steps in states.items()
    for step, following in steps.items()
]
UNLISTED = [
    (role, state, step)
    for role, state, step in product(Role, State, Step)
    if step not in TRANSITIONS[role].get(state, {})
]


@pytest.mark.parametrize(("role", "state", "step", "following"), LISTED)
def test_a_listed_step_leads_on(role: Role, state: State, step: Step, following: State) -> None:
    assert advance(role, state, step) is following


@pytest.mark.parametrize(("role", "state", "step"), UNLISTED)
def test_any_other_step_is_somebodys_fault(role: Role, state: State, step: Step) -> None:
    ours = step in (Step.GREET, Step.SEND)
    with pytest.raises(LocalError if ours else ProtocolViolation, match=state.name.lower()):
        advance(role, state, step)


@pytest.mark.parametrize("role", Role)
def test_each_side_gets_from_its_first_state_to_open_by_one_road(role: Role) -> None:
    state, road = FIRST[role], []
    while state is not State.OPEN:
        (step, state) = next(iter(TRANSITIONS[role][state].items()))
        road.append(step.name)
    expected = {
        Role.INITIATOR: ["MESSAGE", "HELLO", "GREET"],
        Role.RESPONDER: ["MESSAGE", "MESSAGE", "GREET", "HELLO", "READY"],
    }
    assert road == expected[role]


def test_nothing_leads_out_of_closed() -> None:
    assert all(State.CLOSED not in states for states in TRANSITIONS.values())
