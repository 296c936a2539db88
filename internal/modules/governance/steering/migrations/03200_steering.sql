-- +goose Up
-- Steering documents (styrdokument): what they are called and of which type. The type never changes.
CREATE TABLE steering_document (
    key    TEXT NOT NULL PRIMARY KEY,
    member TEXT NOT NULL REFERENCES org_member (id),
    type   TEXT NOT NULL
) /*strict*/;
-- Their versions. Days are ISO dates, '' for none. What was adopted is never changed but for the day it ended.
CREATE TABLE steering_version (
    id          TEXT   NOT NULL PRIMARY KEY,
    document    TEXT   NOT NULL REFERENCES steering_document (key),
    n           BIGINT NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('utkast', 'beredd', 'faststalld', 'ersatt', 'upphavd')),
    title_sv    TEXT   NOT NULL,
    title_en    TEXT   NOT NULL,
    public      BIGINT NOT NULL CHECK (public IN (0, 1)),
    acknowledge BIGINT NOT NULL CHECK (acknowledge IN (0, 1)),
    from_day    TEXT   NOT NULL,
    to_day      TEXT   NOT NULL,
    review_day  TEXT   NOT NULL,
    decision    TEXT   NOT NULL,            -- that adopted it; '' where the holder of a role did
    ended_by    TEXT   NOT NULL,            -- decision that repealed it
    rules       BIGINT NOT NULL,            -- how many sentences of it demand something
    revision    BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    hash        TEXT   NOT NULL,            -- of the content
    content     TEXT   NOT NULL,            -- JSON, see Content
    UNIQUE (document, n),
    CHECK (state IN ('utkast', 'beredd') OR from_day <> ''),
    CHECK (to_day = '' OR to_day >= from_day)
) /*strict*/;
-- Only one is adopted at a time (S4-KF-1), only one is being written, and a decision adopts a document once.
CREATE UNIQUE INDEX steering_adopted ON steering_version (document) WHERE state = 'faststalld';
CREATE UNIQUE INDEX steering_open ON steering_version (document) WHERE state IN ('utkast', 'beredd');
CREATE UNIQUE INDEX steering_decision ON steering_version (document, decision) WHERE decision <> '';
CREATE INDEX steering_review ON steering_version (review_day) WHERE state = 'faststalld';
-- The sections of other documents that a version rests on.
CREATE TABLE steering_cite (
    version  TEXT NOT NULL REFERENCES steering_version (id),
    document TEXT NOT NULL,
    section  TEXT NOT NULL,
    PRIMARY KEY (version, document, section)
) /*strict*/;
CREATE INDEX steering_cited ON steering_cite (document);
-- Who has confirmed that they have read a version: the fact and the time, nothing more.
CREATE TABLE steering_read (
    version TEXT   NOT NULL REFERENCES steering_version (id),
    person  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (version, person)
) /*strict*/;
