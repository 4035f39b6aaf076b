"""Every size, count, window and time of chattor/1, with its reason. Cross-constraints are asserted at import.

Protocol page sections in brackets.
"""

from typing import Final

# Handshake [§3]: fixed sizes, so that the messages say nothing by their length.
HANDSHAKE_1: Final = 1280
HANDSHAKE_2: Final = 1536
HANDSHAKE_3: Final = 512
FIRST_MESSAGE_TIMEOUT: Final = 20.0  # s; a stranger holds a slot no longer than this
HANDSHAKE_TIMEOUT: Final = 60.0  # s; whole handshake over a slow circuit
PRE_AUTH_LINKS: Final = 64  # unproven links in all; beyond it one at random is dropped
STRANGER_LINKS: Final = 32  # proven, but not friends
REPLAY_WINDOW: Final = 65_536  # first-message ephemerals remembered: 2 MiB

# Records and frames [§4].
RECORD_PAYLOADS: Final = (
    1_024,
    2_048,
    16_384,
)  # a 4 KiB write already meets Nagle and delayed ACK inside tor
RECORD_TAG: Final = 16
FRAME_HEADER: Final = 3  # type u8, length u16
FRAME_BODY_MAX: Final = RECORD_PAYLOADS[-1] - FRAME_HEADER
FRAMES_PER_RECORD: Final = 64  # bounds the work one record can ask for
RECORD_TIMEOUT: Final = 60.0  # s; a record begun and not finished by then is a slow-loris
READ_MAX: Final = 64 * 1024  # asked of a stream at once: a few full records
LINK_BACKLOG: Final = 2 * 1024 * 1024  # bytes; eight windows, so only a peer that does not read gets there
CLOSE_GRACE: Final = 1.0  # s for a last word to leave
REKEY_EVERY: Final = 1 << 16  # records
LINK_LIFETIME: Final = 24 * 3600.0  # s; a fresh KEM at least daily
PING_EVERY: Final = 30.0  # s
PONG_EVERY: Final = 5.0  # s; a flood of pings is answered no faster
DEAD_AFTER: Final = 90.0  # s; three pings

# Double ratchet [§4].
RATCHET_HEADER: Final = 40 + 40  # dh 32, pn u32, n u32; nonce 24, tag 16
RATCHET_OVERHEAD: Final = RATCHET_HEADER + 16

# Messages [§5].
TEXT_MAX: Final = 16_000  # bytes of UTF-8
WINDOW_MESSAGES: Final = 1_024  # unacknowledged
WINDOW_BYTES: Final = 256 * 1024
SEQ_MAX: Final = 1 << 62  # a HELLO beyond it closes; SQLite numbers are signed and we must be able to count on
FORK_ALARM_WITHIN: Final = 3600.0  # s; a second fork within it: "your identity may be running twice"
EPHEMERAL_MAX: Final = 365 * 24 * 3600  # s; a longer ttl is taken as this

# Friendship [§6].
NAME_MAX: Final = 32  # characters
NOTE_MAX: Final = 280
REQUESTS_MAX: Final = 64  # unseen; random eviction beyond
REQUESTS_SEEN_MAX: Final = 192  # seen and not answered; beyond it newcomers must wait
REQUESTS_RATE: Final = 1 / 60  # per second, of all strangers together after a full inbox at once
FRIEND_CODE_INPUT_MAX: Final = 128  # characters looked at before refusing

# Flow and dialling [§5].
UNSOLICITED_RATE: Final = 5.0  # frames/s per authenticated peer
UNSOLICITED_BURST: Final = 20
POOL_LINKS: Final = 50  # dialled
IDLE_AFTER: Final = 300.0  # s, beyond the pool
FRIEND_LINKS: Final = 1_024  # inbound
DIAL_TIMEOUT: Final = 30.0  # s
RETRY_FIRST: Final = 30.0  # s, doubling
RETRY_MAX: Final = 900.0  # s
RETRY_JITTER: Final = 0.2
TIE_BREAK: Final = 30.0  # s; links crossed within it: the smaller identity's dial wins
TIE_PROBE: Final = 5.0  # s for the PONG of the older link
SPREAD: Final = 20.0  # s; dials after becoming reachable
DIALS_AT_ONCE: Final = 8
REPLACE_AFTER: Final = 60.0  # s; a link that died is replaced at once, but not more often than this

_TEXT_FRAME_OVERHEAD: Final = (
    RATCHET_OVERHEAD + 8 + 16 + 32 + 16 + 1 + 8 + 4 + 64
)  # seq id prev salt kind sent ttl array

assert TEXT_MAX + _TEXT_FRAME_OVERHEAD <= FRAME_BODY_MAX, "a full text fits one frame"
assert FRAME_BODY_MAX + RECORD_TAG < 1 << 16, "lengths are u16"
assert DEAD_AFTER >= 2 * PING_EVERY, "one lost ping does not kill a link"
assert RECORD_PAYLOADS[-1] < WINDOW_BYTES, "the window holds a full record"
assert 2 * (WINDOW_BYTES + WINDOW_MESSAGES * RATCHET_OVERHEAD) < LINK_BACKLOG, "an honest window overflows no link"
assert FIRST_MESSAGE_TIMEOUT < HANDSHAKE_TIMEOUT
