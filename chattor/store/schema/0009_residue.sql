-- Schema 9. Names of friends, notes of requests and operations that carry them leave the log of the store as texts do.

CREATE TRIGGER residue_of_name AFTER UPDATE OF name, note ON friends
WHEN old.name <> new.name OR old.note <> new.note BEGIN
    UPDATE residue SET times = times + 1;
END;
CREATE TRIGGER residue_of_operation AFTER DELETE ON outbox BEGIN
    UPDATE residue SET times = times + 1;
END;

UPDATE friends SET note = '' WHERE state NOT IN ('outgoing', 'incoming') AND note <> '';
