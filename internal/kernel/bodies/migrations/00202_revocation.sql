-- +goose Up
-- A body exists from its first day to its last, both included; NULL is not known, or until further notice.
ALTER TABLE org_body ADD COLUMN valid_from TEXT;
ALTER TABLE org_body ADD COLUMN valid_to TEXT;

-- That a later decision of the same body revokes a decision, from a day on. A decision itself never changes (PR-1).
CREATE TABLE decision_revocation (
    decision      TEXT   NOT NULL PRIMARY KEY REFERENCES decision (id),
    by_decision   TEXT   NOT NULL REFERENCES decision (id),
    valid_from    TEXT   NOT NULL,
    registered_by TEXT   NOT NULL,
    mandate       TEXT   NOT NULL,
    registered_at BIGINT NOT NULL,
    CHECK (by_decision <> decision)
) /*strict*/;
CREATE INDEX decision_revocation_by ON decision_revocation (by_decision);
CREATE INDEX decision_body_day ON decision (body, decided_on, id);
CREATE INDEX decision_day ON decision (decided_on, id);
