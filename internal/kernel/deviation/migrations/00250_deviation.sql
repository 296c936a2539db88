-- +goose Up
-- Departures from soft rules (PR-5). In force from valid_from to the earlier of valid_to and ended_on, both days included.
CREATE TABLE deviation (
    id             TEXT   NOT NULL PRIMARY KEY,
    member         TEXT   NOT NULL REFERENCES org_member (id),
    sentence       TEXT   NOT NULL,
    object_kind    TEXT   NOT NULL,
    object_id      TEXT   NOT NULL,
    object_name    TEXT   NOT NULL,        -- what the object was called then
    body           TEXT   REFERENCES org_body (id),     -- whose the object is
    motivation     TEXT   NOT NULL,
    decision       TEXT   REFERENCES decision (id),
    person         TEXT   NOT NULL,
    mandate        TEXT   NOT NULL,
    valid_from     TEXT   NOT NULL,
    valid_to       TEXT   NOT NULL CHECK (valid_to >= valid_from),
    review_on      TEXT   NOT NULL CHECK (review_on >= valid_from AND review_on <= valid_to),
    decided_at     BIGINT NOT NULL,
    ended_on       TEXT,
    ended_decision TEXT   REFERENCES decision (id),
    ended_why      TEXT   NOT NULL,
    CHECK (decision IS NOT NULL OR mandate <> '')
) /*strict*/;
CREATE INDEX deviation_object ON deviation (object_kind, object_id, sentence);
CREATE INDEX deviation_sentence ON deviation (sentence, valid_from);
CREATE INDEX deviation_to ON deviation (valid_to);
CREATE INDEX deviation_decision ON deviation (decision) WHERE decision IS NOT NULL;

-- Each time one was looked at again.
CREATE TABLE deviation_review (
    id          TEXT   NOT NULL PRIMARY KEY,
    deviation   TEXT   NOT NULL REFERENCES deviation (id),
    reviewed_on TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    next_on     TEXT   NOT NULL,
    person      TEXT   NOT NULL,
    mandate     TEXT   NOT NULL
) /*strict*/;
CREATE INDEX deviation_review_of ON deviation_review (deviation, id);

-- One row: avsteg are decided one at a time.
CREATE TABLE deviation_turn (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    n   BIGINT NOT NULL
) /*strict*/;
INSERT INTO deviation_turn (one, n) VALUES (1, 0);
