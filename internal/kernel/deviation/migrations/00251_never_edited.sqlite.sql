-- +goose Up
CREATE TRIGGER deviation_ended_once BEFORE UPDATE ON deviation
WHEN OLD.ended_on IS NOT NULL OR NEW.ended_on IS NULL OR NEW.id IS NOT OLD.id OR NEW.member IS NOT OLD.member OR NEW.sentence IS NOT OLD.sentence
    OR NEW.object_kind IS NOT OLD.object_kind OR NEW.object_id IS NOT OLD.object_id OR NEW.object_name IS NOT OLD.object_name
    OR NEW.body IS NOT OLD.body OR NEW.motivation IS NOT OLD.motivation OR NEW.decision IS NOT OLD.decision OR NEW.person IS NOT OLD.person
    OR NEW.mandate IS NOT OLD.mandate OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to
    OR NEW.review_on IS NOT OLD.review_on OR NEW.decided_at IS NOT OLD.decided_at
BEGIN SELECT RAISE(ABORT, 'an avsteg is ended once and never edited'); END;
CREATE TRIGGER deviation_no_delete BEFORE DELETE ON deviation BEGIN SELECT RAISE(ABORT, 'an avsteg is never deleted'); END;
CREATE TRIGGER deviation_no_replace BEFORE INSERT ON deviation WHEN EXISTS (SELECT 1 FROM deviation WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'an avsteg is never replaced'); END;
CREATE TRIGGER deviation_review_no_update BEFORE UPDATE ON deviation_review BEGIN SELECT RAISE(ABORT, 'a review never changes'); END;
CREATE TRIGGER deviation_review_no_delete BEFORE DELETE ON deviation_review BEGIN SELECT RAISE(ABORT, 'a review is never deleted'); END;
