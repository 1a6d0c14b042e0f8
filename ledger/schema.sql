-- Version 1 of a debadge ledger. Times are microseconds since 1970, 0 where
-- there is none. The log (entries, hashes) is added to and never changed; every
-- other table either has its digest in the log or can be computed again.

CREATE TABLE log (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  origin TEXT    NOT NULL               -- the name of this log, by which checkpoints know it
) STRICT;

CREATE TABLE entries (
  n       INTEGER PRIMARY KEY,          -- 0, 1, 2 … without a gap
  data    TEXT NOT NULL,                -- canonical JSON, the bytes that are hashed
  kind    TEXT GENERATED ALWAYS AS (data ->> 'kind') VIRTUAL,
  subject TEXT GENERATED ALWAYS AS (data ->> 'subject') VIRTUAL
) STRICT;

CREATE INDEX entries_by_kind ON entries (kind, n);
CREATE INDEX entries_by_subject ON entries (subject, n);

CREATE TABLE hashes (
  n    INTEGER PRIMARY KEY,             -- as golang.org/x/mod/sumdb/tlog counts stored hashes
  hash BLOB    NOT NULL
) STRICT;

CREATE TABLE positions (                -- how far the feed of the claim store was read, and for which day
  name     TEXT    PRIMARY KEY,
  revision INTEGER NOT NULL,
  day      INTEGER NOT NULL,            -- days since 1970
  digest   TEXT    NOT NULL             -- of the change of that revision
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  id         INTEGER PRIMARY KEY,
  name       TEXT    NOT NULL UNIQUE,   -- never given out again, so that the log's actors stay clear
  role       TEXT    NOT NULL,
  hash       BLOB    NOT NULL UNIQUE,   -- SHA-256 of the secret
  created_at INTEGER NOT NULL,
  created_by TEXT    NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL,
  last_used  INTEGER NOT NULL           -- to the minute
) STRICT;
