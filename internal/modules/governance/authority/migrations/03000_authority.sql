-- +goose Up
-- The protokoll of a decision, in the vault. The decision holds its digest.
CREATE TABLE decision_protocol (
    decision TEXT   NOT NULL PRIMARY KEY REFERENCES decision (id),
    document TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    size     BIGINT NOT NULL
) /*strict*/;

-- Ställningstagande: a position the executive board has taken (S4-KS-4). It is ended, never edited.
CREATE TABLE position (
    id             TEXT NOT NULL PRIMARY KEY,
    member         TEXT NOT NULL,
    title          TEXT NOT NULL,
    text           TEXT NOT NULL,
    decision       TEXT NOT NULL REFERENCES decision (id),
    valid_from     TEXT NOT NULL,
    ended_on       TEXT,
    ended_decision TEXT REFERENCES decision (id)
) /*strict*/;
CREATE INDEX position_member ON position (member, valid_from, id);

CREATE TABLE position_object (
    position TEXT NOT NULL REFERENCES position (id),
    kind     TEXT NOT NULL,
    object   TEXT NOT NULL,
    name     TEXT NOT NULL, -- as it was called then
    PRIMARY KEY (position, kind, object)
) /*strict*/;
CREATE INDEX position_object_of ON position_object (kind, object);
