-- +goose Up
-- All of a decision beside its words, see Record. What lists ask for stands in columns; the rest is data, JSON. It changes only in the
-- transaction of its case.
CREATE TABLE ruling (
    decision   TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    delegation TEXT   NOT NULL,          -- '' when the body itself decided
    day        TEXT   NOT NULL,          -- of the decision
    waits      BIGINT NOT NULL CHECK (waits IN (0, 1)), -- not final yet, and may be
    data       TEXT   NOT NULL
) /*strict*/;
CREATE INDEX ruling_case ON ruling (case_id);
CREATE INDEX ruling_delegated ON ruling (body, day, decision) WHERE delegation <> '';
CREATE INDEX ruling_waits ON ruling (decision) WHERE waits = 1;

-- That a body was told of a decision on delegation, or has decided not to be. Of its own decision: at which meeting it was made.
CREATE TABLE ruling_report (
    decision  TEXT   NOT NULL PRIMARY KEY,
    case_id   TEXT   NOT NULL,
    meeting   TEXT   NOT NULL,           -- day, '' when it is announced by itself
    paragraph TEXT   NOT NULL,
    withheld  BIGINT NOT NULL CHECK (withheld IN (0, 1)) -- not reported: announced in its place
) /*strict*/;
CREATE INDEX ruling_report_case ON ruling_report (case_id);

-- What the anslagstavla has announced: the protokoll of a body's meeting, or a single decision.
CREATE TABLE ruling_notice (
    body      TEXT NOT NULL,
    meeting   TEXT NOT NULL,             -- day, '' for a single decision
    decision  TEXT NOT NULL,             -- '' for a protokoll
    first_day TEXT NOT NULL,
    last_day  TEXT NOT NULL,
    notice    TEXT NOT NULL,
    PRIMARY KEY (body, meeting, decision)
) /*strict*/;
