-- +goose Up
-- ord grows with each indexing, so that a higher ord is a later version of the world: newest first costs no sort.
-- Lists of access conditions read these columns, so they are kept narrow and the texts stand apart.
CREATE TABLE search_document (
    ord        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    member     TEXT NOT NULL,
    unit       TEXT NOT NULL,
    secrecy    TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE search_party (
    ord   INTEGER NOT NULL REFERENCES search_document (ord) ON DELETE CASCADE,
    party TEXT NOT NULL,
    PRIMARY KEY (ord, party)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_text (
    ord   INTEGER NOT NULL PRIMARY KEY REFERENCES search_document (ord) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body  TEXT NOT NULL
) STRICT;
-- title and body hold words in order, for phrases; more holds what has no place in a text: parts of compounds, marked title words, scopes.
CREATE VIRTUAL TABLE search_index USING fts5(title, body, more, content='', contentless_delete=1, tokenize='ascii');
