-- Schema 6. Whose key it was that a send was repeated with: 0 is ours, else an agent's. What an agent asked for is sent
-- under its key once it is allowed.

CREATE TABLE keys (
    friend INTEGER NOT NULL REFERENCES friends (id) ON DELETE CASCADE,
    agent INTEGER NOT NULL,
    key TEXT NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (friend, agent, key)
) STRICT, WITHOUT ROWID;
INSERT INTO keys (friend, agent, key, message) SELECT friend, 0, key, message FROM idempotency;
DROP TABLE idempotency;
ALTER TABLE keys RENAME TO idempotency;
CREATE INDEX idempotency_age ON idempotency (friend, message);

ALTER TABLE approvals ADD COLUMN key TEXT;
