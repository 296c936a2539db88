// Package studio is the room of those who write and own e-services, under /arbete/tjanster: which services there are and how they go, the
// form's funnel and faults, what people say, what has to be seen to, the file's own examples, the differences between versions, reading
// the pack again and publishing, and how far each process has come.
//
// Officers and heads see and manage the services of their unit and those below it, the registrar reads those of the member; the technical
// administrator sees nothing of it. Each right is asked of kernel/access.
//
// It answers S2-M2-1 and S2-M2-2 (figures, feedback, improvements), S4-NF-5 and S8-24-2 (processes, assessments, levels) and S8-E-2
// (drop-out per step).
package studio
