-- Schema 5. How urgent our messages are: it decides whom we dial first. 0 low, 1 normal, 2 high.

ALTER TABLE messages ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
ALTER TABLE approvals ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;
CREATE INDEX messages_urgency ON messages (friend, priority) WHERE direction = 'out' AND state IN ('queued', 'sending');
