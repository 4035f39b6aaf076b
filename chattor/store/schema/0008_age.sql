-- Schema 8. By which moment the age of things is told: see handlers.age. 0 before it was ever looked at.

ALTER TABLE wall ADD COLUMN believed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE wall ADD COLUMN looked_ms INTEGER NOT NULL DEFAULT 0; -- when a clock in doubt was last looked at
ALTER TABLE wall ADD COLUMN stood INTEGER NOT NULL DEFAULT 0; -- how often it had stood by what it says
