-- +goose Up
-- Fullmakter. Rows are accepted and ended, never changed otherwise.
CREATE TABLE power (
    id          TEXT   NOT NULL PRIMARY KEY,
    giver       TEXT   NOT NULL,               -- person who gave it
    kind        TEXT   NOT NULL,               -- person, organisation: in whose name
    principal   TEXT   NOT NULL,               -- person, or organisation number
    name        TEXT   NOT NULL,               -- of the principal, as it was when given
    agent_mark  TEXT   NOT NULL,               -- keyed hash of the agent's personnummer
    agent_name  TEXT   NOT NULL,               -- as the giver wrote it
    agent       TEXT   NOT NULL,               -- person who accepted, '' before
    types       TEXT   NOT NULL,               -- JSON list of case types, [] for all
    valid_from  TEXT   NOT NULL,
    valid_to    TEXT   NOT NULL,
    given_at    BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,               -- 0 before
    ended_at    BIGINT NOT NULL,               -- 0 before; a refused one is ended
    ended_by    TEXT   NOT NULL
) /*strict*/;
CREATE INDEX power_giver ON power (giver, id DESC);
CREATE INDEX power_agent ON power (agent, id DESC) WHERE agent <> '';
CREATE INDEX power_offered ON power (agent_mark, id DESC) WHERE agent = '' AND ended_at = 0;
