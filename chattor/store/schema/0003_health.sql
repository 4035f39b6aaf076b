-- Schema 3. When nobody could reach us, and what became of dials, links and messages: moments and words of ours, no text.

-- The last one may not have ended.
CREATE TABLE outages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    began_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL, -- when it was known to last still
    ended_ms INTEGER,
    reason TEXT NOT NULL
) STRICT;

-- Dials to a friend and links with him, the newest of it; the same again is counted.
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    detail TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX calls_friend ON calls (friend, id);

-- Of ours, unless their time is limited: when they were first written to a link, when they arrived or were given up,
-- when they were looked at.
ALTER TABLE messages ADD COLUMN written_ms INTEGER;
ALTER TABLE messages ADD COLUMN settled_ms INTEGER;
ALTER TABLE messages ADD COLUMN looked_ms INTEGER;
