// Package statute reads Swedish statutes (författningar) from files, and recognises citations of them in running text.
//
// Read takes the two forms in which the collections of statutes can be had: Markdown with front matter (se-lex/sfs, with and without its
// section tags) and the JSON of Regeringskansliets rättsdatabaser. Both become the same Statute: its Parts in the order of the text, each
// § with its chapter, its stycken and, where the text says so, the days from and until which the wording applies. No word of the text is
// left out, whatever it looks like: what cannot be told to be a heading, a chapter or a § is a stycke of what stands before it. A file
// that cannot be read is a Fault with line and reason.
//
// An Index finds citations ("22 kap. 3 § OSL", "förvaltningslagen (2017:900)", "denna lag") and says which statute they mean on a given
// day: SoL is another law from 1 July 2025. names.tsv is the dated table of names and abbreviations; an Index can be given the titles
// of all statutes of a collection besides.
//
// The package is pure: it does no I/O and knows no clock.
package statute
