-- +goose Up
-- A file that was put in the vault. The bytes are a blob outside the database, named by the SHA-256 of its ciphertext.
CREATE TABLE document (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,          -- '' when shredded
    mime        TEXT NOT NULL,
    size        BIGINT NOT NULL,        -- bytes of plaintext
    sha256      TEXT NOT NULL,          -- of the plaintext, hex; '' when shredded
    blob        TEXT NOT NULL UNIQUE,   -- SHA-256 of the ciphertext, hex
    scan        TEXT NOT NULL,          -- unscanned, pending, clean, infected
    created_at  BIGINT NOT NULL,
    created_by  TEXT NOT NULL,          -- person, or '' for someone who was not signed in
    shredded_at BIGINT NOT NULL DEFAULT 0
) /*strict*/;

CREATE INDEX document_pending ON document (id) WHERE scan = 'pending';

-- The key of one document, sealed by the master key. Deleting the row shreds the document.
CREATE TABLE document_key (
    document_id TEXT NOT NULL PRIMARY KEY REFERENCES document (id),
    master      TEXT NOT NULL,          -- name of the master key
    sealed      BYTEA NOT NULL
) /*strict*/;

CREATE INDEX document_key_master ON document_key (master);
