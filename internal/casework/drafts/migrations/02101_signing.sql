-- +goose Up
-- How far a draft has come: editing, signing, paying, sending. From signing on its answers stand as they are in draft_frozen.
ALTER TABLE draft ADD COLUMN stage TEXT NOT NULL DEFAULT 'editing';
CREATE INDEX draft_stage ON draft (stage) WHERE stage <> 'editing';

CREATE TABLE draft_frozen (
    draft      TEXT   NOT NULL PRIMARY KEY,
    answers    TEXT   NOT NULL,              -- JSON, as accepted when they were frozen
    digest     TEXT   NOT NULL,              -- SHA-256 of what is signed, hex
    writer     TEXT   NOT NULL,              -- JSON: who sends it
    lang       TEXT   NOT NULL,
    fee        BIGINT NOT NULL,              -- öre, as it was when the answers were frozen
    sequential BIGINT NOT NULL,              -- 1: signed one after another
    on_timeout TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    remind_at  BIGINT NOT NULL,              -- when those who have not signed are reminded; 0: done, or nobody signs
    due_at     BIGINT NOT NULL               -- when the time to sign is out; 0: nobody signs
) /*strict*/;

CREATE TABLE draft_signature (
    draft       TEXT   NOT NULL,
    n           BIGINT NOT NULL,
    id          TEXT   NOT NULL UNIQUE,      -- part of the address of the page
    party       TEXT   NOT NULL,             -- key in the case type
    role        TEXT   NOT NULL,
    name        TEXT   NOT NULL,             -- as the writer gave it; once signed, as signed in
    number      TEXT   NOT NULL,             -- HMAC of the personnummer; '' of one known by e-mail alone
    masked      TEXT   NOT NULL,             -- the number as pages show it
    email       TEXT   NOT NULL,
    token       TEXT   NOT NULL,             -- SHA-256 of the secret in the link of one known by e-mail alone, else ''
    state       TEXT   NOT NULL,             -- waiting, signed, declined
    invited_at  BIGINT NOT NULL,             -- 0: their turn has not come
    reminded_at BIGINT NOT NULL,
    signed_at   BIGINT NOT NULL,             -- or declined
    person      TEXT   NOT NULL,             -- who signed or declined
    level       TEXT   NOT NULL,
    digest      TEXT   NOT NULL,             -- of what they signed
    reason      TEXT   NOT NULL,             -- why they declined
    PRIMARY KEY (draft, n)
) /*strict*/;
CREATE INDEX draft_signature_number ON draft_signature (number) WHERE state = 'waiting' AND number <> '';
CREATE INDEX draft_signature_token ON draft_signature (token) WHERE token <> '';
