-- +goose Up
-- Letters on their way, and where they went. subject and the bodies are emptied when a letter has left or been given up.
CREATE TABLE email_outbox (
    id          TEXT NOT NULL PRIMARY KEY,
    case_id     TEXT NOT NULL,
    to_address  TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body_text   TEXT NOT NULL,
    body_html   TEXT NOT NULL,
    lang        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'undelivered')),
    attempts    BIGINT NOT NULL,
    -- Why it was not delivered: a code, never the server's words.
    reason      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT NOT NULL
) /*strict*/;
CREATE INDEX email_outbox_case ON email_outbox (case_id) WHERE case_id <> '';
CREATE INDEX email_outbox_finished ON email_outbox (finished_at) WHERE state <> 'queued';

-- The demo's mailbox: what came over SMTP. Empty in an installation for real people.
CREATE TABLE demo_mail (
    id          TEXT NOT NULL PRIMARY KEY,
    message_id  TEXT NOT NULL,
    to_address  TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body_text   TEXT NOT NULL,
    body_html   TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    UNIQUE (message_id, to_address)
) /*strict*/;
CREATE INDEX demo_mail_to ON demo_mail (to_address, id);
