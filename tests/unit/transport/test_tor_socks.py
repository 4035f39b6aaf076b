"""SOCKS5 as tor speaks it: the bytes, the ragged arrival, and what every refusal means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chattor.model.address import OnionAddress
from chattor.transport.tor.socks import Blame, Connect, SocksRefused, refusal

FRIEND = OnionAddress(bytes(range(32)))
METHOD, LOGIN = b"\x05\x02", b"\x01\x00"
IPV6_REPLY = b"\x05\x00\x00\x04" + bytes(18)  # what a unix SocksPort answers: 22 bytes
IPV4_REPLY = b"\x05\x00\x00\x01" + bytes(6)
NAME_REPLY = b"\x05\x00\x00\x03\x04name" + bytes(2)


def feed(connect: Connect, stream: bytes, sizes: list[int]) -> tuple[bytes, bytes]:
    """Give a client a stream in pieces of at most these sizes; what it wrote, and what it left unread."""
    written, turn = connect.opening, 0
    while want := connect.want():
        size = min(want, sizes[turn % len(sizes)])
        written += connect.feed(stream[:size])
        stream, turn = stream[size:], turn + 1
    return written, stream


@pytest.mark.parametrize("reply", [IPV6_REPLY, IPV4_REPLY, NAME_REPLY], ids=["ipv6", "ipv4", "name"])
@settings(deadline=None)
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_a_friend_is_reached_and_his_first_bytes_are_not_eaten(reply: bytes, sizes: list[int]) -> None:
    connect = Connect(FRIEND, "f1")
    written, left = feed(connect, METHOD + LOGIN + reply + b"his words", sizes)
    assert connect.done
    assert left == b"his words"
    host = str(FRIEND).encode()
    assert (
        written == b"\x05\x01\x02" + b"\x01\x02f1\x01-" + b"\x05\x01\x00\x03" + bytes([len(host)]) + host + b"\x26\x07"
    )


@pytest.mark.parametrize("isolation", ["", "x" * 256, "é" * 128])
def test_an_isolation_must_fit_a_user_name(isolation: str) -> None:
    with pytest.raises(ValueError, match="1 to 255 bytes"):
        Connect(FRIEND, isolation)


@pytest.mark.parametrize(
    "stream",
    [b"HTTP/1.1 200", b"\x05\xff", b"\x04\x5a", METHOD + b"\x01\x01", METHOD + LOGIN + b"\x04\x00\x00\x01" + bytes(6)],
    ids=["http", "no method", "socks4", "login refused", "version changes"],
)
def test_what_is_not_tor_is_told_from_a_friend_who_is_away(stream: bytes) -> None:
    with pytest.raises(SocksRefused) as caught:
        feed(Connect(FRIEND, "f1"), stream, [64])
    assert caught.value.refusal.blame is Blame.TOR


@pytest.mark.parametrize("code", range(1, 256))
def test_every_refusal_has_words_and_somebody_to_blame(code: int) -> None:
    reply = bytes([5, code, 0, 4]) + bytes(18)
    with pytest.raises(SocksRefused) as caught:
        feed(Connect(FRIEND, "f1"), METHOD + LOGIN + reply, [64])
    assert caught.value.refusal == refusal(code)
    assert str(caught.value) == refusal(code).words


def test_an_absent_friend_is_not_our_tor_s_fault() -> None:
    friend = {code for code in range(1, 256) if refusal(code).blame is Blame.FRIEND}
    assert friend == {0x01, 0x04, 0x05, 0x06, *range(0xF0, 0xF8)}
    assert {code for code in range(1, 256) if not refusal(code).is_final} == set(range(0xF0, 0x100))
