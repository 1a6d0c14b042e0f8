// The constraints and indexes of a store in Neo4j, version 3. Every statement can be repeated. A
// constraint on an id comes with the index by which a MERGE finds it; revision and retracted are
// what the feed of changes reads by; entity_names finds entities by their name keys, whole;
// entity_texts finds them by the words of their brand and attributes.

CREATE CONSTRAINT store_name IF NOT EXISTS FOR (n:Store) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT change_set_key IF NOT EXISTS FOR (n:ChangeSet) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT change_set_revision IF NOT EXISTS FOR (n:ChangeSet) REQUIRE n.revision IS UNIQUE;
CREATE INDEX change_set_recorded_at IF NOT EXISTS FOR (n:ChangeSet) ON (n.recorded_at, n.revision);

CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT entity_version IF NOT EXISTS FOR (n:EntityVersion) REQUIRE (n.id, n.revision) IS UNIQUE;
CREATE INDEX entity_revision IF NOT EXISTS FOR (n:Entity) ON (n.revision);
CREATE INDEX entity_version_revision IF NOT EXISTS FOR (n:EntityVersion) ON (n.revision);
CREATE FULLTEXT INDEX entity_names IF NOT EXISTS FOR (n:Entity|EntityVersion) ON EACH [n.name_keys]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'keyword', `fulltext.eventually_consistent`: false}};
CREATE FULLTEXT INDEX entity_texts IF NOT EXISTS FOR (n:Entity) ON EACH [n.brand, n.attributes]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words', `fulltext.eventually_consistent`: false}};

CREATE CONSTRAINT source_id IF NOT EXISTS FOR (n:Source) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT source_version IF NOT EXISTS FOR (n:SourceVersion) REQUIRE (n.id, n.revision) IS UNIQUE;
CREATE INDEX source_revision IF NOT EXISTS FOR (n:Source) ON (n.revision);
CREATE INDEX source_version_revision IF NOT EXISTS FOR (n:SourceVersion) ON (n.revision);

CREATE CONSTRAINT makes_id IF NOT EXISTS FOR ()-[r:MAKES]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX makes_revision IF NOT EXISTS FOR ()-[r:MAKES]-() ON (r.revision);
CREATE INDEX makes_retracted IF NOT EXISTS FOR ()-[r:MAKES]-() ON (r.retracted);

CREATE CONSTRAINT sells_id IF NOT EXISTS FOR ()-[r:SELLS]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX sells_revision IF NOT EXISTS FOR ()-[r:SELLS]-() ON (r.revision);
CREATE INDEX sells_retracted IF NOT EXISTS FOR ()-[r:SELLS]-() ON (r.retracted);

CREATE CONSTRAINT licenses_id IF NOT EXISTS FOR ()-[r:LICENSES]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX licenses_revision IF NOT EXISTS FOR ()-[r:LICENSES]-() ON (r.revision);
CREATE INDEX licenses_retracted IF NOT EXISTS FOR ()-[r:LICENSES]-() ON (r.retracted);

CREATE CONSTRAINT rebranded_as_id IF NOT EXISTS FOR ()-[r:REBRANDED_AS]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX rebranded_as_revision IF NOT EXISTS FOR ()-[r:REBRANDED_AS]-() ON (r.revision);
CREATE INDEX rebranded_as_retracted IF NOT EXISTS FOR ()-[r:REBRANDED_AS]-() ON (r.retracted);

CREATE CONSTRAINT succeeded_by_id IF NOT EXISTS FOR ()-[r:SUCCEEDED_BY]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX succeeded_by_revision IF NOT EXISTS FOR ()-[r:SUCCEEDED_BY]-() ON (r.revision);
CREATE INDEX succeeded_by_retracted IF NOT EXISTS FOR ()-[r:SUCCEEDED_BY]-() ON (r.retracted);

CREATE CONSTRAINT identical_to_id IF NOT EXISTS FOR ()-[r:IDENTICAL_TO]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX identical_to_revision IF NOT EXISTS FOR ()-[r:IDENTICAL_TO]-() ON (r.revision);
CREATE INDEX identical_to_retracted IF NOT EXISTS FOR ()-[r:IDENTICAL_TO]-() ON (r.retracted);

CREATE CONSTRAINT component_of_id IF NOT EXISTS FOR ()-[r:COMPONENT_OF]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX component_of_revision IF NOT EXISTS FOR ()-[r:COMPONENT_OF]-() ON (r.revision);
CREATE INDEX component_of_retracted IF NOT EXISTS FOR ()-[r:COMPONENT_OF]-() ON (r.retracted);

CREATE CONSTRAINT owns_id IF NOT EXISTS FOR ()-[r:OWNS]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX owns_revision IF NOT EXISTS FOR ()-[r:OWNS]-() ON (r.revision);
CREATE INDEX owns_retracted IF NOT EXISTS FOR ()-[r:OWNS]-() ON (r.retracted);

CREATE CONSTRAINT renamed_to_id IF NOT EXISTS FOR ()-[r:RENAMED_TO]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX renamed_to_revision IF NOT EXISTS FOR ()-[r:RENAMED_TO]-() ON (r.revision);
CREATE INDEX renamed_to_retracted IF NOT EXISTS FOR ()-[r:RENAMED_TO]-() ON (r.retracted);

CREATE CONSTRAINT affiliated_with_id IF NOT EXISTS FOR ()-[r:AFFILIATED_WITH]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX affiliated_with_revision IF NOT EXISTS FOR ()-[r:AFFILIATED_WITH]-() ON (r.revision);
CREATE INDEX affiliated_with_retracted IF NOT EXISTS FOR ()-[r:AFFILIATED_WITH]-() ON (r.retracted);

CREATE CONSTRAINT listed_on_id IF NOT EXISTS FOR ()-[r:LISTED_ON]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX listed_on_revision IF NOT EXISTS FOR ()-[r:LISTED_ON]-() ON (r.revision);
CREATE INDEX listed_on_retracted IF NOT EXISTS FOR ()-[r:LISTED_ON]-() ON (r.retracted);

CREATE CONSTRAINT party_to_id IF NOT EXISTS FOR ()-[r:PARTY_TO]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX party_to_revision IF NOT EXISTS FOR ()-[r:PARTY_TO]-() ON (r.revision);
CREATE INDEX party_to_retracted IF NOT EXISTS FOR ()-[r:PARTY_TO]-() ON (r.retracted);

CREATE CONSTRAINT same_as_id IF NOT EXISTS FOR ()-[r:SAME_AS]-() REQUIRE (r.id, r.mirror) IS UNIQUE;
CREATE INDEX same_as_revision IF NOT EXISTS FOR ()-[r:SAME_AS]-() ON (r.revision);
CREATE INDEX same_as_retracted IF NOT EXISTS FOR ()-[r:SAME_AS]-() ON (r.retracted);
