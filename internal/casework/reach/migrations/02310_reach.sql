-- +goose Up
-- How somebody wants to be reached.
CREATE TABLE reach (
    person       TEXT   NOT NULL PRIMARY KEY,
    email        TEXT   NOT NULL,              -- verified, or ''
    verified_at  BIGINT NOT NULL,
    phone        TEXT   NOT NULL,
    lang         TEXT   NOT NULL,              -- of letters; '' as each matter was handed in
    confirmation TEXT   NOT NULL,              -- email, letter, here
    message      TEXT   NOT NULL,
    decision     TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL
) /*strict*/;

-- Addresses whose owners have been asked. A row goes when its link is used, and when its time is out.
CREATE TABLE reach_proof (
    mark       TEXT   NOT NULL PRIMARY KEY,    -- SHA-256 of the token in the link, hex
    person     TEXT   NOT NULL,                -- who asked, '' when not signed in
    email      TEXT   NOT NULL,
    back       TEXT   NOT NULL,                -- page to go on to
    expires_at BIGINT NOT NULL
) /*strict*/;
CREATE INDEX reach_proof_person ON reach_proof (person) WHERE person <> '';
CREATE INDEX reach_proof_expires ON reach_proof (expires_at);
