-- +goose Up
-- The leaves. No personal data: the payload is here only as a salted hash.
CREATE TABLE journal_entry (
    seq          BIGINT NOT NULL PRIMARY KEY,
    id           TEXT   NOT NULL UNIQUE,
    at           BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    mandate      TEXT   NOT NULL,
    decision     TEXT   NOT NULL,
    action       TEXT   NOT NULL,
    object_kind  TEXT   NOT NULL,
    object_id    TEXT   NOT NULL,
    payload_hash BYTEA  NOT NULL
) /*strict*/;
CREATE INDEX journal_entry_object ON journal_entry (object_kind, object_id);

-- What was said in the entry; may be removed (gallring), never changed.
CREATE TABLE journal_payload (
    seq  BIGINT NOT NULL PRIMARY KEY,
    salt BYTEA  NOT NULL,
    body TEXT   NOT NULL
) /*strict*/;

-- The tree, in the storage order of tlog.StoredHashIndex.
CREATE TABLE journal_hash (
    n    BIGINT NOT NULL PRIMARY KEY,
    hash BYTEA  NOT NULL
) /*strict*/;

-- Signed tree heads.
CREATE TABLE journal_checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    at   BIGINT NOT NULL,
    note TEXT   NOT NULL
) /*strict*/;
