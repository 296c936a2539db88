// Package statistics shows those who work here how cases come and go: volumes by month, how long they take, which ways people choose,
// how many were settled at the first contact and what people thought afterwards. The figures are those of package measure; nothing here
// leads to a case or a person. Each reader sees the units they may read figures of.
//
// Answers S2-M2-1 and S2-M2-2.
package statistics
