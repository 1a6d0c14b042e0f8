// Package gleif reads what the Global Legal Entity Identifier Foundation
// publishes: level 1 (who is who, LEI-CDF 3.1 and 2.1), level 2 (who consolidates
// whom, RR-CDF 2.1 and 1.1) and the reporting exceptions (2.1 and 1.1), each as the
// golden copy's CSV, JSON or XML. What a file holds is seen from its header or
// its elements; several files are editions of their own.
//
// What becomes what:
//
//   - A record of level 1: the company company:lei:… with its legal name, its other,
//     transliterated and previous names as aliases with their languages, and
//     identifiers, addresses and countries as attributes. A successor with an LEI:
//     RENAMED_TO.
//   - IS_DIRECTLY_CONSOLIDATED_BY and IS_ULTIMATELY_CONSOLIDATED_BY: OWNS from parent
//     to child, interest control, share unknown (0 to 100). Accounting
//     consolidation says who controls, never how much somebody owns, and the
//     quantifiers of a record are no shares either. Both are kept: they add
//     nothing to a sum of shares, so nothing is counted twice, and the ultimate
//     one is a warning that a chain of direct ones would be too long for (one
//     hop of unknown ownership counts as one affiliation, and a path has one).
//   - IS_INTERNATIONAL_BRANCH_OF, IS_FUND-MANAGED_BY, IS_SUBFUND_OF and IS_FEEDER_TO:
//     AFFILIATED_WITH. They tie a branch or a fund to its head office, manager or
//     umbrella without any share: a warning to look, no ownership.
//   - A reporting exception: the attribute reporting_exception of its company.
//
// The time of a claim is the RELATIONSHIP_PERIOD alone, whichever of the periods
// of a record it is; accounting periods end each year and say nothing about the
// relationship. An inactive or retired relationship without an end is over since
// its record was last updated, at the latest. A record that is annulled, a
// duplicate or deleted was wrong: its claim is disputed, which withdraws what
// an earlier edition said under the same key, and never counts.
package gleif
