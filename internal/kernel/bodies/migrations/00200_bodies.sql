-- +goose Up
-- Who the municipality is. Rows are few (< 10 000 apart from residents): all but persons of kind resident, person numbers and
-- decisions are kept in memory as a Directory.

-- One row. Each change of what the Directory holds begins by counting it up: that tells other nodes to reload, and puts such
-- changes after one another on both engines, so that two appointments never pass the same check at the same time.
CREATE TABLE org_version (
    one      BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    n        BIGINT NOT NULL,
    imported TEXT   NOT NULL            -- SHA-256 of the organisation last imported
) /*strict*/;
INSERT INTO org_version (one, n, imported) VALUES (1, 0, '');

CREATE TABLE org_member (
    id         TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('municipality', 'sister', 'company', 'federation')),
    name_sv    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    org_number TEXT NOT NULL
) /*strict*/;

CREATE TABLE org_body (
    id      TEXT NOT NULL PRIMARY KEY,
    member  TEXT NOT NULL REFERENCES org_member (id),
    code    TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('council', 'executive', 'committee', 'board', 'management', 'group')),
    name_sv TEXT NOT NULL,
    name_en TEXT NOT NULL,
    UNIQUE (member, code)
) /*strict*/;

CREATE TABLE org_unit (
    id      TEXT NOT NULL PRIMARY KEY,
    member  TEXT NOT NULL REFERENCES org_member (id),
    parent  TEXT REFERENCES org_unit (id),
    body    TEXT REFERENCES org_body (id),
    name_sv TEXT NOT NULL,
    name_en TEXT NOT NULL
) /*strict*/;

CREATE TABLE org_role (
    code      TEXT   NOT NULL PRIMARY KEY,
    name_sv   TEXT   NOT NULL,
    name_en   TEXT   NOT NULL,
    exclusive TEXT   NOT NULL CHECK (exclusive IN ('', 'place', 'everywhere')),
    wide      BIGINT NOT NULL CHECK (wide IN (0, 1))
) /*strict*/;

CREATE TABLE person (
    id        TEXT   NOT NULL PRIMARY KEY,
    key       TEXT   UNIQUE,            -- the pack's own name for the person
    kind      TEXT   NOT NULL CHECK (kind IN ('staff', 'elected', 'resident')),
    name      TEXT   NOT NULL,
    email     TEXT   NOT NULL,          -- lower case, '' if not known
    protected BIGINT NOT NULL CHECK (protected IN (0, 1)),
    closed    BIGINT NOT NULL CHECK (closed IN (0, 1))
) /*strict*/;
CREATE UNIQUE INDEX person_official_email ON person (email) WHERE email <> '' AND kind <> 'resident';

-- In a table of its own so that no list of persons selects it by accident.
CREATE TABLE person_number (
    person TEXT NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    number TEXT NOT NULL UNIQUE         -- 12 digits
) /*strict*/;

CREATE TABLE decision (
    id              TEXT   NOT NULL PRIMARY KEY,
    key             TEXT   UNIQUE,      -- the pack's own name for the decision
    body            TEXT   NOT NULL REFERENCES org_body (id),
    decided_on      TEXT   NOT NULL,
    paragraph       TEXT   NOT NULL,
    dnr             TEXT   NOT NULL,
    text            TEXT   NOT NULL,
    protocol_sha256 TEXT   NOT NULL,
    delegation_of   TEXT   REFERENCES decision (id),
    registered_by   TEXT   NOT NULL,
    mandate         TEXT   NOT NULL,
    origin          TEXT   NOT NULL CHECK (origin IN ('registered', 'imported')),
    registered_at   BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX decision_paragraph ON decision (body, decided_on, paragraph) WHERE paragraph <> '' AND delegation_of IS NULL;
CREATE INDEX decision_delegation_of ON decision (delegation_of) WHERE delegation_of IS NOT NULL;

-- What a decision delegates: one row for each action.
CREATE TABLE delegation (
    decision   TEXT NOT NULL REFERENCES decision (id),
    action     TEXT NOT NULL,
    to_role    TEXT NOT NULL,
    to_body    TEXT NOT NULL,
    to_unit    TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT,
    PRIMARY KEY (decision, action, to_role, to_body, to_unit)
) /*strict*/;

-- A mandate is in force from valid_from to the earlier of valid_to (known when it was given) and ended_on (set once, later),
-- both days included.
CREATE TABLE mandate (
    id             TEXT NOT NULL PRIMARY KEY,
    person         TEXT NOT NULL REFERENCES person (id),
    role           TEXT NOT NULL REFERENCES org_role (code),
    member         TEXT REFERENCES org_member (id),
    body           TEXT REFERENCES org_body (id),
    unit           TEXT REFERENCES org_unit (id),
    scope          TEXT NOT NULL,
    valid_from     TEXT NOT NULL,
    valid_to       TEXT CHECK (valid_to >= valid_from),
    decision       TEXT REFERENCES decision (id),
    ended_on       TEXT,
    ended_decision TEXT REFERENCES decision (id)
) /*strict*/;
CREATE INDEX mandate_person ON mandate (person);
CREATE INDEX mandate_role ON mandate (role);

CREATE TABLE reserved_action (
    id         TEXT   NOT NULL PRIMARY KEY,
    member     TEXT   NOT NULL REFERENCES org_member (id),
    action     TEXT   NOT NULL,
    body_code  TEXT   NOT NULL,         -- '*' is the body that owns the object
    delegable  BIGINT NOT NULL CHECK (delegable IN (0, 1)),
    sentence   TEXT   NOT NULL,
    text_sv    TEXT   NOT NULL,
    text_en    TEXT   NOT NULL,
    valid_from TEXT   NOT NULL,
    decision   TEXT   REFERENCES decision (id),
    ended_on   TEXT
) /*strict*/;
CREATE UNIQUE INDEX reserved_action_open ON reserved_action (member, action) WHERE ended_on IS NULL;
