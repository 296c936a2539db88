// Package wording compares two wordings of a text, word by word, so that people can see what is gone and what is new: of a statute, of a
// steering document (S1-5).
package wording
