-- +goose Up
-- What cases have to do with each other. A relation that is removed stays, with who removed it and why; it goes with one of its cases.
CREATE TABLE tie_relation (
    id             TEXT   NOT NULL PRIMARY KEY,
    kind           TEXT   NOT NULL,
    how            TEXT   NOT NULL,            -- hand, merge, split, transfer, citizen
    from_case      TEXT   NOT NULL,
    to_case        TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    actor          TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    removed_at     BIGINT NOT NULL,            -- 0: it stands
    removed_by     TEXT   NOT NULL,
    removed_reason TEXT   NOT NULL,
    told           BIGINT NOT NULL             -- 1: the timeline of the other case tells of it as well
) /*strict*/;
CREATE UNIQUE INDEX tie_relation_once ON tie_relation (kind, from_case, to_case) WHERE removed_at = 0;
CREATE UNIQUE INDEX tie_relation_merged ON tie_relation (from_case) WHERE kind = 'merged_into' AND removed_at = 0;
CREATE INDEX tie_relation_from ON tie_relation (from_case, kind);
CREATE INDEX tie_relation_to ON tie_relation (to_case, kind);
CREATE INDEX tie_relation_untold ON tie_relation (at) WHERE told = 0;

-- How a case stood before it was merged into another, to part them again.
CREATE TABLE tie_merge (
    relation   TEXT   NOT NULL PRIMARY KEY REFERENCES tie_relation (id),
    was_status TEXT   NOT NULL,
    was_open   BIGINT NOT NULL,
    was_due    TEXT   NOT NULL,                -- date, ISO
    share      BIGINT NOT NULL                 -- 1: its parties read what is decided in the other case
) /*strict*/;

-- Those who follow what somebody else has reported.
CREATE TABLE tie_follow (
    id        TEXT   NOT NULL PRIMARY KEY,
    case_id   TEXT   NOT NULL,
    person    TEXT   NOT NULL,                 -- who was signed in, or ''
    email     TEXT   NOT NULL,                 -- of whoever was not
    lang      TEXT   NOT NULL,
    confirmed BIGINT NOT NULL,                 -- 0: the address is not shown to be theirs yet
    at        BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX tie_follow_person ON tie_follow (case_id, person) WHERE person <> '';
CREATE UNIQUE INDEX tie_follow_email ON tie_follow (case_id, email) WHERE email <> '';
CREATE INDEX tie_follow_of ON tie_follow (person) WHERE person <> '';
CREATE INDEX tie_follow_asked ON tie_follow (at) WHERE confirmed = 0;

-- What is near a place: of one case type, by SWEREF 99 TM.
CREATE INDEX cases_near ON cases (member, type_id, north, east) WHERE north IS NOT NULL;
