-- +goose Up
-- Under which rules it was worked out: versions of the case type and digest of the plan. Only what others hold now is worked out anew.
ALTER TABLE retention ADD COLUMN rules TEXT NOT NULL DEFAULT '';
