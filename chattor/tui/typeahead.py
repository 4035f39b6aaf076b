"""What is typed ahead goes where it was meant: a key is handed out only when the key before it has had its effect.

Textual hands a key to the widget that has the focus at that moment, and a dialog has it only some messages later. Over
a slow line `Ctrl+K ada Enter` arrives in one piece: without this, the name would be sent to whoever was open.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widgets import TextArea

from chattor.tui.widgets.plain import Field

QUIET_PASSES: Final = 3  # turns of the loop in a row in which no queue holds a message
PATIENCE: Final = 0.25  # s; under a flood of events keys go on anyhow
PATIENCE_UNREADY: Final = 2.0  # s; what a screen is given that takes no letters yet is lost

Typed = events.Key | events.Paste


class Typeahead:
    """Keys and pastes wait here while a command takes effect."""

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._waiting: deque[Typed] = deque()
        self._closed = False

    def hold(self, event: Typed) -> bool:
        """True if the event must wait; else it is to be handed out now, and may make the next ones wait."""
        if self._closed:
            self._waiting.append(event)
            return True
        self._closed = self._may_move_focus(event)
        return False

    @property
    def closed(self) -> bool:
        """Is a command taking effect?"""
        return self._closed

    def next(self) -> Typed | None:
        """After the effect: the next one to hand out; None once nothing waits, and the gate is open."""
        self._closed = False
        if not self._waiting:
            return None
        event = self._waiting.popleft()
        self._closed = self._may_move_focus(event)
        return event

    async def effect(self) -> None:
        """Until all that a key set off is done."""
        now, quiet = asyncio.get_running_loop().time, 0
        began = now()
        while quiet < QUIET_PASSES and now() - began < (PATIENCE if self._is_ready() else PATIENCE_UNREADY):
            await asyncio.sleep(0 if quiet else 0.001)
            quiet = quiet + 1 if self._is_ready() and self._is_quiet() else 0

    def _is_ready(self) -> bool:
        screen = self._app.screen
        return screen.is_mounted and (screen.focused is not None or not screen.focus_chain)

    def _is_quiet(self) -> bool:
        return not any(pump.message_queue_size for pump in self._pumps())

    def _may_move_focus(self, event: Typed) -> bool:
        """Letters stay in the field they are typed in; every other key may be a command."""
        if not isinstance(event, events.Key):
            return False
        return not (event.is_printable and isinstance(self._app.focused, Field | TextArea))

    def _pumps(self) -> Iterable[MessagePump]:
        yield self._app
        for screen in self._app.screen_stack:
            yield from screen.walk_children(with_self=True)
