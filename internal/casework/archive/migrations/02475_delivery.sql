-- +goose Up
-- Packages for the e-archive that were written together. What the e-archive answers is the receipt.
CREATE TABLE delivery (
    id           TEXT   NOT NULL PRIMARY KEY,
    member       TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    cases        BIGINT NOT NULL,
    made_at      BIGINT NOT NULL,
    receipt      TEXT   NOT NULL,              -- what the e-archive calls it; '' until it has confirmed
    confirmed_on TEXT   NOT NULL,
    confirmed_by TEXT   NOT NULL,              -- who entered the receipt
    confirmed_at BIGINT NOT NULL
) /*strict*/;
CREATE INDEX delivery_body ON delivery (member, body, made_at);

CREATE TABLE delivery_item (
    delivery TEXT   NOT NULL REFERENCES delivery (id),
    n        BIGINT NOT NULL,
    case_id  TEXT   NOT NULL,
    number   TEXT   NOT NULL,
    files    BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    sha256   TEXT   NOT NULL,                  -- of the package, hex
    PRIMARY KEY (delivery, n)
) /*strict*/;
CREATE INDEX delivery_item_case ON delivery_item (case_id);
