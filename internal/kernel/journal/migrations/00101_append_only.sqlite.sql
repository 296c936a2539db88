-- +goose Up
-- No way to change history through the schema (PR-4). Payloads may be removed: verification asks for the entry that says why.
CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END;
CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END;
CREATE TRIGGER journal_hash_no_update BEFORE UPDATE ON journal_hash BEGIN SELECT RAISE(ABORT, 'journal_hash is append-only'); END;
CREATE TRIGGER journal_hash_no_delete BEFORE DELETE ON journal_hash BEGIN SELECT RAISE(ABORT, 'journal_hash is append-only'); END;
CREATE TRIGGER journal_checkpoint_no_update BEFORE UPDATE ON journal_checkpoint BEGIN SELECT RAISE(ABORT, 'journal_checkpoint is append-only'); END;
CREATE TRIGGER journal_checkpoint_no_delete BEFORE DELETE ON journal_checkpoint BEGIN SELECT RAISE(ABORT, 'journal_checkpoint is append-only'); END;
CREATE TRIGGER journal_payload_no_update BEFORE UPDATE ON journal_payload BEGIN SELECT RAISE(ABORT, 'journal_payload is append-only'); END;
