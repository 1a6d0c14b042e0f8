-- Version 2 of a debadge store. The rows are a log: they are added and never
-- changed, but for claims.retracted, which goes from 0 to a revision once.
-- Keys count 1, 2, 3 … without a gap, in the order of revisions and, within a
-- revision, of ids; the feed and the totals in changes rest on that.

CREATE TABLE changes (
  revision        INTEGER PRIMARY KEY,
  recorded_at     INTEGER NOT NULL,     -- microseconds since 1970, never before the revision before
  id              TEXT    NOT NULL UNIQUE,
  digest          TEXT    NOT NULL,     -- of the change set as it was appended
  author          TEXT    NOT NULL,
  reason          TEXT    NOT NULL,
  entities        INTEGER NOT NULL,     -- how many rows each table has up to this revision:
  entity_versions INTEGER NOT NULL,     -- a count for people, a position for the feed
  sources         INTEGER NOT NULL,
  source_versions INTEGER NOT NULL,
  claims          INTEGER NOT NULL,
  retractions     INTEGER NOT NULL,
  seal            BLOB    NOT NULL      -- SHA-256 over all that the change holds
) STRICT;

CREATE INDEX changes_by_time ON changes (recorded_at, revision);

CREATE TABLE entities (
  key      INTEGER PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE,
  recorded INTEGER NOT NULL             -- the revision of the first version
) STRICT;

CREATE TABLE entity_versions (
  key        INTEGER PRIMARY KEY,
  entity     INTEGER NOT NULL REFERENCES entities,
  recorded   INTEGER NOT NULL,
  name       TEXT    NOT NULL,
  brand      TEXT    NOT NULL,
  aliases    TEXT,                      -- JSON
  attributes TEXT,                      -- JSON
  UNIQUE (entity, recorded)
) STRICT;

CREATE TABLE name_keys (
  name    TEXT    NOT NULL,
  version INTEGER NOT NULL REFERENCES entity_versions,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
  key      INTEGER PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE,
  recorded INTEGER NOT NULL
) STRICT;

CREATE TABLE source_versions (
  key       INTEGER PRIMARY KEY,
  source    INTEGER NOT NULL REFERENCES sources,
  recorded  INTEGER NOT NULL,
  title     TEXT    NOT NULL,
  publisher TEXT    NOT NULL,
  date      TEXT    NOT NULL,
  url       TEXT    NOT NULL,
  language  TEXT    NOT NULL,
  kind      TEXT    NOT NULL,
  digest    TEXT    NOT NULL,
  UNIQUE (source, recorded)
) STRICT;

CREATE TABLE claims (
  key         INTEGER PRIMARY KEY,
  id          TEXT    NOT NULL UNIQUE,
  from_entity INTEGER NOT NULL REFERENCES entities,
  to_entity   INTEGER NOT NULL REFERENCES entities,
  relation    INTEGER NOT NULL,         -- the number of the relation, see DESIGN.md
  status      INTEGER NOT NULL,
  confidence  INTEGER NOT NULL,         -- percent
  first_day   INTEGER NOT NULL,         -- days since 1970: holds on first_day
  end_day     INTEGER NOT NULL,         -- and on every day before end_day
  share_min   INTEGER,                  -- millionths of a percent
  share_max   INTEGER,
  interest    INTEGER NOT NULL,
  recorded    INTEGER NOT NULL,
  retracted   INTEGER NOT NULL,         -- 0: not retracted
  valid_from  TEXT    NOT NULL,         -- the dates as given
  valid_to    TEXT    NOT NULL,
  attributes  TEXT                      -- JSON
) STRICT;

CREATE INDEX claims_by_to ON claims (to_entity, relation);
CREATE INDEX claims_by_from ON claims (from_entity, relation);

CREATE TABLE citations (
  claim    INTEGER NOT NULL REFERENCES claims,
  position INTEGER NOT NULL,
  source   INTEGER NOT NULL REFERENCES sources,
  stance   TEXT    NOT NULL,
  locator  TEXT    NOT NULL,
  text     TEXT    NOT NULL,
  PRIMARY KEY (claim, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE retractions (
  key         INTEGER PRIMARY KEY,
  claim       INTEGER NOT NULL UNIQUE REFERENCES claims,
  recorded    INTEGER NOT NULL,
  reason      TEXT    NOT NULL,
  replaced_by INTEGER REFERENCES claims
) STRICT;
