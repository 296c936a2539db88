-- +goose Up
-- Durable jobs. state: available, running, retryable, completed, discarded.
CREATE TABLE job (
    id           TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    args         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('available', 'running', 'retryable', 'completed', 'discarded')),
    attempt      BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    scheduled_at BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    finished_at  BIGINT NOT NULL DEFAULT 0,
    -- Who runs it, and until when nobody else may: one token a claim.
    lease        TEXT NOT NULL DEFAULT '',
    leased_until BIGINT NOT NULL DEFAULT 0,
    unique_key   TEXT,
    -- Why the last attempt failed: a code and a type, never free text.
    reason       TEXT NOT NULL DEFAULT ''
) /*strict*/;
CREATE INDEX job_due ON job (kind, scheduled_at, id) WHERE state IN ('available', 'retryable');
CREATE INDEX job_running ON job (leased_until) WHERE state = 'running';
CREATE INDEX job_completed ON job (finished_at) WHERE state = 'completed';
CREATE INDEX job_discarded ON job (finished_at) WHERE state = 'discarded';
CREATE UNIQUE INDEX job_unique ON job (unique_key) WHERE unique_key IS NOT NULL AND state IN ('available', 'running', 'retryable');

-- The latest time slot for which each periodic job was put in the queue.
CREATE TABLE job_period (
    name TEXT NOT NULL PRIMARY KEY,
    slot BIGINT NOT NULL
) /*strict*/;

-- How far each subscriber has read the journal.
CREATE TABLE job_cursor (
    name     TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
) /*strict*/;
