// Package measure counts how e-services are used and how cases go, without following anybody: how far people come in a form and what
// stops them, lead times and first contact from the case log, what people think of how it went, how far each process has come, and
// whether the site worked when it tried itself. A figure below its target opens one improvement (åtgärd) for the owner of the service.
//
// Figures of cases have one source, the timelines of the cases, and can be made anew from them at any time. Counts of forms are kept in
// memory and written at most once a second: what a crash takes with it is a second's counts, and never anything somebody has handed in.
//
// It answers S2-M2-1 (lead times, first contact), S2-M2-2 (feedback, reopened cases, improvements), S2-M1-2 (use by channel and kind of
// actor), S4-NF-5 (assessed processes), S8-24-1 (measured availability), S8-24-2 (levels and their history) and S8-E-2 (self-service,
// drop-out per step).
package measure
