"""The first message of a gateway's client."""

from chattor.websocket import login
from chattor.websocket.login import Login


def test_a_token_goes_to_the_node_and_into_no_log() -> None:
    said = login.read(b'{"jsonrpc": "2.0", "id": 1, "method": "agent.login", "params": {"token": "very-secret"}}')
    assert isinstance(said, Login)
    assert b"very-secret" in said.line
    assert "very-secret" not in repr(said)
