"""What waits for a client of the gateway: a subscription that wants more than fits ends, once, and says so."""

import json

import pytest

from chattor.rpc import jsonrpc
from chattor.websocket.mailbox import Mailbox, unsubscribe


def _item(number: int, item: str = "{}") -> bytes:
    return jsonrpc.ask(None, "events.item", f'{{"subscription":{number},"item":{item}}}'.encode()).rstrip()


def _end(number: int) -> bytes:
    return jsonrpc.ask(None, "events.end", f'{{"subscription":{number},"error":null}}'.encode()).rstrip()


def _all(mailbox: Mailbox) -> list[bytes]:
    return [mailbox.take() for _ in range(len(mailbox))]


def test_what_fits_is_handed_on_as_it_came() -> None:
    mailbox = Mailbox(4)
    lines = [_item(1), b'{"jsonrpc":"2.0","id":1,"result":null}', b'[{"jsonrpc":"2.0","id":2,"result":1}]', _end(1)]
    assert [mailbox.put(line) for line in lines] == [None] * 4
    assert (mailbox.full, mailbox.size) == (True, sum(map(len, lines)))
    assert _all(mailbox) == lines
    assert (mailbox.full, mailbox.size) == (False, 0)
    with pytest.raises(IndexError):
        mailbox.take()


def test_who_is_too_slow_loses_the_subscription_and_nothing_he_was_given() -> None:
    mailbox = Mailbox(2)
    assert [mailbox.put(_item(7, f"[{number}]")) for number in range(5)] == [None, None, 7, None, None]
    first, second, end = _all(mailbox)
    assert (first, second) == (_item(7, "[0]"), _item(7, "[1]"))
    said = json.loads(end)
    assert said["method"] == "events.end"
    assert said["params"]["subscription"] == 7
    assert said["params"]["error"]["data"]["code"] == "fell_behind"
    assert [mailbox.put(_item(7)), mailbox.put(_end(7))] == [None, None]  # on their way before the node knew
    assert _all(mailbox) == []


def test_answers_are_kept_and_other_subscriptions_go_on() -> None:
    mailbox = Mailbox(1)
    answer = b'{"jsonrpc":"2.0","id":1,"result":null}'
    assert [mailbox.put(line) for line in (answer, answer, _item(1), _end(2))] == [None, None, 1, None]
    assert len(_all(mailbox)) == 4
    assert mailbox.put(_item(2)) is None
    assert _all(mailbox) == [_item(2)]


def test_the_node_is_asked_to_end_it_and_need_not_answer() -> None:
    assert json.loads(unsubscribe(7)) == {
        "jsonrpc": "2.0", "method": "events.unsubscribe", "params": {"subscription": 7}
    }  # fmt: skip
