-- +goose Up
-- The time of each case. course is what has happened to it; the columns after it are worked out from it and the case, for lists and for
-- the watch that goes round. A case without a row has the time its case type gives.
CREATE TABLE case_clock (
    case_id   TEXT   NOT NULL PRIMARY KEY,
    unit      TEXT   NOT NULL,
    open      BIGINT NOT NULL,
    course    TEXT   NOT NULL,                 -- JSON
    due       TEXT   NOT NULL,                 -- date, ISO: the day of the case
    statutory TEXT   NOT NULL,                 -- the first day that a statute gives, '' for none that runs
    head      BIGINT NOT NULL,                 -- 1: the head of the unit has been told
    wake      TEXT   NOT NULL                  -- the next day on which there is something to tell, '' for none
) /*strict*/;
CREATE INDEX case_clock_law ON case_clock (unit, statutory, case_id) WHERE open = 1 AND statutory <> '';
CREATE INDEX case_clock_head ON case_clock (unit, due, case_id) WHERE open = 1 AND head = 1;
CREATE INDEX case_clock_wake ON case_clock (wake, case_id) WHERE open = 1 AND wake <> '';
