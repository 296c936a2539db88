-- +goose Up
-- How far a person has read in a case: all events up to and with n.
CREATE TABLE inbox_mark (
    person  TEXT   NOT NULL,
    case_id TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (person, case_id)
) /*strict*/;
