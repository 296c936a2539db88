-- +goose Up
-- Published versions of case types. A row is never changed.
CREATE TABLE casetype_version (
    id           TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    sha256       TEXT   NOT NULL,
    published_at BIGINT NOT NULL,
    definition   TEXT   NOT NULL,
    PRIMARY KEY (id, version)
) /*strict*/;
