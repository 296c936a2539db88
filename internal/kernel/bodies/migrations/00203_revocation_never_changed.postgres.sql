-- +goose Up
CREATE TRIGGER decision_revocation_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON decision_revocation FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
