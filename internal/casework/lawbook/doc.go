// Package lawbook is the statutes beside the case (beslutsstöd, S8-B-1).
//
// Import reads the files of a collection with kernel/statute, keeps the statutes part by part, and says what is new, changed, unchanged
// and cannot be read. It is idempotent. A file without text never takes the place of one with text, nor an older one that of a newer.
// Where a statute is changed in what a case type cites, a Change is raised for those who own the case type: old and new wording, until
// somebody has said what was done about it. It blocks nothing.
//
// The statutes are public and need no permission: /lag searches them, /lag/2009:400 shows the contents of one, /lag/2009:400/21 a chapter
// and /lag/2009:400/21/3 a §, with the e-services that build on it. The law is in Swedish on every page, the page around it in both
// languages. How often a § is read is counted without knowing by whom.
//
// On a case's page the Panel folds out the §§ that the case type builds on, and links what messages, notes and decisions cite. Linked
// gives other rooms a text with its citations as links; only what is in the book is linked, and an installation without statutes works
// as if there were no links.
//
// A statute is text that everybody may have (9 § upphovsrättslagen): none is shipped with the program, they are imported.
package lawbook
