-- +goose Up
-- Small facts about this database: which installation it is, when it was made.
CREATE TABLE store_fact (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) /*strict*/;
