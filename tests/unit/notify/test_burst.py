"""One for a burst, and what ends one."""

from chattor.notify.burst import LONGEST, QUIET, Bursts
from chattor.notify.decide import Notification


def admitted(*came: tuple[float, str]) -> list[float]:
    bursts = Bursts()
    return [now for now, about in came if bursts.admit(Notification(headline="x", about=about), now)]


def test_a_burst_is_told_of_once_and_the_next_one_again() -> None:
    assert admitted((0, "a"), (1, "a"), (5, "a"), (5 + QUIET, "a")) == [0, 5 + QUIET]


def test_what_goes_on_keeps_a_burst_going_but_not_for_ever() -> None:
    steps = [float(second) for second in range(0, int(LONGEST) + 6, 5)]
    assert admitted(*((now, "a") for now in steps)) == [0, LONGEST]


def test_each_subject_has_its_own() -> None:
    assert admitted((0, "a"), (1, "b"), (2, "a"), (3, "b")) == [0, 1]


def test_what_is_over_is_forgotten() -> None:
    bursts = Bursts()
    for number in range(1_000):
        bursts.admit(Notification(headline="x", about=str(number)), number * QUIET)
    assert len(bursts._running) == 1
