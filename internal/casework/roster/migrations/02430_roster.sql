-- +goose Up
-- Lists that officials have saved: private, or shared with those who work in a unit.
CREATE TABLE roster_list (
    id         TEXT   NOT NULL PRIMARY KEY,
    owner      TEXT   NOT NULL,                -- person
    unit       TEXT   NOT NULL,                -- that it is shared with, or ''
    name       TEXT   NOT NULL,
    query      TEXT   NOT NULL,                -- the selection, as the inbox writes it in addresses
    version    BIGINT NOT NULL
) /*strict*/;
CREATE INDEX roster_list_owner ON roster_list (owner);
CREATE INDEX roster_list_unit ON roster_list (unit) WHERE unit <> '';

-- What each has chosen for their inbox.
CREATE TABLE roster_choice (
    person  TEXT NOT NULL PRIMARY KEY,
    list    TEXT NOT NULL,                     -- shown first, or ''
    columns TEXT NOT NULL                      -- of the queues, or ''
) /*strict*/;

-- Who is away and who steps in. Why somebody is away is nobody's business here.
CREATE TABLE roster_absence (
    id      TEXT   NOT NULL PRIMARY KEY,
    person  TEXT   NOT NULL,
    deputy  TEXT   NOT NULL,                   -- person, or '' for the head of the unit
    first   TEXT   NOT NULL,                   -- dates, ISO, both days among them
    last    TEXT   NOT NULL,
    by      TEXT   NOT NULL,
    at      BIGINT NOT NULL
) /*strict*/;
CREATE INDEX roster_absence_last ON roster_absence (last);
CREATE INDEX roster_absence_person ON roster_absence (person, last);

-- What came in the cases of somebody who was away, and who read it instead.
CREATE TABLE roster_raised (
    case_id TEXT   NOT NULL,
    event   BIGINT NOT NULL,                   -- row of the timeline
    person  TEXT   NOT NULL,                   -- who was away
    deputy  TEXT   NOT NULL,                   -- who is to read it
    at      BIGINT NOT NULL,
    read_at BIGINT NOT NULL,                   -- 0: not yet
    PRIMARY KEY (case_id, event)
) /*strict*/;
CREATE INDEX roster_raised_deputy ON roster_raised (deputy) WHERE read_at = 0;

-- The rule that decided who got a new case, once for each case.
CREATE TABLE roster_fired (
    case_id TEXT   NOT NULL PRIMARY KEY,
    rule    TEXT   NOT NULL,
    at      BIGINT NOT NULL
) /*strict*/;
-- How often each rule decided, and who had the last turn.
CREATE TABLE roster_turn (
    rule  TEXT   NOT NULL PRIMARY KEY,
    times BIGINT NOT NULL,
    last  TEXT   NOT NULL                      -- person, or ''
) /*strict*/;

-- Acts on many cases at once, and how each went, so that sending twice does nothing more.
CREATE TABLE roster_batch (
    id     TEXT   NOT NULL PRIMARY KEY,
    person TEXT   NOT NULL,
    act    TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    size   BIGINT NOT NULL
) /*strict*/;
CREATE INDEX roster_batch_at ON roster_batch (at);
CREATE TABLE roster_batch_case (
    batch   TEXT   NOT NULL REFERENCES roster_batch (id),
    n       BIGINT NOT NULL,
    case_id TEXT   NOT NULL,
    why     TEXT   NOT NULL,                   -- '' when it was done
    PRIMARY KEY (batch, n)
) /*strict*/;
CREATE INDEX roster_batch_case_case ON roster_batch_case (case_id);

-- Texts that heads have written, every version of them. The newest speaks.
CREATE TABLE roster_phrase (
    id       TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    unit     TEXT   NOT NULL,
    types    TEXT   NOT NULL,                  -- ids of case types, with spaces between; '' for all
    uses     TEXT   NOT NULL,                  -- message, decision, note, with spaces between
    title_sv TEXT   NOT NULL,
    title_en TEXT   NOT NULL,
    text_sv  TEXT   NOT NULL,
    text_en  TEXT   NOT NULL,
    retired  BIGINT NOT NULL,                  -- 1: not offered any more
    by       TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (id, version)
) /*strict*/;
