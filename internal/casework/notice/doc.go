// Package notice is the digital anslagstavla (KL 8 kap. 9-12 §§): announcements of meetings, of protokoll that have been justerade, of
// decisions on delegation that are not reported to their body, and others that a statute asks for; and how decisions are appealed under
// KL 13 kap., which always stands there.
//
// A notice never changes. It is up from the instant it is announced until it is taken down, on the day after its last day and never
// before; both are journalled, and that is the proof of the time it was up. What was wrong is put right by a notice of its own that
// refers to it. What has been taken down is not public: staff who keep the board see it.
//
// It answers the part "digital anslagstavla" of casework, PR-1 (a body's secretary announces for it) and P-R.
package notice
