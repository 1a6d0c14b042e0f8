// Package identifier knows the numbers by which registers and shops name
// companies and products: how each is written, which check characters it has,
// and under which attribute an entity carries it.
//
// The rules are those of ISO 17442 and ISO 7064 MOD 97-10 (LEI), GB 32100-2015
// (USCC, the unified social credit code), the GS1 General Specifications (GTIN
// and UPC), 47 CFR 2.926 (FCC ID), and of the System for Award Management (UEI
// and CAGE). A DUNS number has no check digit any more.
//
// It imports the standard library alone.
package identifier
