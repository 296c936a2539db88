-- +goose Up
-- The different terms of each text, for search.Words.
CREATE VIRTUAL TABLE law_index USING fts5(words, content='', contentless_delete=1, tokenize='ascii', detail='none');
