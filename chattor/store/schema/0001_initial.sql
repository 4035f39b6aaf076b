-- Schema 1. Times are milliseconds since the epoch (UTC). Text lives in messages.text, chain.rest, friends.draft and
-- the requests' names and notes, nowhere else: the event log holds ids only.

CREATE TABLE self (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    secrets BLOB NOT NULL CHECK (length(secrets) = 96), -- seeds of onion, ik_sig, ik_dh
    epoch INTEGER NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE friends (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('none', 'outgoing', 'incoming', 'friend', 'blocked')),
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    asked_ms INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0, -- an incoming request somebody looked at
    -- who: the code gives the first two, the first handshake pins the rest
    onion_pk BLOB NOT NULL UNIQUE CHECK (length(onion_pk) = 32),
    id_commit BLOB NOT NULL UNIQUE CHECK (length(id_commit) = 16),
    ik_sig BLOB CHECK (length(ik_sig) = 32),
    ik_dh BLOB CHECK (length(ik_dh) = 32),
    epoch INTEGER NOT NULL DEFAULT 0,
    verified INTEGER NOT NULL DEFAULT 0,
    -- continuity secrets: the one of the last link that committed, and the one it was made from
    continuity BLOB CHECK (length(continuity) = 32),
    continuity_before BLOB CHECK (length(continuity_before) = 32),
    -- their stream to us
    r_high INTEGER NOT NULL DEFAULT 0,
    r_hash BLOB NOT NULL DEFAULT (zeroblob(32)),
    -- our stream to them; see protocol.stream.Sending
    base_seq INTEGER NOT NULL DEFAULT 0,
    base_hash BLOB NOT NULL DEFAULT (zeroblob(32)),
    base_pos INTEGER NOT NULL DEFAULT 0,
    acked_pos INTEGER NOT NULL DEFAULT 0,
    acked_seq INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL DEFAULT 0,
    last_hash BLOB NOT NULL DEFAULT (zeroblob(32)),
    forked_ms INTEGER,
    -- dialling
    attempts INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    last_seen_ms INTEGER,
    -- what the faces share
    muted INTEGER NOT NULL DEFAULT 0,
    alarm TEXT,
    notice TEXT,
    read_id INTEGER NOT NULL DEFAULT 0,
    last_message_ms INTEGER,
    draft TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE rejected (
    id_commit BLOB PRIMARY KEY CHECK (length(id_commit) = 16),
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    msg_id BLOB NOT NULL CHECK (length(msg_id) = 16),
    seq INTEGER NOT NULL,
    text TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'read', 'cancelled', 'expired')),
    reply_to BLOB,
    edited INTEGER NOT NULL DEFAULT 0,
    sent_ms INTEGER NOT NULL,
    received_ms INTEGER,
    expires_ms INTEGER,
    UNIQUE (friend, direction, msg_id)
) STRICT;
CREATE INDEX messages_conversation ON messages (friend, id);
CREATE INDEX messages_waiting ON messages (id) WHERE direction = 'out' AND state IN ('queued', 'sending');

-- Our items as the wire has them. `rest` is gone once its text is: such an item travels as TOMBSTONE.
CREATE TABLE chain (
    pos INTEGER PRIMARY KEY AUTOINCREMENT,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    msg_id BLOB NOT NULL CHECK (length(msg_id) = 16),
    rest BLOB,
    rest_hash BLOB NOT NULL CHECK (length(rest_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    written INTEGER NOT NULL DEFAULT 0,
    UNIQUE (friend, msg_id)
) STRICT;
CREATE INDEX chain_order ON chain (friend, pos);
CREATE INDEX chain_number ON chain (friend, seq);

-- What was ever received from whom; outlives the message so that nothing is shown twice.
CREATE TABLE seen (
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    msg_id BLOB NOT NULL CHECK (length(msg_id) = 16),
    rest_hash BLOB NOT NULL CHECK (length(rest_hash) = 32),
    PRIMARY KEY (friend, msg_id)
) STRICT, WITHOUT ROWID;

-- Messages of a kind this version does not know, kept for one that does.
CREATE TABLE set_aside (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    msg_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    rest BLOB NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- Durable operations on their way (REQUEST, ACCEPT, REJECT, REMOVE): freed by DONE.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    op_id BLOB NOT NULL UNIQUE CHECK (length(op_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('request', 'accept', 'reject', 'remove')),
    body BLOB NOT NULL,
    written INTEGER NOT NULL DEFAULT 0,
    queued_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_friend ON outbox (friend, id);

-- Operations of others already carried out: a repeat is answered DONE and changes nothing.
CREATE TABLE handled (
    id_commit BLOB NOT NULL CHECK (length(id_commit) = 16),
    op_id BLOB NOT NULL CHECK (length(op_id) = 16),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (id_commit, op_id)
) STRICT, WITHOUT ROWID;

-- send(key=…) answered before.
CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    message INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    friend INTEGER,
    message INTEGER,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE consumers (
    name TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
