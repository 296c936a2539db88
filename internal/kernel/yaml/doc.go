// Package yaml reads the plain part of YAML 1.2 that people write by hand, and says in plain words, with line and column, what is wrong.
//
// It reads block and flow mappings and lists, texts without and in quotation marks, literal (|) and folded (>) texts, comments, and JSON,
// which is a part of it. It refuses what makes a file mean something else than it looks like: anchors, aliases, tags, directives, several
// documents, keys that are no text, tabs as indentation, and keys given twice. A value is text unless the core schema says that it is a
// number, true, false or null.
//
// It is our own because five hundred files of thirty kilobytes have to be read in less than a second on two cores, and because the one who
// reads its messages is a clerk. Its tests compare it with another reader of YAML.
package yaml
