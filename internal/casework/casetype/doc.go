// Package casetype is an ärendetyp as data: the questions a resident answers, who must sign and what it costs, where the matter goes,
// which statuses it passes, how long it may take, how it can be decided and how long it is kept. It is pure: no files, no database, no
// clock; the day comes with [CaseType.At].
//
// A [Definition] is what a file says; [Compile] turns it into a [CaseType] or says all that is wrong with it, so a CaseType in hand is
// always whole. Package pack reads the files and gives the problems their line and column.
//
// # Answers
//
// A browser posts [Answers]; [CaseType.Validate] makes them [Clean]: in their one form, of the questions that are shown only, with
// computed values worked out. Clean answers are answers too, and validate to themselves. What a form accepts is what a citizen can
// answer step by step, and the other way about.
//
// # Expressions
//
// Rules, prices and computed values are expressions in the syntax of github.com/expr-lang/expr, read by its parser and evaluated here,
// over typed answers: yes or no, text, lists, and numbers as exact fractions, so that no öre is lost on the way. There are no loops,
// variables or functions besides those of functions, nothing is divided by what could be 0, and a rule looks only at questions before
// it; so each evaluation ends, in a time bounded by the length of the expression. Publishing finds what no answers lead to.
//
// # Sentences of the strategy
//
// S2-M1-2 (never only digital contact ways), S2-M2-3 (contact on every service), S2-M3-1 (a matter can be addressed to a body, a
// politician or an officer), S8-24-1 (a clear expected answer time), S8-B-1 (legal basis on the type) and S8-G-1 (a place has
// coordinates).
package casetype
