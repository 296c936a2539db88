-- +goose Up
-- What breaks a sentence as the IT manager has seen it (avvikelse, S4-AC-2). Days are ISO dates, '' while it is open.
CREATE TABLE steering_finding (
    id        TEXT NOT NULL PRIMARY KEY,
    sentence  TEXT NOT NULL,
    text      TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    closed_on TEXT NOT NULL,
    closed_by TEXT NOT NULL,
    outcome   TEXT NOT NULL
) /*strict*/;
CREATE INDEX steering_finding_sentence ON steering_finding (sentence, opened_on);
