-- +goose Up
-- How forms are used, counted without knowing by whom.
CREATE TABLE form_step (
    type_id TEXT   NOT NULL,
    version BIGINT NOT NULL,
    day     TEXT   NOT NULL,                   -- ISO date in Stockholm
    lang    TEXT   NOT NULL,
    step    TEXT   NOT NULL,                   -- key of a step, granska for the check page, '' for the whole form
    what    TEXT   NOT NULL,                   -- begun, reached, passed, fault, saved, stopped, sent, whole
    code    TEXT   NOT NULL,                   -- of a fault: question:code; of a stop: its key
    n       BIGINT NOT NULL,
    PRIMARY KEY (type_id, day, version, lang, step, what, code)
) /*strict*/;

-- What people think of how their case was handled. The answer is kept with the kind of case and not with the case.
CREATE TABLE feedback (
    id      TEXT   NOT NULL PRIMARY KEY,
    type_id TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    score   BIGINT NOT NULL,                   -- 1 to 5
    words   TEXT   NOT NULL                    -- screened of personal data
) /*strict*/;
CREATE INDEX feedback_type ON feedback (type_id, at);
-- Of which cases somebody has answered, so that each is answered once.
CREATE TABLE feedback_given (case_id TEXT NOT NULL PRIMARY KEY) /*strict*/;

-- What an owner of a service has to see to because a figure fell below its target.
CREATE TABLE improvement (
    id        TEXT   NOT NULL PRIMARY KEY,
    type_id   TEXT   NOT NULL,
    measure   TEXT   NOT NULL,                 -- feedback, reopened
    figure    DOUBLE PRECISION NOT NULL,
    target    DOUBLE PRECISION NOT NULL,
    unit      TEXT   NOT NULL,                 -- that owned the service when it was opened
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,                 -- 0: open
    closed_by TEXT   NOT NULL,
    done      TEXT   NOT NULL                  -- what was done
) /*strict*/;
CREATE UNIQUE INDEX improvement_open ON improvement (type_id, measure) WHERE closed_at = 0;
CREATE INDEX improvement_type ON improvement (type_id, opened_at);

-- How far each process has come, from a day on. Rows are never changed.
CREATE TABLE process_level (
    process TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    level   TEXT   NOT NULL,                   -- info, form, submission, full; '' when the process is gone
    PRIMARY KEY (process, at)
) /*strict*/;

-- Whether the site worked when it tried itself.
CREATE TABLE probe (
    at     BIGINT NOT NULL PRIMARY KEY,
    ok     BIGINT NOT NULL,
    ms     BIGINT NOT NULL,                    -- of the slowest page
    failed TEXT   NOT NULL                     -- what did not work
) /*strict*/;
