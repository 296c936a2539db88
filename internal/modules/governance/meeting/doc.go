// Package meeting lets bodies work: matters are prepared for them (beredning), they are called to meetings, treat the matters, and their
// protokoll is adjusted (justerat), registered as decisions and announced.
//
// Who may call a body, which seats must be filled and what a matter needs before it may stand on an agenda are data of the pack
// (meetings.yaml): only the IT manager or their deputy calls the IT group (S4-AC-8), whose vacant seats are listed (S4-IG-4), and an IT matter
// reaches kommunstyrelsen only with the IT manager's letter and after the management group has been consulted (S4-AC-5). Where the IT group has
// treated a matter, the matter says so (S4-IG-1). A body decides by its protokoll: each paragraph becomes a decision that the body's secretary
// registers, with the digest of the adjusted protokoll (PR-1).
//
// Anybody who works here can suggest something and sees the answer (S4-AN-4); an initiative in matters of IT goes from the IT group to the
// management group, and a no has a reason (S4-IG-3).
//
// Meetings, matters and paragraphs carry a version: of two who write at once the later is told, with both texts. Every state of a meeting and a
// matter is kept, so that a page can say how things stood on a day. What the public sees of a protokoll leaves out secret paragraphs and
// personal data.
package meeting
