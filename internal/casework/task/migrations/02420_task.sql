-- +goose Up
-- What somebody is asked to do in a case, by a day.
CREATE TABLE task (
    id        TEXT   NOT NULL PRIMARY KEY,
    case_id   TEXT   NOT NULL,
    what      TEXT   NOT NULL,
    person    TEXT   NOT NULL,                 -- who is asked, or '' for anybody of the unit
    unit      TEXT   NOT NULL,                 -- or ''
    role      TEXT   NOT NULL,                 -- of those in the unit, '' for all
    due       TEXT   NOT NULL,                 -- ISO date
    state     TEXT   NOT NULL,                 -- open, done, not_needed
    note      TEXT   NOT NULL,
    by_person TEXT   NOT NULL,
    made_at   BIGINT NOT NULL,
    closed_by TEXT   NOT NULL,
    closed_at BIGINT NOT NULL,
    version   BIGINT NOT NULL
) /*strict*/;
CREATE INDEX task_case ON task (case_id, due, id);
CREATE INDEX task_person ON task (person, due, id) WHERE state = 'open' AND person <> '';
CREATE INDEX task_unit ON task (unit, due, id) WHERE state = 'open' AND person = '';

-- An opinion that is asked for, of a unit or a person here, or of somebody outside.
CREATE TABLE remiss (
    id          TEXT   NOT NULL PRIMARY KEY,
    case_id     TEXT   NOT NULL,
    outside     BIGINT NOT NULL,
    unit        TEXT   NOT NULL,
    person      TEXT   NOT NULL,
    name        TEXT   NOT NULL,               -- of somebody outside
    email       TEXT   NOT NULL,
    lang        TEXT   NOT NULL,
    words       TEXT   NOT NULL,               -- what the opinion is to be about
    due         TEXT   NOT NULL,               -- last day, ISO date
    law         TEXT   NOT NULL,               -- ground for letting out what is marked
    state       TEXT   NOT NULL,               -- sent, answered, withdrawn
    by_person   TEXT   NOT NULL,
    sent_at     BIGINT NOT NULL,
    stance      TEXT   NOT NULL,               -- support, oppose, no_objection, comment
    answer      TEXT   NOT NULL,
    answered_by TEXT   NOT NULL,               -- person, '' for somebody outside
    answered_on TEXT   NOT NULL,               -- day the answer came, ISO date
    channel     TEXT   NOT NULL,               -- page, letter, email, phone
    reminded    TEXT   NOT NULL,               -- day of the last reminder
    version     BIGINT NOT NULL
) /*strict*/;
CREATE INDEX remiss_case ON remiss (case_id, sent_at);
CREATE INDEX remiss_unit ON remiss (unit, due, id) WHERE state = 'sent' AND outside = 0;
CREATE INDEX remiss_person ON remiss (person, due, id) WHERE state = 'sent' AND outside = 0 AND person <> '';
CREATE INDEX remiss_due ON remiss (due, id) WHERE state = 'sent';
-- The files that were sent with it, and those of the answer.
CREATE TABLE remiss_file (
    remiss_id TEXT   NOT NULL,
    n         BIGINT NOT NULL,
    document  TEXT   NOT NULL,
    name      TEXT   NOT NULL,
    mime      TEXT   NOT NULL,
    size      BIGINT NOT NULL,
    answer    BIGINT NOT NULL,
    PRIMARY KEY (remiss_id, n)
) /*strict*/;
-- The links with which somebody outside answers. A reminder brings a new one; all lead to the same page.
CREATE TABLE remiss_link (
    hash      TEXT NOT NULL PRIMARY KEY,       -- SHA-256 of the link, hex
    remiss_id TEXT NOT NULL
) /*strict*/;
CREATE INDEX remiss_link_remiss ON remiss_link (remiss_id);

-- A round in which named persons approve a text or a document.
CREATE TABLE approval (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    decision   TEXT   NOT NULL,                -- key of the decision that is proposed, or ''
    document   TEXT   NOT NULL,                -- a file of the case, or ''
    number     BIGINT NOT NULL,                -- of that file within the case
    text       TEXT   NOT NULL,
    hash       TEXT   NOT NULL,                -- of the text or file as it is, hex
    in_turn    BIGINT NOT NULL,
    state      TEXT   NOT NULL,                -- open, approved, declined, withdrawn
    by_person  TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    reminded   TEXT   NOT NULL                 -- day of the last reminder
) /*strict*/;
CREATE INDEX approval_case ON approval (case_id, made_at);
CREATE INDEX approval_open ON approval (made_at, id) WHERE state = 'open';
CREATE TABLE approval_asked (
    approval_id TEXT   NOT NULL,
    n           BIGINT NOT NULL,
    person      TEXT   NOT NULL,
    vote        TEXT   NOT NULL,               -- '', yes, no
    hash        TEXT   NOT NULL,               -- what the vote was about
    comment     TEXT   NOT NULL,
    loa         BIGINT NOT NULL,               -- level of assurance of the one who voted
    by_person   TEXT   NOT NULL,               -- who voted: the person, or a deputy
    at          BIGINT NOT NULL,
    PRIMARY KEY (approval_id, n)
) /*strict*/;
CREATE INDEX approval_asked_person ON approval_asked (person, approval_id);

-- What an officer has noted about a case.
CREATE TABLE case_tick (
    case_id   TEXT   NOT NULL,
    status    TEXT   NOT NULL,
    item      TEXT   NOT NULL,
    by_person TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (case_id, status, item)
) /*strict*/;
CREATE TABLE case_property (
    case_id   TEXT   NOT NULL,
    property  TEXT   NOT NULL,
    value     TEXT   NOT NULL,
    by_person TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (case_id, property)
) /*strict*/;
-- Which kind of document a file is, where the form does not say it.
CREATE TABLE case_document_kind (
    case_id   TEXT   NOT NULL,
    n         BIGINT NOT NULL,                 -- of the file within the case
    kind      TEXT   NOT NULL,                 -- document type of the case type
    by_person TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (case_id, n)
) /*strict*/;
