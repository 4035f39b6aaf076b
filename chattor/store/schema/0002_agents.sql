-- Schema 2. Programs that act for us: what each may do, what it did, and what waits for our word. A token is kept as
-- its hash only. Text lives in approvals.text until it is decided, nowhere else here: the log holds ids.

CREATE TABLE agents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    scopes TEXT NOT NULL, -- words, a blank between them
    created_ms INTEGER NOT NULL,
    used_ms INTEGER,
    calls INTEGER NOT NULL DEFAULT 0,
    revoked_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX agents_names ON agents (name) WHERE revoked_ms IS NULL;

-- To whom it may send.
CREATE TABLE agent_friends (
    agent INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    PRIMARY KEY (agent, friend)
) STRICT, WITHOUT ROWID;

-- Whose words it was given; 0 stands for whoever is no friend. Outlives the friendship.
CREATE TABLE agent_sources (
    agent INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    source INTEGER NOT NULL,
    PRIMARY KEY (agent, source)
) STRICT, WITHOUT ROWID;

-- What it did. `counted` calls count against its quota.
CREATE TABLE agent_calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    method TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    counted INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_calls_order ON agent_calls (agent, counted, id);

-- What it wants done and may not do by itself.
CREATE TABLE approvals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent INTEGER NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('send', 'publish', 'add', 'accept')),
    friend INTEGER REFERENCES friends (id) ON DELETE CASCADE,
    channel INTEGER REFERENCES channels (id) ON DELETE CASCADE,
    code TEXT, -- whom to ask to be friends
    name TEXT, -- what to call him
    text TEXT, -- the message, the post, or the note of a request; gone once it is decided
    reply_to INTEGER, -- a message
    ttl INTEGER,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'allowed', 'denied'))
) STRICT;
CREATE INDEX approvals_pending ON approvals (agent, id) WHERE state = 'pending';

CREATE TRIGGER residue_of_approval AFTER UPDATE OF text ON approvals WHEN old.text IS NOT NULL BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_gone_approval AFTER DELETE ON approvals WHEN old.text IS NOT NULL BEGIN
    UPDATE residue SET times = times + 1;
END;
