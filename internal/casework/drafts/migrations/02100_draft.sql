-- +goose Up
-- What someone has written in a form and not handed in yet. It is not the municipality's document until it is sent.
CREATE TABLE draft (
    id           TEXT   NOT NULL PRIMARY KEY,
    token        TEXT   NOT NULL,              -- SHA-256 of the browser's cookie, hex
    submission   TEXT   NOT NULL,              -- key that makes sending twice harmless
    type_id      TEXT   NOT NULL,
    type_version BIGINT NOT NULL,
    answers      TEXT   NOT NULL,              -- JSON, as typed
    files        TEXT   NOT NULL,              -- JSON: question, document, name, type, size
    person       TEXT   NOT NULL,              -- who was signed in, or ''
    sent_as      TEXT   NOT NULL,              -- case, once handed in; then answers and files are empty
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
) /*strict*/;
CREATE INDEX draft_token ON draft (token, type_id, changed_at);
CREATE INDEX draft_person ON draft (person, changed_at) WHERE person <> '';
CREATE INDEX draft_expires ON draft (expires_at);
