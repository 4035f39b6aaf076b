"""A desktop to notify: a real D-Bus session bus, and on it a service that shows nothing and remembers all."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final, NamedTuple

import pytest
from jeepney import HeaderFields, Message, MessageFlag, message_bus, new_error, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME: Final = "org.freedesktop.Notifications"
FAILS: Final = "fails"
HANGS: Final = "hangs"


class Shown(NamedTuple):
    """What a desktop would have drawn."""

    application: str
    summary: str
    body: str
    urgency: int


class Desktop:
    """Answers Notify until its bus ends, or as it is told to."""

    def __init__(self, address: str, answers: str = "") -> None:
        self.shown: list[Shown] = []
        self._answers = answers
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(NAME))
        self._serving = Thread(target=self._serve, args=(self._bus,))
        self._serving.start()

    def _serve(self, bus: DBusConnection) -> None:
        while True:
            try:
                call = bus.receive()
            except OSError:  # the bus has ended
                return
            if call.header.fields.get(HeaderFields.member) == "Notify":
                self._notified(bus, call)

    def _notified(self, bus: DBusConnection, call: Message) -> None:
        application, _, _, summary, body, _, hints, _ = call.body
        self.shown.append(Shown(application, summary, body, hints["urgency"][1]))
        if self._answers == HANGS or call.header.flags & MessageFlag.no_reply_expected:
            return
        fails = self._answers == FAILS
        bus.send(new_error(call, f"{NAME}.Broken") if fails else new_method_return(call, "u", (len(self.shown),)))

    def close(self) -> None:
        """After its bus has ended."""
        self._serving.join()
        self._bus.close()


@contextmanager
def desktop(answers: str = "") -> Iterator[Desktop]:
    """On a bus of its own, which the environment names meanwhile."""
    with bus() as address, pytest.MonkeyPatch.context() as environment:
        environment.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        shown = Desktop(address, answers)
        yield shown
    shown.close()


@contextmanager
def bus() -> Iterator[str]:
    """The address of a bus."""
    with tempfile.TemporaryDirectory(prefix="chattor-", dir="/tmp") as directory:
        command = ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:path={directory}/bus"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
            assert daemon.stdout is not None
            yield daemon.stdout.readline().strip()
            daemon.terminate()
