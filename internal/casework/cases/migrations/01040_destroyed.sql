-- +goose Up
-- When the case was destroyed by decision (gallring): what is left is its number, type, body, unit, status and times, so that the number
-- is never used again and the diarium can say what became of it.
ALTER TABLE cases ADD COLUMN destroyed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_destroyed ON cases (destroyed_at, id) WHERE destroyed_at > 0;
-- Closed cases in order of closing, for those who see to how long they are kept.
CREATE INDEX cases_closed ON cases (closed_at, id) WHERE open = 0 AND destroyed_at = 0;
