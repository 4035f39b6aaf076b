"""Every size, count, window and time of chattor/1, with its reason. Cross-constraints are asserted at import.

Protocol page sections in brackets.
"""

from typing import Final

from chattor import text
from chattor.model import activity, channel, friend, message

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
TEXT_MAX: Final = message.TEXT_MAX
DRAFT_MAX: Final = 64_000  # characters kept of what is half written: any text that can be sent fits, and its rewriting
WINDOW_MESSAGES: Final = 1_024  # unacknowledged
WINDOW_BYTES: Final = 256 * 1024
KEY_MAX: Final = 128  # characters of the key that makes a repeated send harmless
KEYS_MAX: Final = 1_000  # remembered for each friend; whoever repeats does it soon
UNREAD_MAX: Final = 64 * 1024 * 1024  # bytes one friend may leave here unread: years of talk, no disk of anybody's
SET_ASIDE_MAX: Final = 1_024  # items of kinds unknown here, of one friend: nobody sees them, so nobody ends them
ITEM_COST: Final = 256  # bytes any stream item costs a store besides its content
SEQ_MAX: Final = 1 << 62  # a HELLO beyond it closes; SQLite numbers are signed and we must be able to count on
FORK_ALARM_WITHIN: Final = 3600.0  # s; a second fork within it: "your identity may be running twice"
REACTION_MAX: Final = 32  # bytes of UTF-8; a flag or a family fits. One reaction is kept per author and message
FORKS_BURST: Final = 8  # with one friend at once: a store put back several times in a row
FORK_EVERY: Final = 450.0  # s between two after that; each renumbers all that waits, 0.2 s per 5,000 messages
ROUND_MAX: Final = 1 << 53  # decisions about a timer; nobody lives that long
EPHEMERAL_MIN: Final = 5  # s; nobody reads faster
EPHEMERAL_MAX: Final = 365 * 24 * 3600  # s; a longer ttl is taken as this

# Friendship [§6].
NAME_MAX: Final = text.NAME_MAX
GUESTS_MAX: Final = 299  # friends let in where only friends may enter; each costs 95 of a descriptor's 50,000 bytes
NOTE_MAX: Final = friend.NOTE_MAX
REQUESTS_MAX: Final = 64  # unseen; random eviction beyond
REQUESTS_SEEN_MAX: Final = 192  # seen and not answered; beyond it newcomers must wait
REQUESTS_RATE: Final = 1 / 60  # per second, of all strangers together after a full inbox at once
HANDLED_MAX: Final = 64  # operations of one identity remembered as done; an honest one has a handful on its way
HANDLED_STRANGERS_MAX: Final = 1_024  # of all who are nobody to us any more; identities cost nothing
MOVED_MAX: Final = 16  # identities one friend left; an honest one leaves a few in a lifetime
FORMER_KEPT: Final = 30 * 24 * 3600.0  # s; an address we left is answered at least so long
FORMER_MAX: Final = 8  # left and still answered; each is an onion service of its own
FRIEND_CODE_INPUT_MAX: Final = 128  # characters looked at before refusing

# Channels [§7].
POST_MAX: Final = channel.POST_MAX  # leaves room for what is signed with it
CHANNELS_MAX: Final = 64  # of one owner: their list is one frame
SYNC_POSTS: Final = 50  # in one answer
SYNC_BYTES: Final = WINDOW_BYTES  # of bodies in one answer, but one post always goes
SYNCS_AT_ONCE: Final = 4  # answered of one read; an honest reader asks one and waits
SYNCS_A_ROUND: Final = 256  # of one owner: all his channels, and long answers of some
SYNC_EVERY: Final = 300.0  # s
STRANGER_SYNC_EVERY: Final = 60.0  # s; one SYNC of one stranger
STRANGERS_KNOWN: Final = 1_024  # remembered for that
STRANGERS_FOLLOWED: Final = 256  # whose channels we read: a dial a second over SYNC_EVERY is what tor bears
VISIT_TIMEOUT: Final = 120.0  # s; from the dial to the goodbye

# Flow and dialling [§5].
UNSOLICITED_RATE: Final = 5.0  # frames/s per authenticated peer
UNSOLICITED_BURST: Final = 20
WHISPER_RATE: Final = 2.0  # READ, PRESENCE and SEEN frames/s per link; honest ones are far apart, the rest is dropped
WHISPER_BURST: Final = 10
READ_DELAY: Final = (1.0, 5.0)  # s; when exactly somebody looked is nobody's business
RECEIPTS_AT_ONCE: Final = 1_000  # messages one READ marks; the next one goes on
PRESENCE_EVERY: Final = 60.0  # s
PRESENCE_LASTS: Final = 120.0  # s; one lost heartbeat does not make anybody go
TYPING_EVERY: Final = 4.0  # s between two signs of typing, however many keys are hit
TYPING_LASTS: Final = 5.0  # s
STATUS_MAX: Final = 80  # characters of a status text
CAPABILITIES_MAX: Final = activity.CAPABILITIES_MAX
CAPABILITY_MAX: Final = activity.CAPABILITY_MAX
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
assert UNREAD_MAX >= 64 * WINDOW_BYTES, "nobody honest is stopped by a burst"
assert PRESENCE_LASTS >= 2 * PRESENCE_EVERY, "one lost heartbeat makes nobody go"
assert max(map(len, activity.Doing)) + 2 + activity.WORDS_MAX <= STATUS_MAX, "a state and its words fit"
assert TYPING_LASTS > TYPING_EVERY, "whoever goes on typing is seen to go on"
assert 0 < EPHEMERAL_MIN < EPHEMERAL_MAX < 1 << 32, "a ttl is u32"
assert FIRST_MESSAGE_TIMEOUT < HANDSHAKE_TIMEOUT

_POST_FRAME_OVERHEAD: Final = (
    RATCHET_OVERHEAD + 32 + 4 + 8 + 8 + 32 + 8 + 8 + 1 + 32 + 64 + 16
)  # channel epoch incarnation seq prev created expires kind hash signature; salt
assert POST_MAX + _POST_FRAME_OVERHEAD <= FRAME_BODY_MAX, "a full post fits one frame"
assert RATCHET_OVERHEAD + CHANNELS_MAX * (4 * NAME_MAX + 8) <= FRAME_BODY_MAX, "a full list fits one frame"
assert SYNCS_AT_ONCE * (SYNC_BYTES + FRAME_BODY_MAX) < LINK_BACKLOG, "the answers to one read overflow no link"
assert VISIT_TIMEOUT > DIAL_TIMEOUT + HANDSHAKE_TIMEOUT, "who is slow is still heard"
