-- +goose Up
-- The different terms of each text, for search.Words. New entries wait in a list that is merged into the tree when it is 4 MB: few come at a time but for imports.
CREATE TABLE law_index (
    ord   BIGINT   NOT NULL PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX law_index_words ON law_index USING gin (words);
