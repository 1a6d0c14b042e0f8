// Package ftm reads entities of FollowTheMoney, the data model of OpenSanctions
// and Aleph, one JSON object a line: entities.ftm.json, or targets.nested.json
// with entities inside entities. It was written after the schemata of
// followthemoney 4 (LegalEntity, Company, Organization, PublicBody, Person,
// Ownership, Control, Sanction, UnknownLink, Associate, Succession).
//
// What becomes what:
//
//   - LegalEntity and what extends it: a company, persons with the party_type
//     individual. Its id is company:ftm: and the entity's id; lei-… of the GLEIF
//     dataset is company:lei:…
//   - Ownership: OWNS with the percentage as printed, which may be a band such
//     as 25-50; what cannot be read is an unknown share, never a guess. Control,
//     and the old property parent, are control with an unknown share.
//   - Sanction: LISTED_ON, once for each list that it names by programId, or else
//     by dataset, authority or publisher. Known lists have debadge's id, others
//     list:ftm:…
//   - UnknownLink and Associate: AFFILIATED_WITH. Succession: RENAMED_TO.
//   - Everything else (addresses, vessels, directorships, payments) is left out
//     and counted by its schema, and so is a link to such a thing.
//
// A link may stand before the entities that it links, so the files are read
// twice: first the parties, then the links. What the first walk keeps of each
// entity is a few bits in a table of fixed size, so memory does not grow with
// the file; see the type seen for what that costs. A link to an entity that
// neither the files nor the store describe is refused: give the files that belong
// together in one import.
package ftm
