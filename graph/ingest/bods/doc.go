// Package bods reads statements of the Beneficial Ownership Data Standard, 0.4
// (recordType, recordDetails) and 0.3 or 0.2 (statementType), as one JSON array or
// one statement a line.
//
// What becomes what:
//
//   - An entity or a person: a company, persons with the party_type individual. In
//     0.4 its id is made of the publisher and the recordId, which only that
//     publisher keeps apart; in 0.3 of the statementID. XI-LEI-… is company:lei:…
//   - Each interest of a relationship: OWNS, shareholding as equity, votingRights
//     as voting and every other one as control, with the share as stated: exact, or
//     a band whose exclusive ends are the shares next to them. A share that is not
//     stated is unknown; one of 0 is left out. A nominee is AFFILIATED_WITH, since it
//     holds for somebody else.
//   - An indirect interest of a statement that names its components is derived
//     from them and left out: its components are the claims. An indirect interest
//     without components is all that is known, and is kept.
//   - An interested party that is not specified is left out; the reason given is
//     the attribute unspecified_owner of the subject.
//
// Statements about one record (0.4), or that replace one another (0.3), are its
// history. An interest holds from its startDate until its endDate, the startDate
// of what takes its place, or the date of the statement that drops it or closes
// the record. A statement that says the same anew, or corrects it from its
// beginning on, takes its place altogether.
//
// Relationships are held back until the file has been read to its end, on disk
// when they are many, since what ends an interest may stand anywhere after it.
package bods
