// Package identity knows who is asking: sign-in, sessions and the level of assurance behind them.
//
// A visitor signs in through an OpenID provider (one set for staff, one for citizens), with a passkey, with a one-time link that
// an operator made (`dygnet admin create`), or, in the demo only, as a persona on a plainly labelled page. What comes out is a
// Principal in the request's context. It says who somebody is, never what they may do: mandates are asked of package bodies by
// person ID for each request, so that an ended mandate counts at once.
//
// Sessions live in the database (alexedwards/scs/v2 over our own store), so that they survive a restart, are shared by all nodes
// and can be listed and ended by their owner. The cookie holds a random token; the database holds only its SHA-256. Nothing is
// read or written for a visitor without a cookie, and nobody gets a cookie before one is needed.
//
// Sign-in, refused sign-in of a known person, sign-out and every end of a session are journalled. Names and addresses are never
// in leaf fields, links or logs.
//
// Sources: OpenID Connect Core 1.0 and RP-Initiated Logout 1.0, RFC 7636 (PKCE), RFC 9207 (iss), W3C Web Authentication level 3,
// RFC 6265bis (cookie prefixes), eIDAS implementing regulation (EU) 2015/1502 and DIGG's tillitsramverk (levels of assurance).
//
// It answers P-S (spårbarhet: what happens can be followed to the person who did it, together with package journal), and the part
// of P-8 that somebody whose account is closed has no way in left, from that moment on.
package identity
