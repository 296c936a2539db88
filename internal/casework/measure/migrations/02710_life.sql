-- +goose Up
-- How each case has gone, as it is counted in the figures below: what the counts were last raised by, so that they can be lowered again.
CREATE TABLE case_life (
    case_id  TEXT   NOT NULL PRIMARY KEY,
    type_id  TEXT   NOT NULL,
    unit     TEXT   NOT NULL,
    channel  TEXT   NOT NULL,
    actor    TEXT   NOT NULL,                  -- person, organisation, anonymous
    received TEXT   NOT NULL,                  -- days are ISO dates in Stockholm
    ended    TEXT   NOT NULL,                  -- closed last, '' never
    open     BIGINT NOT NULL,                  -- now
    reopened TEXT   NOT NULL,                  -- opened again last, '' never
    touched  BIGINT NOT NULL,                  -- 1: a message went to the citizen, or it was handed over
    days     BIGINT NOT NULL                   -- business days from received to ended
) /*strict*/;

-- Counts over cases, so that figures of many years are read in an instant.
CREATE TABLE figure_in (
    day     TEXT   NOT NULL,
    type_id TEXT   NOT NULL,
    unit    TEXT   NOT NULL,
    channel TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (day, type_id, unit, channel, actor)
) /*strict*/;
CREATE TABLE figure_end (
    day      TEXT   NOT NULL,                  -- when they were closed last
    type_id  TEXT   NOT NULL,
    unit     TEXT   NOT NULL,
    channel  TEXT   NOT NULL,
    open     BIGINT NOT NULL,
    reopened TEXT   NOT NULL,
    touched  BIGINT NOT NULL,
    days     BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (day, type_id, unit, channel, open, reopened, touched, days)
) /*strict*/;

-- How many are open of a kind, and how many of them late.
CREATE INDEX figure_open ON cases (type_id, due) WHERE open = 1;

-- One row when the cases that came before there were counts have been counted.
CREATE TABLE figure_built (at BIGINT NOT NULL PRIMARY KEY) /*strict*/;
