-- +goose Up
-- ord grows with each indexing, so that a higher ord is a later version of the world.
-- Lists of access conditions read these columns, so they are kept narrow and the texts stand apart.
CREATE TABLE search_document (
    ord        BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    member     TEXT NOT NULL,
    unit       TEXT NOT NULL,
    secrecy    TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE search_party (
    ord   BIGINT NOT NULL REFERENCES search_document (ord) ON DELETE CASCADE,
    party TEXT NOT NULL,
    PRIMARY KEY (ord, party)
);
CREATE TABLE search_text (
    ord   BIGINT NOT NULL PRIMARY KEY REFERENCES search_document (ord) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body  TEXT NOT NULL,
    words TSVECTOR NOT NULL
);
-- New entries wait in a list that is merged into the tree when it is 256 kB: merged one by one, indexing is many times slower, and a
-- query walks the whole list, which at the standard 4 MB would take longer than the rest of it.
CREATE INDEX search_words ON search_text USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 256);
