// Package clock keeps the time of each case: the municipality's promise, the time that a statute gives, the days on which the time stands
// still, and what förvaltningslagen asks of an authority that is late.
//
// All days are worked out by package deadline from the case type, the case and a Course, which is what has happened to its time. The Keeper
// is told of every change of a case in the transaction of the change (cases.Watcher): a status on which the case type's clock stands lets
// the time stand still, a decision ends it, a closed case has none. Case.Due is always the day that stands first: the promise, or a
// statutory day before it. A case from before the clock has no row, and its Course is then read from its events.
//
// Officials suspend, resume and extend (Service.Suspend, Resume, Extend), say that a matter is complete (Complete) or who initiated it
// (Initiated), tell the party of a delay (DelayNotice: FL 11 §), and register or refuse a request that the matter is decided (FL 12 §). The
// party asks at the case's page (RequestDecision). FL 11 and 12 §§ are not applied to matters whose decisions can be tried under KL 13 kap.
// (FL 2 §): that is read from the appeals of the case type's decisions. Six months and four weeks never stand still, since FL does not say
// that they do; the time of a case type's own statute stands only in statuses whose legalClock is stopped.
//
// Tick is the watch that goes round: it adds one internal event for each stage a case comes to (near, over, told to the head of unit), and
// costs nothing for the cases that have come to none.
package clock
