-- +goose Up
CREATE TABLE identity_sessions (
	token   TEXT PRIMARY KEY,          -- SHA-256 of the cookie's value
	id      TEXT NOT NULL,             -- what lists and the journal call it
	person  TEXT NOT NULL,             -- '' before sign-in
	level   TEXT NOT NULL,
	method  TEXT NOT NULL,
	agent   TEXT NOT NULL,             -- coarse: browser and system only
	created BIGINT NOT NULL,
	seen    BIGINT NOT NULL,           -- at most a minute behind
	idle    BIGINT NOT NULL,           -- microseconds it may be left alone
	until   BIGINT NOT NULL,           -- seen + idle, at most expires
	expires BIGINT NOT NULL,           -- the absolute end
	ended   BIGINT NOT NULL,           -- 0, or when it was ended; kept until expires so that a late save cannot revive it
	data    TEXT NOT NULL
) /*strict*/;
CREATE INDEX identity_sessions_person ON identity_sessions (person, created) WHERE person <> '';
CREATE INDEX identity_sessions_until ON identity_sessions (until);

CREATE TABLE identity_links (
	issuer  TEXT NOT NULL,
	subject TEXT NOT NULL,
	person  TEXT NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (issuer, subject),
	UNIQUE (person, issuer)            -- a former colleague's address does not give their account
) /*strict*/;

CREATE TABLE identity_passkeys (
	id         TEXT PRIMARY KEY,       -- base64url of the credential ID
	person     TEXT NOT NULL,
	name       TEXT NOT NULL,          -- coarse agent it was registered with
	level      TEXT NOT NULL,          -- level of the session it was registered in: it gives no more
	sign_count BIGINT NOT NULL,
	credential TEXT NOT NULL,          -- JSON of webauthn.Credential
	created    BIGINT NOT NULL,
	used       BIGINT NOT NULL         -- 0 if never
) /*strict*/;
CREATE INDEX identity_passkeys_person ON identity_passkeys (person, created);

CREATE TABLE identity_invitations (
	code    TEXT PRIMARY KEY,          -- SHA-256 of the one-time code
	person  TEXT NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	used    BIGINT NOT NULL            -- 0 until it is used
) /*strict*/;
