package app

import (
	"errors"
	"io"
	"testing"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
)

// A decision of the pack that another body made does not carry it, and one of the council does.
func TestS4_KF_1_OnlyTheCouncilAdoptsTheITStrategy(t *testing.T) {
	h := newHouse(t, io.Discard)
	member := h.pack.Municipality.Member
	decision := map[string]string{}
	for _, body := range []string{"KF", "KS"} {
		var id string
		if err := h.db.QueryRow(t.Context(), `SELECT d.id FROM decision d JOIN org_body b ON b.id = d.body WHERE b.code = $1 AND b.member = $2 ORDER BY d.decided_on LIMIT 1`, body, member).Scan(&id); err != nil {
			t.Fatalf("%s has decided nothing: %v", body, err)
		}
		decision[body] = id
	}
	act := bodies.Act{Member: member, Action: "strategy.adopt", On: calendar.DateOf(h.clock.Now())}
	for body, want := range map[string]bodies.ReservedReason{"": bodies.NoDecision, "KS": bodies.WrongBody, "KF": ""} {
		act.Decision = decision[body]
		err := h.bodies.Reserved(t.Context(), act)
		var refused *bodies.ReservedError
		if want == "" && err != nil || want != "" && (!errors.As(err, &refused) || refused.Reason != want || refused.Sentence != "S4-KF-1") {
			t.Errorf("on a decision of %q: %v", body, err)
		}
	}
}
