-- +goose Up
-- Fees paid for forms before they are handed in. Rows are kept: finance follows them.
CREATE TABLE payment (
    id         TEXT   NOT NULL PRIMARY KEY,
    draft      TEXT   NOT NULL,
    type_id    TEXT   NOT NULL,
    provider   TEXT   NOT NULL,
    ref        TEXT   NOT NULL,              -- the provider's name for it; '' until the provider has answered
    url        TEXT   NOT NULL,              -- where the payer pays
    amount     BIGINT NOT NULL,              -- öre asked for
    paid       BIGINT NOT NULL,              -- öre received
    state      TEXT   NOT NULL,              -- pending, paid, failed, cancelled
    case_id    TEXT   NOT NULL,              -- the matter it was paid for; '' until it is handed in
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
) /*strict*/;
CREATE INDEX payment_draft ON payment (draft, created_at);
CREATE INDEX payment_ref ON payment (provider, ref) WHERE ref <> '';
CREATE INDEX payment_pending ON payment (created_at) WHERE state = 'pending';
CREATE INDEX payment_unclaimed ON payment (changed_at) WHERE state = 'paid' AND case_id = '';
