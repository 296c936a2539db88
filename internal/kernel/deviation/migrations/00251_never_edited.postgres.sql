-- +goose Up
CREATE FUNCTION deviation_ended_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_on IS NOT NULL OR NEW.ended_on IS NULL
        OR to_jsonb(NEW) - 'ended_on' - 'ended_decision' - 'ended_why' <> to_jsonb(OLD) - 'ended_on' - 'ended_decision' - 'ended_why' THEN
        RAISE EXCEPTION 'an avsteg is ended once and never edited';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deviation_ended_once BEFORE UPDATE ON deviation FOR EACH ROW EXECUTE FUNCTION deviation_ended_once();
CREATE TRIGGER deviation_no_delete BEFORE DELETE OR TRUNCATE ON deviation FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
CREATE TRIGGER deviation_review_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON deviation_review FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
