// Package desk is what those who work with cases see, under /arbete: officers, registrars, elected representatives, auditors. Inbox,
// case, search, diarium and log are pages over package cases; every right is asked there, and what a page leaves out is explained with
// the sentence that refuses.
//
// Two things hold on every page. Nothing typed is lost: not to a mistake, not to a colleague who was faster, not to a session that ran
// out. And what goes to the citizen is never taken for what stays inside: they are written on different pages, in different words and
// colours.
//
// It answers S2-M2-3 (one timeline whatever the channel), S2-M3-1 (the politician's own queue), PR-1 and PR-2 (who may, and why not),
// P-K and P-S (secrecy, and the trace of those who look), P-3 (the auditor sees and changes nothing), S8-G-1 (place in both systems).
package desk
