"""One notification for a burst: a friend who writes twenty lines is one piece of news. No clock of its own."""

from typing import Final

from chattor.notify.decide import Notification

QUIET: Final = 10.0  # s without anything about the same thing end a burst
LONGEST: Final = 120.0  # s; then one that never pauses is told of again


class Bursts:
    """What was told lately, by what it was about. `now` is in seconds that never go back."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[float, float]] = {}

    def admit(self, notification: Notification, now: float) -> bool:
        """Whether this one begins a burst, and is to be told; any other makes the burst go on."""
        self._running = {about: times for about, times in self._running.items() if _goes_on(*times, now)}
        began, _ = self._running.get(notification.about, (now, now))
        is_new = notification.about not in self._running
        self._running[notification.about] = (began, now)
        return is_new


def _goes_on(began: float, last: float, now: float) -> bool:
    return now - last < QUIET and now - began < LONGEST
