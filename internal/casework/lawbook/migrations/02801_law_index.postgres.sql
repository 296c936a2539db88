-- +goose Up
-- The different terms of each text, for search.Words. An import's entries wait in a list that is merged into the tree in large pieces, which
-- is many times faster than one by one; the import merges what is left at its end, so that no question walks through it.
CREATE TABLE law_index (
    ord   BIGINT   NOT NULL PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX law_index_words ON law_index USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 32768);
