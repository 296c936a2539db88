-- +goose Up
CREATE TRIGGER decision_revocation_no_update BEFORE UPDATE ON decision_revocation BEGIN SELECT RAISE(ABORT, 'a revocation never changes'); END;
CREATE TRIGGER decision_revocation_no_delete BEFORE DELETE ON decision_revocation BEGIN SELECT RAISE(ABORT, 'a revocation is never deleted'); END;
