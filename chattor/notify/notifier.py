"""The shell: takes events in without waiting, looks around once for all that came, and hands out what was decided."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import msgspec

from chattor.api import NodeApi
from chattor.config.catalogue import typed
from chattor.config.settings import NotificationSettings
from chattor.errors import ChattorError
from chattor.model.events import Event
from chattor.notify import desktop
from chattor.notify.burst import Bursts
from chattor.notify.decide import Around, Notification, concerns, decide
from chattor.notify.spelling import in_tmux, spelling, spelt
from chattor.notify.tmux import tmux_passes

log: Final = logging.getLogger(__name__)
_SECTION: Final = "notifications."
Look = Callable[[], Awaitable[tuple[NotificationSettings, Around] | None]]
"""What is wanted and how things stand, just now; None if somebody else notifies."""


class Notifier:
    """One face's notifications. `run` does all that waits."""

    def __init__(
        self,
        look: Look,
        tell: Callable[[Notification, NotificationSettings], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._tell = tell
        self._clock = clock
        self._bursts = Bursts()
        self._pending: dict[tuple[type, object], Event] = {}
        self._awake = asyncio.Event()

    def heed(self, events: Iterable[object]) -> None:
        """Take note of events; anything else is passed over. Of one kind and one friend the last one counts."""
        for event in filter(concerns, events):
            subject = getattr(event, "friend", None) or getattr(event, "channel", None)
            self._pending[type(event), subject] = event  # type: ignore[assignment]  # `concerns` knows the types
            self._awake.set()

    async def run(self) -> None:
        """Hand out notifications until cancelled."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            events, self._pending = self._pending, {}
            try:
                found = await self._look()
            except ChattorError as error:  # locked or gone meanwhile: then nobody is to be told either
                log.info("no notification: %s", error.code)
                continue
            if found is not None:
                await self._hand_out(events.values(), *found)

    async def _hand_out(self, events: Iterable[Event], wanted: NotificationSettings, around: Around) -> None:
        for event in events:
            notification = decide(event, around, wanted)
            if notification and self._bursts.admit(notification, self._clock()):
                await self._tell(notification, wanted)


class Outlets:
    """Where notifications go: to the desktop, or by `write` to the terminal."""

    def __init__(self, write: Callable[[str], None], environment: Mapping[str, str]) -> None:
        self._write = write
        self._environment = environment

    async def tell(self, notification: Notification, wanted: NotificationSettings) -> None:
        """As the user wants it, or else in the next best way."""
        if wanted.how == "desktop" and await on_desktop(notification):
            return
        self._write("\a" if wanted.how == "bell" else await self._sequence(notification, wanted))

    async def _sequence(self, notification: Notification, wanted: NotificationSettings) -> str:
        tmux = in_tmux(self._environment)
        passes = wanted.tmux == "on"
        if tmux and wanted.tmux == "auto":
            passes = await asyncio.to_thread(tmux_passes, self._environment)
        how = spelling(wanted.sequence, self._environment, passes=passes)
        return spelt(notification, how, in_tmux=tmux)


async def on_desktop(notification: Notification) -> bool:
    """Show it there; False if that failed, or there is no desktop."""
    return await asyncio.to_thread(desktop.show, notification)


async def wanted_of(api: NodeApi) -> NotificationSettings:
    """What the user wants, as it is set now."""
    found = [one for one in await api.settings_list() if one.key.startswith(_SECTION)]
    values = {one.key.removeprefix(_SECTION): typed(one.key, one.value) for one in found}
    return msgspec.convert(values, NotificationSettings)
