-- +goose Up
-- Matters prepared for a body.
CREATE TABLE matter (
    id      TEXT   NOT NULL PRIMARY KEY,
    number  TEXT   NOT NULL UNIQUE,
    body    TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    data    TEXT   NOT NULL             -- JSON, see Matter
) /*strict*/;
CREATE INDEX matter_body ON matter (body, state, id);

CREATE TABLE meeting (
    id      TEXT   NOT NULL PRIMARY KEY,
    body    TEXT   NOT NULL,
    day     TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    planned TEXT   NOT NULL,            -- day by which the pack planned it, '' for those that people plan
    version BIGINT NOT NULL,
    data    TEXT   NOT NULL             -- JSON, see Meeting
) /*strict*/;
CREATE INDEX meeting_body ON meeting (body, day, id);
CREATE INDEX meeting_day ON meeting (day, id);
CREATE UNIQUE INDEX meeting_planned ON meeting (body, planned) WHERE planned <> '';

-- Agenda and paragraphs of a meeting. no is the number of the paragraph in its body and year, 0 until the protokoll is handed over to be adjusted.
CREATE TABLE meeting_item (
    id       TEXT   NOT NULL PRIMARY KEY,
    meeting  TEXT   NOT NULL REFERENCES meeting (id),
    body     TEXT   NOT NULL,
    year     BIGINT NOT NULL,
    position BIGINT NOT NULL,
    no       BIGINT NOT NULL,
    matter   TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    data     TEXT   NOT NULL            -- JSON, see Item
) /*strict*/;
CREATE INDEX meeting_item_of ON meeting_item (meeting, position);
CREATE INDEX meeting_item_matter ON meeting_item (matter) WHERE matter <> '';
CREATE UNIQUE INDEX meeting_item_no ON meeting_item (body, year, no) WHERE no > 0;

-- Who has adjusted the protokoll.
CREATE TABLE meeting_adjusted (
    meeting TEXT   NOT NULL REFERENCES meeting (id),
    person  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (meeting, person)
) /*strict*/;

-- Units that have chosen to be in a body, and whom they send. The last day is '' while it holds.
CREATE TABLE meeting_joined (
    id         TEXT NOT NULL PRIMARY KEY,
    body       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    person     TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT NOT NULL
) /*strict*/;
CREATE INDEX meeting_joined_body ON meeting_joined (body);

-- Every state that a meeting or a matter has had: how things stood on a day.
CREATE TABLE meeting_history (
    object  TEXT   NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    data    TEXT   NOT NULL,
    PRIMARY KEY (object, version)
) /*strict*/;

-- The numbers given last.
CREATE TABLE meeting_number (
    series TEXT   NOT NULL PRIMARY KEY,
    n      BIGINT NOT NULL
) /*strict*/;

-- Initiatives and suggestions of those who work here.
CREATE TABLE meeting_idea (
    id       TEXT   NOT NULL PRIMARY KEY,
    number   TEXT   NOT NULL UNIQUE,
    route    TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    proposer TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    data     TEXT   NOT NULL             -- JSON, see Idea
) /*strict*/;
CREATE INDEX meeting_idea_state ON meeting_idea (state, id);
CREATE INDEX meeting_idea_proposer ON meeting_idea (proposer, id);
