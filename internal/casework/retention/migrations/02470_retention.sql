-- +goose Up
-- How long each closed case is kept, worked out anew whenever something changes; only set_result and set_day are said by somebody.
CREATE TABLE retention (
    case_id     TEXT   NOT NULL PRIMARY KEY,
    member      TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    state       TEXT   NOT NULL,              -- discard, preserve, todo; '' while the case is open
    why         TEXT   NOT NULL,              -- what somebody has to say, for todo
    due         TEXT   NOT NULL,              -- first day on which it may go; '' for none
    counted     TEXT   NOT NULL,              -- the day the time is counted from
    start       TEXT   NOT NULL,              -- what that day is
    result      TEXT   NOT NULL,
    ground      TEXT   NOT NULL,              -- result, document, delivered
    authority   TEXT   NOT NULL,
    plan        TEXT   NOT NULL,
    set_result  TEXT   NOT NULL,
    set_day     TEXT   NOT NULL,
    delivered   TEXT   NOT NULL,              -- the day on which the e-archive confirmed that it has the case
    computed_at BIGINT NOT NULL
) /*strict*/;
CREATE INDEX retention_due ON retention (member, body, state, due, case_id);

-- Cases that must not go yet (gallringsstopp).
CREATE TABLE retention_hold (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL,
    reason     TEXT   NOT NULL,               -- appeal, disclosure, audit, research, other
    words      TEXT   NOT NULL,
    set_by     TEXT   NOT NULL,
    set_at     BIGINT NOT NULL,
    lifted_by  TEXT   NOT NULL,
    lifted_at  BIGINT NOT NULL                -- 0: it holds
) /*strict*/;
CREATE INDEX retention_hold_case ON retention_hold (case_id);
CREATE UNIQUE INDEX retention_hold_now ON retention_hold (case_id) WHERE lifted_at = 0;

-- Lists for gallring. They are the protocol, and are themselves preserved.
CREATE TABLE destruction (
    id          TEXT   NOT NULL PRIMARY KEY,
    member      TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    state       TEXT   NOT NULL,              -- listed, decided, approved, ordered, done, withdrawn
    digest      TEXT   NOT NULL,              -- SHA-256 of what is on it, hex
    cases       BIGINT NOT NULL,
    decision    TEXT   NOT NULL,              -- the body's decision
    made_by     TEXT   NOT NULL,
    made_at     BIGINT NOT NULL,
    decided_by  TEXT   NOT NULL,              -- who entered the decision
    decided_at  BIGINT NOT NULL,
    first_by    TEXT   NOT NULL,
    first_at    BIGINT NOT NULL,
    second_by   TEXT   NOT NULL,
    second_at   BIGINT NOT NULL,
    starts_at   BIGINT NOT NULL,              -- when it is carried out at the earliest
    ended_at    BIGINT NOT NULL,              -- done or withdrawn
    ended_by    TEXT   NOT NULL
) /*strict*/;
CREATE INDEX destruction_body ON destruction (member, body, made_at);

CREATE TABLE destruction_item (
    destruction TEXT   NOT NULL REFERENCES destruction (id),
    n           BIGINT NOT NULL,
    case_id     TEXT   NOT NULL,
    number      TEXT   NOT NULL,
    type_id     TEXT   NOT NULL,
    title       TEXT   NOT NULL,              -- of the case type
    received    TEXT   NOT NULL,
    closed      TEXT   NOT NULL,
    due         TEXT   NOT NULL,
    documents   BIGINT NOT NULL,
    handlings   BIGINT NOT NULL,
    plan        TEXT   NOT NULL,
    authority   TEXT   NOT NULL,
    state       TEXT   NOT NULL,              -- listed, destroyed, left
    why         TEXT   NOT NULL,              -- why it was left
    at          BIGINT NOT NULL,
    PRIMARY KEY (destruction, n)
) /*strict*/;
CREATE INDEX destruction_item_case ON destruction_item (case_id);
