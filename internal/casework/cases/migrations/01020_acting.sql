-- +goose Up
-- In whose name a matter was handed in: an organisation is a party by its number, and whoever acted for another is a party on a ground
-- (guardian, signatory, power). The latter follows the matter as long as the ground holds, which package represent tells.
ALTER TABLE case_party ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE case_party ADD COLUMN ground TEXT NOT NULL DEFAULT '';
CREATE INDEX case_party_organisation ON case_party (organisation, case_id) WHERE organisation <> '';
