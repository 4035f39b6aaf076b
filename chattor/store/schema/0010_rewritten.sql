-- Schema 10. Rows that SQLite moves to another page may leave a copy in the unused part of the old one, which
-- `secure_delete` does not reach: the file is written anew by and by. As often something had gone when it last was.

ALTER TABLE residue ADD COLUMN rewritten INTEGER NOT NULL DEFAULT 0;
