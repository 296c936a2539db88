// Package web is the public site: all that a resident sees. Start page, e-services and their forms, receipt, following a case by
// code, Mina sidor, the public diarium, and the pages the law asks for.
//
// A form is one step a page, saved on the server at each step, or all on one page (/allt). Answers are kept as typed even when they
// are wrong. A draft belongs to the browser's draft cookie, which is separate from the sign-in session and set first when a form is
// begun; public pages set no cookie. Every page works without JavaScript.
//
// Answers S2-M1-2 (e-services for all, never only digital), S2-M2-3 (contact ways on every page), S2-M3-1 (a matter to a
// named politician), S8-24-1 (open at any hour), S4-WG-2 and DOS-lagen (2018:1937), and P-R in that a resident gets a receipt that
// anyone can verify.
package web
