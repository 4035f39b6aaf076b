"""What one client has not read yet. Of its events no more than so many wait: it is told to catch up with the rest.

Lines in, lines out, no I/O. Answers are always kept: whoever does not read them is not asked for more calls.
"""

from collections import deque
from typing import Final

from chattor.errors import FellBehind
from chattor.rpc import contract, jsonrpc
from chattor.rpc.remote import notice

_EVENTS: Final = contract.method("events")


class Mailbox:
    """At most `limit` messages with events among them; a subscription that wants more ends with FellBehind."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lines: deque[bytes] = deque()
        self._behind: set[int] = set()
        self.size = 0
        """Bytes that wait."""

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def full(self) -> bool:
        """Whether no more events fit."""
        return len(self._lines) >= self._limit

    def put(self, line: bytes) -> int | None:
        """Take a line of the node; the subscription that has to be ended there, if this made it fall behind."""
        reply = None if line.startswith(b"[") else jsonrpc.read_reply(line)  # a batch holds answers only
        if reply is None or reply.method is None:
            self._add(line)
            return None
        told = notice(reply)
        number = told.subscription
        if number in self._behind:
            if not told.item:
                self._behind.remove(number)  # ended, as it was asked to be; the client was told before
            return None
        if told.item and self.full:
            self._behind.add(number)
            self._add(_end(number, self._limit))
            return number
        self._add(line)
        return None

    def take(self) -> bytes:
        """The next line. Raises IndexError if there is none."""
        line = self._lines.popleft()
        self.size -= len(line)
        return line

    def _add(self, line: bytes) -> None:
        self._lines.append(line)
        self.size += len(line)


def unsubscribe(number: int) -> bytes:
    """The line that ends a subscription at the node, which does not answer it."""
    return jsonrpc.ask(None, contract.method("events_unsubscribe").name, contract.encode({"subscription": number}))


def _end(number: int, limit: int) -> bytes:
    error = contract.fault_of(FellBehind(f"more than {limit} messages were not read"))
    end = {"subscription": number, "error": jsonrpc.error_object(error)}
    return jsonrpc.ask(None, _EVENTS.notice("end"), contract.encode(end)).rstrip()
