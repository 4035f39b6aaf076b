"""Records: three sizes, frames packed in order, and a reader that waits for nothing it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.crypto.noise import CipherState
from chattor.errors import LocalError, ProtocolViolation
from chattor.protocol.limits import FRAME_BODY_MAX, FRAMES_PER_RECORD, RECORD_PAYLOADS, REKEY_EVERY
from chattor.protocol.records import Inbox, RecordCipher, pack, unpack

KEY = bytes(range(32))


def sizes(*bodies: int) -> list[int]:
    """The payload sizes that frames with bodies of these sizes are packed into."""
    return [len(payload) for payload in pack((1, b"x" * size) for size in bodies)]


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([0], [1024]),
        ([1021], [1024]),
        ([1022], [2048]),
        ([2045], [2048]),
        ([2046], [16384]),
        ([FRAME_BODY_MAX], [16384]),
        ([200], [1024]),
        ([200] * 30, [16384]),
        ([200] * 64, [16384]),
        ([200] * 65, [16384, 1024]),
        ([16_000, 16_000], [16384, 16384]),
        ([200, FRAME_BODY_MAX, 200], [1024, 16384, 1024]),
        ([0] * 64, [1024]),
        ([0] * 65, [1024, 1024]),
        ([], []),
    ],
)
def test_frames_are_packed_into_few_records_of_the_smallest_size(bodies: list[int], expected: list[int]) -> None:
    assert sizes(*bodies) == expected


def test_a_frame_is_never_cut() -> None:
    with pytest.raises(LocalError):
        sizes(FRAME_BODY_MAX + 1)


@given(st.lists(st.tuples(st.integers(1, 255), st.binary(max_size=600) | st.just(b"y" * 16_000)), max_size=200))
def test_whatever_is_packed_is_unpacked_in_order(frames: list[tuple[int, bytes]]) -> None:
    payloads = list(pack(frames))
    assert [frame for payload in payloads for frame in unpack(payload)] == frames
    assert {len(payload) for payload in payloads} <= set(RECORD_PAYLOADS)
    assert all(len(unpack(payload)) <= FRAMES_PER_RECORD for payload in payloads)


def test_input_06_a_frame_longer_than_its_record_is_refused() -> None:
    for size in (1022, 65_535):
        payload = b"\x20" + size.to_bytes(2, "big") + bytes(1021)
        with pytest.raises(ProtocolViolation, match="longer than its record"):
            unpack(payload)


@pytest.mark.parametrize("at", [5, 500, 1021, 1022, 1023])
def test_input_07_padding_that_is_not_zero_is_refused(at: int) -> None:
    (payload,) = pack([(0x20, b"x")])
    stained = payload[:at] + b"\x01" + payload[at + 1 :]
    with pytest.raises(ProtocolViolation):
        unpack(stained)


def test_input_09_more_than_64_frames_in_a_record_are_refused() -> None:
    assert len(unpack(b"\x02\0\0" * 64 + bytes(1024 - 192))) == 64
    with pytest.raises(ProtocolViolation, match="too many frames"):
        unpack(b"\x02\0\0" * 65 + bytes(1024 - 195))
    with pytest.raises(ProtocolViolation, match="too many frames"):
        unpack((b"\x02\0\0" * 5461).ljust(16384, b"\0"))


def test_an_empty_record_is_refused() -> None:
    with pytest.raises(ProtocolViolation, match="empty"):
        unpack(bytes(1024))


@pytest.mark.parametrize("length", [0, 1, 1039, 1041, 1024, 2063, 2065, 16_399, 16_401, 65_535])
def test_input_01_a_wrong_length_is_refused_before_anything_is_waited_for(length: int) -> None:
    inbox = Inbox()
    inbox.feed(length.to_bytes(2, "big"))
    with pytest.raises(ProtocolViolation, match=f"a record of {length} bytes"):
        inbox.record()


@pytest.mark.parametrize("step", [1, 2, 7, 1041, 5000])
def test_the_reader_finds_records_however_they_are_cut(step: int) -> None:
    cipher = RecordCipher(CipherState(KEY))
    records = [cipher.seal(bytes(size)) for size in (1024, 16384, 2048, 1024)]
    inbox, found = Inbox(), []
    stream = b"".join(records)
    for at in range(0, len(stream), step):
        inbox.feed(stream[at : at + step])
        while (record := inbox.record()) is not None:
            found.append(record)
    assert found == [record[2:] for record in records]
    assert len(inbox) == 0


def test_both_sides_replace_their_keys_after_the_same_record() -> None:
    sender, receiver, first_key = RecordCipher(CipherState(KEY)), RecordCipher(CipherState(KEY)), CipherState(KEY)
    for number in range(REKEY_EVERY):
        record = sender.seal(number.to_bytes(8, "big"))[2:]
        assert receiver.open(record) == first_key.decrypt(b"", record)
    record = sender.seal(b"under the next key")[2:]
    assert receiver.open(record) == b"under the next key"
    with pytest.raises(ProtocolViolation):
        first_key.decrypt(b"", record)
