"""The desktop: its notification service on the session bus, or `osascript` on macOS.

What is shown goes over a socket or a pipe and never stands among a program's arguments, where every user of the machine
can read it. Blocking, for a thread, and never much longer than `PATIENCE`: a desktop that hangs must not hang us.

Specification: org.freedesktop.Notifications 1.2, method Notify; D-Bus over unix sockets alone, so nothing leaves the
machine.
"""

import logging
import subprocess
import sys
from contextlib import closing
from typing import Final

from chattor.notify.decide import TITLE, Notification

log: Final = logging.getLogger(__name__)
PATIENCE: Final = 2.0  # s
_NAME: Final = "org.freedesktop.Notifications"
_PATH: Final = "/org/freedesktop/Notifications"
_NOTIFY: Final = "susssasa{sv}i"  # application, replaces, icon, summary, body, actions, hints, ms until it goes
_CRITICAL: Final = 2
_NORMAL: Final = 1
_DESKTOP_S_OWN: Final = -1


def show(notification: Notification, platform: str = sys.platform) -> bool:
    """Whether it was shown."""
    return _by_script(notification) if platform == "darwin" else _on_bus(notification)


def _on_bus(notification: Notification) -> bool:
    from html import escape

    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    urgency = _CRITICAL if notification.urgent else _NORMAL
    body = escape(notification.text, quote=False)  # desktops read markup in the body, and none in the summary
    said: tuple[object, ...] = (
        TITLE,
        0,
        "",
        notification.headline,
        body,
        [],
        {"urgency": ("y", urgency)},
        _DESKTOP_S_OWN,
    )
    call = new_method_call(DBusAddress(_PATH, bus_name=_NAME, interface=_NAME), "Notify", _NOTIFY, said)
    try:
        with closing(open_dbus_connection(auth_timeout=PATIENCE)) as bus:
            reply = bus.send_and_get_reply(call, timeout=PATIENCE)
    except (KeyError, ValueError, RuntimeError, OSError) as error:  # no bus named, none we can use, or it failed
        log.info("the desktop was not told: %s", type(error).__name__)
        return False
    return reply.header.message_type is MessageType.method_return


def _by_script(notification: Notification) -> bool:
    headline = f"{TITLE}: {notification.headline}" if notification.text else TITLE
    script = (
        f"display notification {_literal(notification.text or notification.headline)} with title {_literal(headline)}"
    )
    try:
        subprocess.run(["osascript", "-"], input=script.encode(), capture_output=True, timeout=PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        log.info("osascript did not help: %s", type(error).__name__)
        return False
    return True


def _literal(text: str) -> str:
    """A text in AppleScript by its code points: nothing in it ends the literal, and no encoding is guessed."""
    return f"(string id {{{', '.join(str(ord(char)) for char in text)}}})"
