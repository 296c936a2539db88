// Package reach keeps how somebody wants the municipality to reach them: by e-mail, by letter or on Mina sidor alone, for confirmations,
// messages and decisions each, and in which language. An e-mail address is used when its owner has shown that it is theirs, by a link
// that was sent to it and works once. Each change is in the journal.
//
// It answers S2-M1-2 (digital first with other ways beside) and FL 6 and 7 §§ (service and availability).
package reach
