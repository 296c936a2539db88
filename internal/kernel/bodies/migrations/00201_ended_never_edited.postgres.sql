-- +goose Up
-- Roles and reservations are ended, never edited (PR-2, PR-3). Decisions and delegations never change (PR-1).
CREATE FUNCTION ended_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_on IS NOT NULL OR NEW.ended_on IS NULL
        OR to_jsonb(NEW) - 'ended_on' - 'ended_decision' <> to_jsonb(OLD) - 'ended_on' - 'ended_decision' THEN
        RAISE EXCEPTION 'a row of % is ended once and never edited', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME; END $$;
CREATE TRIGGER mandate_ended_once BEFORE UPDATE ON mandate FOR EACH ROW EXECUTE FUNCTION ended_once();
CREATE TRIGGER mandate_no_delete BEFORE DELETE OR TRUNCATE ON mandate FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER reserved_action_ended_once BEFORE UPDATE ON reserved_action FOR EACH ROW EXECUTE FUNCTION ended_once();
CREATE TRIGGER reserved_action_no_delete BEFORE DELETE OR TRUNCATE ON reserved_action FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER decision_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER delegation_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON delegation FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
