-- +goose Up
-- Versions that were retired after their publication, and when.
CREATE TABLE casetype_retired (
    id         TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    retired_at BIGINT NOT NULL,
    PRIMARY KEY (id, version)
) /*strict*/;
