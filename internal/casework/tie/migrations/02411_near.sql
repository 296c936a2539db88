-- +goose Up
-- What is near a place, by squares of 150 m: what is open, and what was closed lately. A band of the whole town is read no more.
DROP INDEX cases_near;
CREATE INDEX cases_near_open ON cases (member, type_id, floor(north / 150), floor(east / 150)) WHERE open = 1 AND north IS NOT NULL;
CREATE INDEX cases_near_closed ON cases (member, type_id, floor(north / 150), floor(east / 150), closed_at) WHERE open = 0 AND north IS NOT NULL;
