package meeting_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/access"
	"dygnet/internal/modules/governance/meeting"
)

// Whatever anybody does in whatever order, no matter of IT stands on the board's agenda for decision without the IT manager's letter and the
// view of the management group (S4-AC-5), and a matter stands on at most one agenda for decision.
func TestS4_AC_5_HoldsForWhateverAnybodyDoes(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		var rooms []*meeting.Meeting
		for range 2 {
			rooms = append(rooms, must[*meeting.Meeting](t)(w.PlanMeeting(ctx, w.as("sekr"), plan("ks"))))
		}
		rapid.Check(t, func(r *rapid.T) {
			made, err := w.Prepare(ctx, w.as("olle"), meeting.MatterDraft{Body: "ks", Title: "Nytt system", Proposal: "Ja.", Kinds: []string{"it"}})
			if err != nil {
				r.Fatal(err)
			}
			for range rapid.IntRange(1, 12).Draw(r, "steps") {
				who := w.as(rapid.SampledFrom([]string{"olle", "it", "vice", "sekr", "sek2", "ordf", "kc", "anna", "rev", "sys"}).Draw(r, "who"))
				room := rapid.SampledFrom(rooms).Draw(r, "room").ID
				switch rapid.SampledFrom([]string{"ready", "letter", "lg", "itg", "put", "take", "rewrite", "withdraw"}).Draw(r, "act") {
				case "ready":
					err = w.Ready(ctx, who, made.ID, 0)
				case "letter":
					err = w.WriteLetter(ctx, who, made.ID, 0, "Så här.")
				case "lg":
					err = w.Consult(ctx, who, made.ID, 0, "lg", today, "Ja.")
				case "itg":
					err = w.Consult(ctx, who, made.ID, 0, "itg", today, "Ja.")
				case "put":
					err = w.Put(ctx, who, room, made.ID, meeting.ForDecision)
				case "take":
					trail, other := w.Trail(ctx, made.ID)
					if err = other; other == nil && len(trail) > 0 {
						err = w.Take(ctx, who, trail[0].Meeting, trail[0].ID)
					}
				case "rewrite":
					err = w.Rewrite(ctx, who, made.ID, 0, meeting.MatterDraft{Body: "ks", Title: "Nytt system", Proposal: "Ja.", Kinds: []string{"it"}})
				case "withdraw":
					err = w.Withdraw(ctx, who, made.ID, 0)
				}
				if err != nil && !known(err) {
					r.Fatal(err)
				}
				now, err := w.Matter(ctx, made.ID, today)
				if err != nil {
					r.Fatal(err)
				}
				trail, err := w.Trail(ctx, made.ID)
				if err != nil {
					r.Fatal(err)
				}
				if len(trail) > 1 || (len(trail) == 1) != (now.State == meeting.Scheduled) {
					r.Fatalf("%s and on %d agendas", now.State, len(trail))
				}
				if len(trail) == 1 {
					if now.Letter == nil || now.Letter.Role != access.ITManager || now.Letter.By != w.ids["it"] || now.Latest("lg") == nil {
						r.Fatalf("on the agenda with letter %+v and consultations %+v", now.Letter, now.Consultations)
					}
				}
			}
		})
	})
}

// known reports whether an error is a refusal with an answer for people.
func known(err error) bool {
	var refused *meeting.RefusedError
	var state *meeting.StateError
	var need *meeting.NeedError
	var fields *meeting.FieldError
	return errors.As(err, &refused) || errors.As(err, &state) || errors.As(err, &need) || errors.As(err, &fields)
}
