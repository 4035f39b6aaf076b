-- Schema 4. What friends say of themselves: that a program speaks, and what it can do.

ALTER TABLE friends ADD COLUMN agent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE friends ADD COLUMN capabilities TEXT NOT NULL DEFAULT ''; -- words, a blank between them
