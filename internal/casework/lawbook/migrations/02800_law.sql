-- +goose Up
-- Statutes as they were imported last. Days are ISO dates, '' for not told.
CREATE TABLE law_statute (
    sfs       TEXT   NOT NULL PRIMARY KEY,
    title     TEXT   NOT NULL,
    about     TEXT   NOT NULL,                 -- JSON: kind, department, days, amendments
    published TEXT   NOT NULL,
    repealed  TEXT   NOT NULL,
    form      TEXT   NOT NULL,                 -- of the file: markdown, json
    has_text  BIGINT NOT NULL,                 -- 0: the file only told about it
    sections  BIGINT NOT NULL,
    hash      TEXT   NOT NULL,
    version   BIGINT NOT NULL,                 -- counts up at each change
    at        BIGINT NOT NULL
) /*strict*/;
-- When the text of a statute was another.
CREATE TABLE law_version (
    sfs       TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    hash      TEXT   NOT NULL,
    published TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (sfs, version)
) /*strict*/;
-- The parts of the statutes in the order of their texts. page is where on the site a part stands: a chapter's number, - for what has no
-- chapter, more for transitional provisions and appendices, '' for what only the contents show.
CREATE TABLE law_part (
    ord     BIGINT NOT NULL PRIMARY KEY,       -- later statutes have higher ones: newest first
    sfs     TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    kind    TEXT   NOT NULL,
    page    TEXT   NOT NULL,
    chapter TEXT   NOT NULL,
    number  TEXT   NOT NULL,
    line    TEXT   NOT NULL,
    heading TEXT   NOT NULL,                   -- the rubrik above
    body    TEXT   NOT NULL,                   -- stycken, one a line; line breaks within one are U+2028
    since   TEXT   NOT NULL,
    until   TEXT   NOT NULL,
    cond    TEXT   NOT NULL,
    anchor  TEXT   NOT NULL,
    hash    TEXT   NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX law_part_order ON law_part (sfs, page, n);
-- The highest ord given out. Its row is held while an import writes, so that two at once do not meet.
CREATE TABLE law_book (
    id       BIGINT NOT NULL PRIMARY KEY,
    last_ord BIGINT NOT NULL
) /*strict*/;
INSERT INTO law_book (id, last_ord) VALUES (1, 0);
-- A change to what a case type cites: what its owner has to look at.
CREATE TABLE law_change (
    id       TEXT   NOT NULL PRIMARY KEY,
    type_id  TEXT   NOT NULL,
    unit     TEXT   NOT NULL,                  -- that owned it
    sfs      TEXT   NOT NULL,
    place    TEXT   NOT NULL,                  -- as the case type cites it: "9 kap. 30 §", '' for the whole statute
    chapter  TEXT   NOT NULL,
    section  TEXT   NOT NULL,
    old_hash TEXT   NOT NULL,
    new_hash TEXT   NOT NULL,
    old_text TEXT   NOT NULL,
    new_text TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    seen_at  BIGINT NOT NULL,                  -- 0: open
    seen_by  TEXT   NOT NULL,
    done     TEXT   NOT NULL                   -- what was done about it
) /*strict*/;
CREATE UNIQUE INDEX law_change_open ON law_change (type_id, sfs, chapter, section) WHERE seen_at = 0;
-- How often a § has been read, counted without knowing by whom.
CREATE TABLE law_use (
    sfs     TEXT   NOT NULL,
    chapter TEXT   NOT NULL,
    section TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (sfs, chapter, section)
) /*strict*/;
