-- +goose Up
-- Roles and reservations are ended, never edited (PR-2, PR-3). Decisions and delegations never change (PR-1).
CREATE TRIGGER mandate_ended_once BEFORE UPDATE ON mandate
WHEN OLD.ended_on IS NOT NULL OR NEW.ended_on IS NULL OR NEW.id IS NOT OLD.id OR NEW.person IS NOT OLD.person OR NEW.role IS NOT OLD.role
    OR NEW.member IS NOT OLD.member OR NEW.body IS NOT OLD.body OR NEW.unit IS NOT OLD.unit OR NEW.scope IS NOT OLD.scope
    OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.decision IS NOT OLD.decision
BEGIN SELECT RAISE(ABORT, 'a mandate is ended once and never edited'); END;
CREATE TRIGGER mandate_no_delete BEFORE DELETE ON mandate BEGIN SELECT RAISE(ABORT, 'a mandate is never deleted'); END;

CREATE TRIGGER reserved_action_ended_once BEFORE UPDATE ON reserved_action
WHEN OLD.ended_on IS NOT NULL OR NEW.ended_on IS NULL OR NEW.id IS NOT OLD.id OR NEW.member IS NOT OLD.member OR NEW.action IS NOT OLD.action
    OR NEW.body_code IS NOT OLD.body_code OR NEW.delegable IS NOT OLD.delegable OR NEW.sentence IS NOT OLD.sentence
    OR NEW.text_sv IS NOT OLD.text_sv OR NEW.text_en IS NOT OLD.text_en OR NEW.valid_from IS NOT OLD.valid_from
    OR NEW.decision IS NOT OLD.decision
BEGIN SELECT RAISE(ABORT, 'a reservation is ended once and never edited'); END;
CREATE TRIGGER reserved_action_no_delete BEFORE DELETE ON reserved_action BEGIN SELECT RAISE(ABORT, 'a reservation is never deleted'); END;

CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
CREATE TRIGGER delegation_no_update BEFORE UPDATE ON delegation BEGIN SELECT RAISE(ABORT, 'a delegation never changes'); END;
CREATE TRIGGER delegation_no_delete BEFORE DELETE ON delegation BEGIN SELECT RAISE(ABORT, 'a delegation is never deleted'); END;

-- INSERT OR REPLACE deletes without asking the triggers above.
CREATE TRIGGER mandate_no_replace BEFORE INSERT ON mandate WHEN EXISTS (SELECT 1 FROM mandate WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a mandate is never replaced'); END;
CREATE TRIGGER reserved_action_no_replace BEFORE INSERT ON reserved_action WHEN EXISTS (SELECT 1 FROM reserved_action WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a reservation is never replaced'); END;
CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision WHERE id = NEW.id OR key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'a decision is never replaced'); END;
