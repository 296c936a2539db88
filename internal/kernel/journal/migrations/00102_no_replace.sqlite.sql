-- +goose Up
-- INSERT OR REPLACE takes the old row out without firing the triggers on DELETE, so it is stopped before it begins (PR-4). PostgreSQL has
-- nothing like it: ON CONFLICT DO UPDATE fires the triggers on UPDATE.
CREATE TRIGGER journal_entry_no_replace BEFORE INSERT ON journal_entry
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE seq = NEW.seq) OR EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END;
CREATE TRIGGER journal_payload_no_replace BEFORE INSERT ON journal_payload WHEN EXISTS (SELECT 1 FROM journal_payload WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'journal_payload is append-only'); END;
CREATE TRIGGER journal_hash_no_replace BEFORE INSERT ON journal_hash WHEN EXISTS (SELECT 1 FROM journal_hash WHERE n = NEW.n)
BEGIN SELECT RAISE(ABORT, 'journal_hash is append-only'); END;
CREATE TRIGGER journal_checkpoint_no_replace BEFORE INSERT ON journal_checkpoint WHEN EXISTS (SELECT 1 FROM journal_checkpoint WHERE size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'journal_checkpoint is append-only'); END;
