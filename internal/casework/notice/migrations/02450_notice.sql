-- +goose Up
-- Notices of the anslagstavla. They never change, apart from being taken down once.
CREATE TABLE notice (
    id        TEXT   NOT NULL PRIMARY KEY,
    kind      TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    meeting   TEXT   NOT NULL,           -- day, '' for none
    part      TEXT   NOT NULL,           -- paragraph that was justerad at once, '' for the whole protokoll
    case_id   TEXT   NOT NULL,           -- of that decision, '' for none
    ref       TEXT   NOT NULL,           -- decision on delegation, '' for none
    first_day TEXT   NOT NULL,
    last_day  TEXT   NOT NULL,
    down_at   BIGINT NOT NULL,           -- 0 while it is up
    corrects  TEXT   NOT NULL,           -- notice that this one puts right, '' for none
    data      TEXT   NOT NULL            -- JSON, see Notice
) /*strict*/;
CREATE UNIQUE INDEX notice_minutes ON notice (body, meeting, part) WHERE kind = 'protokoll' AND corrects = '';
CREATE UNIQUE INDEX notice_decision ON notice (ref) WHERE ref <> '' AND corrects = '';
CREATE INDEX notice_up ON notice (last_day) WHERE down_at = 0;
CREATE INDEX notice_case ON notice (case_id) WHERE case_id <> '';
CREATE INDEX notice_corrects ON notice (corrects) WHERE corrects <> '';
