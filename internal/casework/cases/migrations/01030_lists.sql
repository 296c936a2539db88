-- +goose Up
-- What is open by the day it came, for lists that begin with the newest or the oldest: without these they would walk through everything
-- that was ever closed.
CREATE INDEX cases_open_unit ON cases (unit, received_at DESC, id DESC) WHERE open = 1;
CREATE INDEX cases_open ON cases (received_at DESC, id DESC) WHERE open = 1;
