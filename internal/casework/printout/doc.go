// Package printout puts what somebody handed in on paper: the answers as they read them, whom they acted for, who signed and what was paid.
// The same submission always gives the same bytes. Case types that ask for it (a document type whose question is "*") get the paper in the
// case itself, written in the background after the submission; the others have it on demand.
//
// It answers S8-24-1 (proof of what was handed in) and arkivlagen (1990:782) 3 § (what is received is kept in a form that lasts).
package printout
