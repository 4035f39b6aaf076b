-- Schema 7. The last post of a channel whose owner became another identity: the body, a certificate and a signature.

ALTER TABLE posts ADD COLUMN succession BLOB CHECK (length(succession) = 301);
CREATE INDEX posts_successions ON posts (channel) WHERE succession IS NOT NULL;
