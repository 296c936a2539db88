// Package paper writes a text as a PDF, A4: what was handed in, a receipt, later a decision. The web page is the accessible original (no Go
// library within reach writes tagged PDF); the PDF beside it is for printing and for the record. The same sheet always gives the same
// bytes, so that its hash can be kept.
//
// Letters that the font lacks (it has Latin, Greek and Cyrillic) are printed as ▯; the page has them.
package paper
