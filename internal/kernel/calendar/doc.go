// Package calendar knows what time it is, which days Swedish offices work, and when something is due.
//
// It holds the only time.Now of the project: everything else asks a Clock, so that tests can move time. A Date is a
// civil day as people in Sweden mean it (Europe/Stockholm); instants are time.Time and stored as UTC elsewhere. A Calendar
// counts business days and deadlines by the Rules (data) of one municipality.
//
// Sources: lag (1989:253) om allmänna helgdagar; lag (1930:173) om beräkning av lagstadgad tid. Both as they stand since
// 2005; days before that year are counted by today's law.
//
// It answers the time part of every deadline in the strategy, such as S8-24-1 (a clear expected answer time).
package calendar
