// Package fault breaks what a running installation stands on, in the real program, and looks for what was lost: kill -9 under load, a
// full disk, a sync that fails, a damaged page, thousands of slow clients, a lost and a replaced PostgreSQL, a stop in the middle.
//
// Answers P-R and P-T of the IT security policy. kill -9 keeps the kernel's page cache: it proves that a crash of the process loses
// nothing, not that a power cut does. For that the proof is that every acknowledged write waited for fdatasync, which the test of the
// failing sync shows.
package fault
