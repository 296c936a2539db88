-- +goose Up
-- When a row was entered, beside when the handling came (JO 4349-2001); the row of the timeline it belongs to; and that it was annulled
-- (makulerad), by whom and why. An annulled row keeps its number for ever.
ALTER TABLE register_entry ADD COLUMN registered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE register_entry ADD COLUMN event BIGINT NOT NULL DEFAULT 0;         -- 0: not known, of rows older than this column
ALTER TABLE register_entry ADD COLUMN annulled BIGINT NOT NULL DEFAULT 0;      -- 0: it stands
ALTER TABLE register_entry ADD COLUMN annulled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE register_entry ADD COLUMN annulled_why TEXT NOT NULL DEFAULT '';
UPDATE register_entry SET registered = at;

-- A document can be marked by itself. The degree stands here for lists; why, in secrecy_mark.
ALTER TABLE case_document ADD COLUMN secrecy BIGINT NOT NULL DEFAULT 0;

-- Sekretessmarkeringar (OSL 5 kap. 5 §), those that are lifted as well. Rows are never removed but with the case.
CREATE TABLE secrecy_mark (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL REFERENCES cases (id),
    document   BIGINT NOT NULL,                -- its number in the case; 0: the whole case
    degree     BIGINT NOT NULL,
    law        TEXT   NOT NULL,                -- short name: OSL
    chapter    TEXT   NOT NULL,
    section    TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    authority  TEXT   NOT NULL,                -- the body that had the note made
    made_by    TEXT   NOT NULL,                -- person
    mandate    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    lifted     BIGINT NOT NULL,                -- 0: it stands
    lifted_by  TEXT   NOT NULL,
    lifted_why TEXT   NOT NULL
) /*strict*/;
CREATE INDEX secrecy_mark_case ON secrecy_mark (case_id, at);
