"""How a loaded conversation changes: pages before and after, messages that come, go out and get further. Pure."""

from datetime import datetime

from msgspec.structs import replace

from chattor.model.ids import MessageId
from chattor.model.message import Direction, Message, MessageState, Sent
from chattor.tui.history import History
from chattor.tui.view import Thread


def newest(thread: Thread, page: tuple[Message, ...], *, first: bool, unread: int) -> Thread:
    """The newest page again or for the first time: it wins where it overlaps; without overlap it stands alone."""
    if thread.detached:
        thread = Thread(friend=thread.friend)
    known = {message.id for message in page}
    kept = [message for message in thread.messages if message.id not in known]
    start = thread.index(page[0].id) if page else None
    if not thread.loaded:
        loaded = replace(thread, messages=History((*page, *kept)), loaded=True, complete=first)
        return loaded if loaded.divider else _mark_first_unread(loaded, unread)
    if start is None:
        return replace(thread, messages=History(page), complete=first) if page else thread
    after = [message for message in thread.messages[start:] if message.id not in known]
    messages = thread.messages.before(start).then((*page, *after))
    return replace(thread, messages=messages, complete=thread.complete or first)


def older(thread: Thread, page: tuple[Message, ...], before: MessageId, *, first: bool) -> Thread:
    """The page before our first message; an answer to a question nobody asks any more changes nothing."""
    if not thread.messages or thread.messages[0].id != before:
        return thread
    divider = thread.divider
    if divider == before:
        divider = next((message.id for message in page if _is_unread(message)), divider)
    return replace(thread, messages=thread.messages.after(page), complete=first, divider=divider)


def around(thread: Thread, page: tuple[Message, ...], target: MessageId, *, first: bool, last: bool) -> Thread:
    """A window into the past instead of what was loaded."""
    return Thread(
        friend=thread.friend, messages=History(page), loaded=True, complete=first, detached=not last, target=target,
        jumps=thread.jumps + 1,
    )  # fmt: skip


def newer(thread: Thread, page: tuple[Message, ...], after: MessageId, *, last: bool) -> Thread:
    """The page after our last message; `page` may begin before it."""
    if not thread.messages or thread.messages[-1].id != after:
        return thread
    start = next((at + 1 for at, message in enumerate(page) if message.id == after), None)
    if start is None:
        return thread
    return replace(thread, messages=thread.messages.then(page[start:]), detached=not last)


def received(thread: Thread, message: Message, *, unseen: int) -> Thread:
    """A friend's message at the end; `unseen` counts it and what was unread before it, 0 if the reader looks on."""
    if thread.detached:
        return thread
    thread = replace(thread, messages=thread.messages.then((message,)))
    if not unseen:
        return thread
    if unseen == 1 or thread.divider is None:
        return replace(thread, divider=message.id, fresh=unseen)
    return replace(thread, fresh=thread.fresh + 1)


def written(thread: Thread, sent: Sent, text: str, at: datetime, reply_to: MessageId | None = None) -> Thread:
    """Our own message at the end; whoever writes has read, so the divider goes."""
    thread = replace(thread, divider=None, fresh=0)
    if thread.detached or thread.index(sent.id) is not None:
        return thread
    message = Message(
        id=sent.id, friend=sent.friend, direction=Direction.OUT, text=text, state=sent.state, seq=sent.seq,
        reply_to=reply_to, edited=False, reactions={}, sent_at=at, received_at=None, expires_at=None,
    )  # fmt: skip
    return replace(thread, messages=thread.messages.then((message,)))


def changed(thread: Thread, id: MessageId, state: MessageState, *, gone: bool = False) -> Thread | None:
    """A message in another state, its text `gone` with it or not; None if it is not loaded."""
    at = thread.index(id)
    if at is None:
        return None
    was = thread.messages[at]
    return replaced(thread, replace(was, state=state, text=None if gone else was.text))


def replaced(thread: Thread, message: Message) -> Thread | None:
    """A message as it is now; None if it is not loaded."""
    at = thread.index(message.id)
    return None if at is None else replace(thread, messages=thread.messages.replaced(at, message))


def _is_unread(message: Message) -> bool:
    return message.direction is Direction.IN and message.state is MessageState.DELIVERED


def _mark_first_unread(thread: Thread, unread: int) -> Thread:
    first = next((message.id for message in thread.messages if _is_unread(message)), None) if unread else None
    return replace(thread, divider=first, fresh=unread if first else 0)
