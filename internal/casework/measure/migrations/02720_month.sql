-- +goose Up
-- Cases by month, for figures over many years: a row for a kind and a unit, with its times and its ways in one field each, so that a
-- million cases are some thousand rows.
CREATE TABLE figure_month (
    month    TEXT   NOT NULL,                  -- YYYY-MM
    type_id  TEXT   NOT NULL,
    unit     TEXT   NOT NULL,
    first    BIGINT NOT NULL,                  -- of those closed last in the month: without a message to the citizen and without being handed over
    times    TEXT   NOT NULL,                  -- of those closed last in the month: business days from received to closed, "0=12 1=30"
    channels TEXT   NOT NULL,                  -- of those received in the month: "phone=3 web=40"
    PRIMARY KEY (month, type_id, unit)
) /*strict*/;
