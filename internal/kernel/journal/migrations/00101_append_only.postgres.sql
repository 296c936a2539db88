-- +goose Up
-- No way to change history through the schema (PR-4). Payloads may be removed: verification asks for the entry that says why.
CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_hash_append_only BEFORE UPDATE OR DELETE ON journal_hash FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_hash_no_truncate BEFORE TRUNCATE ON journal_hash FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_checkpoint_append_only BEFORE UPDATE OR DELETE ON journal_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_checkpoint_no_truncate BEFORE TRUNCATE ON journal_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_payload_append_only BEFORE UPDATE ON journal_payload FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
CREATE TRIGGER journal_payload_no_truncate BEFORE TRUNCATE ON journal_payload FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();

-- Where writers leave entries until the sequencer gives them their place. Only the sequencer may take them out.
CREATE TABLE journal_inbox (
    n            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    mandate      TEXT   NOT NULL,
    decision     TEXT   NOT NULL,
    action       TEXT   NOT NULL,
    object_kind  TEXT   NOT NULL,
    object_id    TEXT   NOT NULL,
    payload_hash BYTEA  NOT NULL,
    salt         BYTEA  NOT NULL,
    body         TEXT
);
CREATE FUNCTION journal_inbox_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('dygnet.sequencer', true) = 'on' THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'journal_inbox is append-only';
END $$;
CREATE TRIGGER journal_inbox_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_inbox FOR EACH STATEMENT EXECUTE FUNCTION journal_inbox_guard();
