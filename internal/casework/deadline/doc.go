// Package deadline counts the days that the law and the municipality's promises give: business days and calendar days, weeks, months and
// years, time that stands still, and time that is made longer. It is pure: days go in and days come out, and nothing here knows a case.
//
// A Rule says how long a time is, from what, and by which provision. The rules of the statutes are dated rows of one file, rules.yaml. A
// Run is a rule that is under way: from a day, with the times it stood still and was extended. Run.Last is the one place where a last day
// is worked out.
//
// How a time is counted is the law on counting statutory time, lag (1930:173), which is not among the statutes of the project and is
// followed here from general knowledge: the day of the event is not counted; a time of months or years ends on the day with the same
// number, or the last day of a month that has no such day (1 §); and what must be done at the latest on a Saturday, a Sunday, another
// public holiday, midsommarafton, julafton or nyårsafton may be done the next working day (2 §). The second rule is for what a party must
// do. What the authority must do in time is not moved, unless its rule says so.
package deadline
