-- +goose Up
-- Invitations to meetings go along with their letter (RFC 6047).
ALTER TABLE email_outbox ADD COLUMN invitation TEXT NOT NULL DEFAULT '';
ALTER TABLE email_outbox ADD COLUMN method TEXT NOT NULL DEFAULT '';
