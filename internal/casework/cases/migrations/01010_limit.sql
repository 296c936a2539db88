-- +goose Up
-- How many matters of a kind have come in since a day: asked only of kinds with a limit.
CREATE INDEX cases_type ON cases (type_id, received_at);
