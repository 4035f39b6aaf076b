-- Schema 1. Times are milliseconds since the epoch (UTC). Text lives in messages.text, chain.rest, friends.draft,
-- posts.text, the requests' names and notes and, until the next moment of rest, unindexing.text, nowhere else: the
-- event log holds ids only.

CREATE TABLE self (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    secrets BLOB NOT NULL CHECK (length(secrets) = 96), -- seeds of onion, ik_sig, ik_dh
    epoch INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    restored_ms INTEGER -- when this store was last put back from a backup; what must not go on from there begins anew
) STRICT;

-- Who we were: still answered until every friend followed; see store.repos.own.Guise.
CREATE TABLE former (
    epoch INTEGER PRIMARY KEY,
    secrets BLOB NOT NULL CHECK (length(secrets) = 96),
    created_ms INTEGER NOT NULL,
    left_ms INTEGER NOT NULL
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
    knows INTEGER NOT NULL, -- the epoch of our certificate they hold
    way INTEGER CHECK (way IN (0, 1)), -- our stream's byte in the chain, from the friendship's first moment on
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
    receipts INTEGER, -- these three: 1, 0, or NULL for as the settings say
    typing INTEGER,
    presence INTEGER,
    alarm TEXT,
    notice TEXT,
    read_id INTEGER NOT NULL DEFAULT 0,
    unread_bytes INTEGER NOT NULL DEFAULT 0, -- what came since we last read
    last_message_ms INTEGER,
    draft TEXT NOT NULL DEFAULT '',
    -- the timer both agreed on; see protocol.timer
    timer_round INTEGER NOT NULL DEFAULT 0,
    timer_s INTEGER NOT NULL DEFAULT 0,
    retention_s INTEGER -- how long messages are kept; 0 for ever, NULL for as the settings say
) STRICT;

-- Identities friends left: nothing is carried out any more for whoever shows one.
CREATE TABLE moved (
    id_commit BLOB PRIMARY KEY CHECK (length(id_commit) = 16),
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX moved_friend ON moved (friend, at_ms);

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
    ttl INTEGER NOT NULL DEFAULT 0, -- seconds the text lives once its time has begun, 0 for ever
    expires_ms INTEGER, -- when it ends; stays when the text is gone
    UNIQUE (friend, direction, msg_id)
) STRICT;
CREATE INDEX messages_conversation ON messages (friend, id);
CREATE INDEX messages_age ON messages (friend, coalesce(received_ms, sent_ms), id);
CREATE INDEX messages_unread ON messages (friend, id) WHERE direction = 'in' AND text IS NOT NULL;
CREATE INDEX messages_unreceipted ON messages (friend, id) WHERE direction = 'out' AND state = 'delivered';
CREATE INDEX messages_unshown ON messages (friend, id)
    WHERE ttl > 0 AND expires_ms IS NULL AND text IS NOT NULL;
CREATE INDEX messages_expiring ON messages (expires_ms) WHERE expires_ms IS NOT NULL AND text IS NOT NULL;
CREATE INDEX messages_waiting ON messages (id) WHERE direction = 'out' AND state IN ('queued', 'sending');

-- What the wall clock last said: if it says less, it was set back, and so are all deadlines.
CREATE TABLE wall (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seen_ms INTEGER NOT NULL
) STRICT;
INSERT INTO wall (id, seen_ms) VALUES (1, 0);

-- Search. Writing a message costs nothing here: what is new lies above `indexed.upto` and is taken in many at once.
-- The triggers keep the text the indexes still hold until it is taken out of them, and name what is to be taken in
-- again. `secure-delete` removes entries from the pages of an index instead of writing that they are void.
CREATE TABLE indexed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    upto INTEGER NOT NULL
) STRICT;
INSERT INTO indexed (id, upto) VALUES (1, 0);

CREATE TABLE unindexing (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    place TEXT NOT NULL
) STRICT;

CREATE TABLE reindexing (id INTEGER PRIMARY KEY) STRICT;

CREATE VIEW searchable AS
    SELECT id, text, 'f' || friend || ' ' || direction AS place FROM messages
        WHERE text IS NOT NULL AND id <= (SELECT upto FROM indexed) AND id NOT IN (SELECT id FROM reindexing)
    UNION ALL
    SELECT id, text, place FROM unindexing;

CREATE VIRTUAL TABLE words USING fts5 (
    text, place, -- place: the friend and the direction, to be searched for like words
    content = 'searchable', content_rowid = 'id', prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);

CREATE VIRTUAL TABLE parts USING fts5 (
    text,
    content = 'searchable', content_rowid = 'id', detail = 'none', columnsize = 0,
    tokenize = "trigram remove_diacritics 1"
);
INSERT INTO parts (parts, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER messages_text_changed AFTER UPDATE OF text ON messages
WHEN old.text IS NOT new.text AND old.id <= (SELECT upto FROM indexed) BEGIN
    INSERT INTO unindexing (id, text, place)
        SELECT old.id, old.text, 'f' || old.friend || ' ' || old.direction
        WHERE old.text IS NOT NULL AND old.id NOT IN (SELECT id FROM reindexing);
    INSERT OR IGNORE INTO reindexing (id) SELECT new.id WHERE new.text IS NOT NULL;
END;

CREATE TRIGGER messages_gone AFTER DELETE ON messages WHEN old.id <= (SELECT upto FROM indexed) BEGIN
    INSERT INTO unindexing (id, text, place)
        SELECT old.id, old.text, 'f' || old.friend || ' ' || old.direction
        WHERE old.text IS NOT NULL AND old.id NOT IN (SELECT id FROM reindexing);
    DELETE FROM reindexing WHERE id = old.id;
END;

-- Our items as the wire has them. `rest` is gone once its text is: such an item travels as TOMBSTONE.
CREATE TABLE chain (
    pos INTEGER PRIMARY KEY AUTOINCREMENT,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    msg_id BLOB NOT NULL CHECK (length(msg_id) = 16),
    kind INTEGER NOT NULL,
    about BLOB CHECK (length(about) = 16), -- the message an edit or a deletion is about
    rest BLOB,
    rest_hash BLOB NOT NULL CHECK (length(rest_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    written INTEGER NOT NULL DEFAULT 0,
    UNIQUE (friend, msg_id)
) STRICT;
CREATE INDEX chain_order ON chain (friend, pos);
CREATE INDEX chain_number ON chain (friend, seq);
CREATE INDEX chain_changes ON chain (friend, pos) WHERE kind <> 1; -- all but texts
CREATE INDEX chain_about ON chain (friend, about) WHERE about IS NOT NULL;

-- What was ever received from whom; outlives the message so that nothing is shown twice.
CREATE TABLE seen (
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    msg_id BLOB NOT NULL CHECK (length(msg_id) = 16),
    rest_hash BLOB NOT NULL CHECK (length(rest_hash) = 32),
    PRIMARY KEY (friend, msg_id)
) STRICT, WITHOUT ROWID;

-- Their messages that were deleted before we had them.
CREATE TABLE deleted (
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    msg_id BLOB NOT NULL CHECK (length(msg_id) = 16),
    PRIMARY KEY (friend, msg_id)
) STRICT, WITHOUT ROWID;

-- One per author and message; kept by wire id, for the message may come later than what is thought of it.
CREATE TABLE reactions (
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    msg_id BLOB NOT NULL CHECK (length(msg_id) = 16),
    author TEXT NOT NULL CHECK (author IN ('in', 'out')),
    emoji TEXT NOT NULL,
    PRIMARY KEY (friend, msg_id, author)
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
CREATE INDEX set_aside_friend ON set_aside (friend, id);

-- Durable operations on their way (REQUEST, ACCEPT, REJECT, REMOVE, ROTATE): freed by DONE.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    op_id BLOB NOT NULL UNIQUE CHECK (length(op_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('request', 'accept', 'reject', 'remove', 'rotate')),
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
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (friend, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (friend, message);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    friend INTEGER,
    message INTEGER,
    channel INTEGER,
    post INTEGER,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE consumers (
    name TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Channels. Texts of posts live in posts.text, nowhere else.

-- Whose channels we read: friends and strangers. A friend's address and keys are those in `friends`.
CREATE TABLE publishers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    onion_pk BLOB NOT NULL CHECK (length(onion_pk) = 32),
    id_commit BLOB NOT NULL UNIQUE CHECK (length(id_commit) = 16),
    ik_sig BLOB CHECK (length(ik_sig) = 32),
    ik_dh BLOB CHECK (length(ik_dh) = 32),
    epoch INTEGER NOT NULL DEFAULT 0,
    mask BLOB CHECK (length(mask) = 96), -- seeds of the throwaway identity we show to a stranger
    welcome INTEGER NOT NULL DEFAULT 0, -- a new friend: subscribe to everything on the first list
    reason TEXT NOT NULL DEFAULT '' -- why the last visit failed
) STRICT;

CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    publisher INTEGER REFERENCES publishers (id) ON DELETE CASCADE, -- NULL: ours
    channel_id BLOB CHECK (length(channel_id) = 32), -- NULL until the owner's identity is known
    name TEXT NOT NULL,
    friends_only INTEGER NOT NULL,
    subscribed INTEGER NOT NULL DEFAULT 0,
    -- ours: the present run of numbers (0 before the first post), its last number and post, and the restore it follows
    incarnation INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0,
    last_id BLOB NOT NULL DEFAULT (zeroblob(32)),
    restored_ms INTEGER,
    -- others': everything up to this post was fetched
    synced INTEGER,
    synced_ms INTEGER,
    missing INTEGER NOT NULL DEFAULT 0, -- the owner's last list did not name it
    alarm TEXT,
    read_id INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX channels_ids ON channels (channel_id); -- not unique: two identities may share a signature key
CREATE UNIQUE INDEX channels_names ON channels (ifnull(publisher, 0), name);

-- `run` orders incarnations as they came. A post without text was retracted, has expired, or never had any.
CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    post_id BLOB NOT NULL CHECK (length(post_id) = 32),
    run INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, -- 0: never
    kind INTEGER NOT NULL,
    body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    salt BLOB,
    text TEXT,
    target BLOB CHECK (length(target) = 32), -- what a retraction retracts
    retracted INTEGER NOT NULL DEFAULT 0,
    contradicted INTEGER NOT NULL DEFAULT 0,
    starts INTEGER NOT NULL DEFAULT 0, -- its owner keeps nothing older
    received_ms INTEGER NOT NULL,
    UNIQUE (channel, post_id)
) STRICT;
CREATE INDEX posts_order ON posts (channel, run, seq, id);
CREATE INDEX posts_place ON posts (channel, incarnation, seq);
CREATE INDEX posts_expiring ON posts (expires_ms) WHERE expires_ms > 0 AND text IS NOT NULL;

-- How far each friend who tells has read each channel of ours.
CREATE TABLE readers (
    channel INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    post INTEGER NOT NULL,
    PRIMARY KEY (channel, friend)
) STRICT, WITHOUT ROWID;

-- How often something secret was overwritten or deleted: as often the log of the store holds it still.
CREATE TABLE residue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    times INTEGER NOT NULL
) STRICT;
INSERT INTO residue (id, times) VALUES (1, 0);
CREATE TRIGGER residue_of_text AFTER UPDATE OF text ON messages WHEN old.text IS NOT NULL BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_message AFTER DELETE ON messages BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_index AFTER DELETE ON unindexing BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_rest AFTER UPDATE OF rest ON chain WHEN old.rest IS NOT NULL BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_item AFTER DELETE ON chain BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_draft AFTER UPDATE OF draft ON friends WHEN old.draft <> '' BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_friend AFTER DELETE ON friends BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_reaction AFTER DELETE ON reactions BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_post AFTER UPDATE OF text ON posts WHEN old.text IS NOT NULL AND new.text IS NULL BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_gone_post AFTER DELETE ON posts WHEN old.text IS NOT NULL BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_mask AFTER DELETE ON publishers BEGIN
    UPDATE residue SET times = times + 1;
END;
