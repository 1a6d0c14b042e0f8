-- Version 2 of a debadge ledger. Times are microseconds since 1970, 0 where
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

CREATE TABLE policies (                 -- the rules of decisions and watch lists, each once
  digest TEXT PRIMARY KEY,
  rules  TEXT NOT NULL                  -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
  id      INTEGER PRIMARY KEY,
  entry   INTEGER NOT NULL UNIQUE REFERENCES entries,
  record  TEXT    NOT NULL,             -- canonical JSON, whose digest the entry has
  subject TEXT GENERATED ALWAYS AS (record ->> '$.question.subject') VIRTUAL
) STRICT;

CREATE TABLE signoffs (                 -- what a second officer said to a decision that needs one
  decision INTEGER PRIMARY KEY REFERENCES decisions,
  entry    INTEGER NOT NULL UNIQUE REFERENCES entries,
  record   TEXT    NOT NULL,            -- canonical JSON, whose digest the entry has
  verdict  TEXT GENERATED ALWAYS AS (record ->> '$.verdict') VIRTUAL
) STRICT;

CREATE TABLE requests (                 -- by which decisions were recorded, so that each is once
  actor    TEXT    NOT NULL,
  key      TEXT    NOT NULL,            -- of idempotency
  digest   TEXT    NOT NULL,            -- of what was asked for
  decision INTEGER NOT NULL REFERENCES decisions,
  PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX decisions_by_subject ON decisions (subject, id);

CREATE TABLE watches (
  id         INTEGER PRIMARY KEY,
  subject    TEXT    NOT NULL,
  policy     TEXT    NOT NULL REFERENCES policies,
  lists      TEXT    NOT NULL,          -- JSON
  watcher    TEXT    NOT NULL,
  endpoint   TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT    NOT NULL
) STRICT;

CREATE TABLE secrets (                  -- that webhooks are signed with
  id    INTEGER PRIMARY KEY,
  watch INTEGER NOT NULL REFERENCES watches,
  key   BLOB    NOT NULL,
  until INTEGER NOT NULL                -- no longer used then; 0 of the newest one
) STRICT;

CREATE INDEX secrets_by_watch ON secrets (watch, id);

CREATE TABLE standings (                -- what is found by now where somebody decided or watches; can be computed again
  id       INTEGER PRIMARY KEY,
  decision INTEGER UNIQUE REFERENCES decisions,
  watch    INTEGER UNIQUE REFERENCES watches,
  subject  TEXT    NOT NULL,            -- an id; a text where that was not known
  known    INTEGER NOT NULL,            -- which of them
  policy   TEXT    NOT NULL REFERENCES policies,
  lists    TEXT    NOT NULL,            -- JSON
  revision INTEGER NOT NULL,            -- at which it was computed
  day      INTEGER NOT NULL,            -- for which
  until    INTEGER NOT NULL,            -- the day on which it can differ though nothing new is known
  stale    INTEGER NOT NULL,            -- whether a list was too old
  found    TEXT    NOT NULL,            -- the assessment, JSON
  CHECK ((decision IS NULL) <> (watch IS NULL))
) STRICT;

CREATE TABLE outbox (                   -- events of watch lists, in the order in which they happened
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  watch      INTEGER NOT NULL REFERENCES watches,
  event      TEXT    NOT NULL,          -- canonical JSON
  created_at INTEGER NOT NULL,
  state      TEXT    NOT NULL,          -- pending, delivered or dead
  attempts   INTEGER NOT NULL,
  next_at    INTEGER NOT NULL,          -- not to be tried before
  last_error TEXT    NOT NULL
) STRICT;

CREATE INDEX outbox_by_state ON outbox (state, next_at, seq);
