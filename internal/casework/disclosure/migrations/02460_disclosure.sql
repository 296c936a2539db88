-- +goose Up
-- What is kept of a request for public documents beside its case.
CREATE TABLE disclosure_request (
    case_id  TEXT   NOT NULL PRIMARY KEY,
    row_id   TEXT   NOT NULL,                  -- row of the diarium that was asked for, or ''
    answered BIGINT NOT NULL,                  -- when the officer answered; 0: not yet
    review   BIGINT NOT NULL                   -- when a decision that can be appealed was asked for; 0: not
) /*strict*/;

-- A document that a request is about, and what was thought of it. It holds no title: who may not read where it stands, sees nothing of it.
CREATE TABLE disclosure_item (
    id        TEXT   NOT NULL PRIMARY KEY,
    case_id   TEXT   NOT NULL,                 -- the request
    source    TEXT   NOT NULL,                 -- the case where it stands
    kind      TEXT   NOT NULL,                 -- document, event
    n         BIGINT NOT NULL,                 -- number of the document or of the row of the timeline
    outcome   TEXT   NOT NULL,                 -- '', whole, masked, reserved, refused
    law       TEXT   NOT NULL,                 -- provision, as "21 kap. 1 § OSL"
    note      TEXT   NOT NULL,                 -- the assessment
    reserved  TEXT   NOT NULL,                 -- förbehåll, in the words of the answer
    mask      TEXT   NOT NULL,                 -- what was taken out, as forms name it
    secrecy   BIGINT NOT NULL,                 -- how it was marked when it was assessed
    assessor  TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    copy      TEXT   NOT NULL,                 -- masked copy in the vault, or ''
    copy_sha  TEXT   NOT NULL,
    original  TEXT   NOT NULL,                 -- hash of what was masked
    sent      BIGINT NOT NULL,
    UNIQUE (case_id, source, kind, n)
) /*strict*/;
CREATE INDEX disclosure_item_source ON disclosure_item (source);
