// Package spool keeps what is handed in while the database cannot take it, or while the operator has the site under maintenance, and
// hands it to casework when it can.
//
// A submission is one file named after the case it will become, encrypted with the documents' master key, and durable before the sender
// is told. It is removed when its case is committed, and not before: since the case follows from the key of the submission, handing it in
// twice gives one case. What can never become a case is set aside, and waits for a person.
//
// Answers S8-24-1 (the municipality takes in matters at any hour) and förvaltningslagen (2017:900) 22 §: a matter has come in
// on the day it reached the municipality, not on the day its database worked again.
package spool
