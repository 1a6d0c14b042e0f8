// Package link finds companies that are one legal person under the ids of
// several registers, and states so as SAME_AS claims with the reason in their
// citation: both carry one LEI, USCC, UEI, CAGE code, DUNS number, or
// registration number of one country; or both bear one full legal name and
// nothing known of them contradicts. It compares exactly, never by likeness:
// a name counts but for letter case, spaces and punctuation ([graph.NameKey]).
//
// What holds:
//
//   - The claims are a function of the companies that the store knows, and of
//     what people withdrew. They are stated between the two companies
//     themselves, never by way of a third, so that neither the order of imports
//     nor a company that comes later changes what was said of the two. What no
//     longer follows is withdrawn; linking again changes nothing.
//   - A person's word goes first. Who retracts a SAME_AS claim without naming
//     another in its place, or states a disputed one, separates its ends: no
//     claim is made of them any more, whatever they come to have in common, and
//     those that were made are withdrawn.
//   - A pair with different LEIs or USCCs is never linked: a legal person has one
//     of each. For names, countries that differ contradict too.
//   - Where one company bears the name of two that contradict each other, it is
//     linked to both at a low confidence: leaving both out could hide a listing.
//   - A value that more than five companies of one register carry, or fifty of
//     all, says little, and links nobody. The report says so.
//   - Natural persons are not linked by name.
//
// Every claim is reported, at a confidence by what was compared.
package link
