// Package office lets officials into the rooms they work in, and gives the pages of those rooms what they have in common: who is here,
// what they may do, the language, the frame around the page, and the word of what was done.
package office
