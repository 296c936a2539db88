-- +goose Up
CREATE TABLE cases (
    id           TEXT   NOT NULL PRIMARY KEY,
    number       TEXT   NOT NULL UNIQUE,       -- diarienummer
    member       TEXT   NOT NULL,              -- keys of the organisation
    body         TEXT   NOT NULL,
    unit         TEXT   NOT NULL,
    type_id      TEXT   NOT NULL,
    type_version BIGINT NOT NULL,
    status       TEXT   NOT NULL,              -- key in the case type
    content      TEXT   NOT NULL,              -- what the status means over all case types
    open         BIGINT NOT NULL,
    subject      TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    lang         TEXT   NOT NULL,
    secrecy      BIGINT NOT NULL,              -- 0 open, 1 marked, 2 secret
    protected    BIGINT NOT NULL,              -- a party has protected identity
    assignee     TEXT   NOT NULL,              -- person, or ''
    addressee    TEXT   NOT NULL,              -- person the matter is addressed to, or ''
    address      TEXT   NOT NULL,
    lat          DOUBLE PRECISION,             -- WGS 84 degrees
    lon          DOUBLE PRECISION,
    north        DOUBLE PRECISION,             -- SWEREF 99 TM metres
    east         DOUBLE PRECISION,
    answers      TEXT   NOT NULL,              -- JSON, as accepted by the case type's version
    received_at  BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    closed_at    BIGINT NOT NULL,
    due          TEXT   NOT NULL,              -- date, ISO
    entry        TEXT   NOT NULL,              -- journal entry of the submission, for the receipt
    events       BIGINT NOT NULL,              -- number of rows in the timeline
    handlings    BIGINT NOT NULL,              -- number of rows in the diarium
    version      BIGINT NOT NULL
) /*strict*/;
CREATE INDEX cases_unit ON cases (unit, received_at DESC, id DESC);
CREATE INDEX cases_inbox ON cases (unit, due, id) WHERE open = 1;
-- For those who see a whole member.
CREATE INDEX cases_received ON cases (received_at DESC, id DESC);
CREATE INDEX cases_due ON cases (due, id) WHERE open = 1;
CREATE INDEX cases_mine ON cases (assignee, due, id) WHERE open = 1 AND assignee <> '';
CREATE INDEX cases_addressee ON cases (addressee, received_at DESC, id DESC) WHERE addressee <> '';

CREATE TABLE case_party (
    case_id   TEXT   NOT NULL REFERENCES cases (id),
    n         BIGINT NOT NULL,
    role      TEXT   NOT NULL,
    person    TEXT   NOT NULL,                 -- person who signed in, or ''
    name      TEXT   NOT NULL,
    email     TEXT   NOT NULL,
    phone     TEXT   NOT NULL,
    PRIMARY KEY (case_id, n)
) /*strict*/;
CREATE INDEX case_party_person ON case_party (person, case_id) WHERE person <> '';

-- The one timeline. Rows are never changed.
CREATE TABLE case_event (
    case_id  TEXT   NOT NULL REFERENCES cases (id),
    n        BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    internal BIGINT NOT NULL,                  -- 1: for the municipality's eyes only
    actor    TEXT   NOT NULL,                  -- person, '' for the citizen who is not signed in
    mandate  TEXT   NOT NULL,
    body     TEXT   NOT NULL,                  -- words people wrote
    data     TEXT   NOT NULL,                  -- JSON, by kind
    PRIMARY KEY (case_id, n)
) /*strict*/;

CREATE TABLE case_document (
    case_id     TEXT   NOT NULL REFERENCES cases (id),
    n           BIGINT NOT NULL,
    document    TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    mime        TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    direction   TEXT   NOT NULL,               -- in, out, internal
    internal    BIGINT NOT NULL,
    event       BIGINT NOT NULL,               -- row of the timeline it came with
    PRIMARY KEY (case_id, n)
) /*strict*/;
CREATE UNIQUE INDEX case_document_document ON case_document (document);

CREATE TABLE case_decision (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL REFERENCES cases (id),
    key        TEXT   NOT NULL,                -- decision of the case type
    outcome    TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    delegation TEXT   NOT NULL,
    decided_by TEXT   NOT NULL,
    mandate    TEXT   NOT NULL,
    at         BIGINT NOT NULL
) /*strict*/;
CREATE INDEX case_decision_case ON case_decision (case_id, at);

-- The diarium: one row for each handling (OSL 5 kap. 2 §). Rows are never removed; a correction is a new row that names the old one.
CREATE TABLE register_entry (
    id           TEXT   NOT NULL PRIMARY KEY,
    case_id      TEXT   NOT NULL REFERENCES cases (id),
    n            BIGINT NOT NULL,              -- number of the handling within the case
    member       TEXT   NOT NULL,
    number       TEXT   NOT NULL,              -- "KS 2026/00123-1"
    at           BIGINT NOT NULL,              -- received or drawn up
    direction    TEXT   NOT NULL,              -- in, out, internal
    kind         TEXT   NOT NULL,
    party        TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    public       BIGINT NOT NULL,              -- 1: shown in the register on the web
    hide_party   BIGINT NOT NULL,
    hide_subject BIGINT NOT NULL,
    secrecy      BIGINT NOT NULL,
    corrects     TEXT   NOT NULL,              -- row that this one corrects, or ''
    superseded   TEXT   NOT NULL               -- row that corrects this one, or ''
) /*strict*/;
CREATE INDEX register_entry_case ON register_entry (case_id, n);
CREATE INDEX register_entry_member ON register_entry (member, id DESC);
CREATE INDEX register_entry_public ON register_entry (id DESC) WHERE public = 1 AND superseded = '';

-- The next number of each series and year.
CREATE TABLE register_series (
    member TEXT   NOT NULL,
    series TEXT   NOT NULL,
    year   BIGINT NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (member, series, year)
) /*strict*/;
