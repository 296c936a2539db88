// Package email sends e-mail to those who have a matter with the municipality, and holds the demo's mailbox.
//
// A letter is written to the outbox in the transaction of what it tells about and leaves by a durable job, over SMTP, with growing
// waits until the server takes it. What the server refuses for good, or has not taken in three days, is told to whoever asked for
// the letter (Options.Undelivered), so that a case can show that its sender could not be reached.
//
// A letter leaves at least once: if the process dies after the server took it and before that was noted, it leaves again. It then has
// the same Message-ID, by which mail programs know it is the same.
//
// Letters say as little as they can: that something happened and where to read it. The follow code stands in the text of the receipt
// and never in a link, where servers and browsers would keep it. When a letter has left, its text is removed from the outbox.
//
// Sources: RFC 5321 and 5322 (SMTP, messages), RFC 3834 (automatic messages), RFC 8314 (TLS).
// It answers S8-24-1 (the citizen sees what happens with the matter, at any hour) and P-T (what was promised is sent).
package email
