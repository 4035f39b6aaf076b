"""Signs of friends: what each says, and that all of them fade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.model.activity import WORDS_MAX, Activity, Doing
from chattor.protocol.frames import FrameType, Presence, Sign, decode, encode
from chattor.protocol.limits import PRESENCE_LASTS, TYPING_LASTS
from chattor.protocol.presence import Signs, activity, status
from chattor.text import safe_text, terminal_safe

WORKING = Activity(state=Doing.WORKING, words="reading: all of it")


def test_a_sign_fades_by_itself() -> None:
    signs = Signs()
    signs.heard(1, Presence(Sign.ONLINE), now=0.0)
    signs.heard(1, Presence(Sign.TYPING), now=0.0)

    assert signs.next() == TYPING_LASTS
    signs.fade(TYPING_LASTS)
    assert (signs.online, signs.typing) == (frozenset({1}), frozenset())
    signs.fade(PRESENCE_LASTS)
    assert (signs.online, signs.next()) == (frozenset(), None)


def test_a_heartbeat_in_between_keeps_somebody_here() -> None:
    signs = Signs()
    signs.heard(1, Presence(Sign.ONLINE), now=0.0)
    signs.heard(1, Presence(Sign.ONLINE), now=60.0)

    signs.fade(PRESENCE_LASTS)

    assert signs.online == {1}


def test_whoever_stopped_or_left_gives_no_sign() -> None:
    signs = Signs()
    for friend in (1, 2):
        signs.heard(friend, Presence(Sign.TYPING), now=0.0)
    signs.heard(1, Presence(Sign.STOPPED), now=0.0)
    signs.gone(2)

    assert not signs.typing


def test_an_unknown_sign_says_nothing() -> None:
    signs = Signs()
    signs.heard(1, Presence(200), now=0.0)

    assert (signs.online, signs.typing) == (frozenset(), frozenset())


def test_what_somebody_does_is_known_until_he_says_otherwise_fades_or_leaves() -> None:
    signs = Signs()
    for friend in (1, 2, 3):
        signs.heard(friend, Presence(Sign.ONLINE, status(WORKING)), now=0.0)
    before = signs.activities
    signs.heard(1, Presence(Sign.TYPING), now=1.0)
    signs.heard(2, Presence(Sign.ONLINE), now=1.0)
    signs.gone(3)

    assert signs.activities == {1: WORKING}
    assert before == dict.fromkeys((1, 2, 3), WORKING)
    signs.fade(PRESENCE_LASTS)
    assert signs.activities == {}


def test_only_being_here_says_what_somebody_does() -> None:
    signs = Signs()
    signs.heard(1, Presence(Sign.TYPING, status(WORKING)), now=0.0)
    signs.heard(2, Presence(200, status(WORKING)), now=0.0)

    assert signs.activities == {}


@pytest.mark.parametrize("unknown", ["", "Working", "sleeping", "workingreading", "working ", ": words", "idle:words"])
def test_a_state_nobody_knows_says_nothing(unknown: str) -> None:
    assert activity(unknown) is None


@given(st.sampled_from(Doing), st.text(max_size=WORDS_MAX))
def test_every_activity_arrives_as_it_was_sent(state: Doing, said: str) -> None:
    words = safe_text(said, multiline=False, limit=WORDS_MAX).strip()
    sent = Activity(state=state, words=words)
    frame = decode(FrameType.PRESENCE, encode(Presence(Sign.ONLINE, status(sent)))[1])
    assert isinstance(frame, Presence)
    assert activity(frame.status) == sent


@given(st.sampled_from(["idle: ", "working: ", "blocked: "]), st.text())
def test_words_of_a_friend_are_short_and_harmless(state: str, said: str) -> None:
    found = activity(state + said)
    assert found is not None
    assert len(found.words) <= WORDS_MAX
    assert terminal_safe(found.words) == found.words
    assert "\n" not in found.words
