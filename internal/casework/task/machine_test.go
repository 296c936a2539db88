package task_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/task"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store/storetest"
)

// drawType draws a case type that compiles: statuses, moves between them, and what these ask for.
func drawType(t *rapid.T, lamp casetype.Definition) *casetype.CaseType {
	n := rapid.IntRange(0, 4).Draw(t, "statuses between")
	key := func(i int) string { return fmt.Sprintf("s%d", i) }
	d := lamp
	d.Statuses = []casetype.Status{{Key: key(0), Content: casetype.Received, Title: tx("Inkommen"), PublicText: tx("x"), LegalClock: casetype.Runs}}
	for i := range n {
		content := rapid.SampledFrom([]casetype.Content{casetype.InProgress, casetype.WaitingParty, casetype.WaitingOther, casetype.Decided}).Draw(t, "content")
		d.Statuses = append(d.Statuses, casetype.Status{Key: key(i + 1), Content: content, Title: tx("x"), PublicText: tx("x"), LegalClock: casetype.Runs})
	}
	last := n + 1
	d.Statuses = append(d.Statuses, casetype.Status{Key: key(last), Content: casetype.Closed, Title: tx("Klar"), PublicText: tx("x"), Final: true, LegalClock: casetype.Stopped})
	for i := range d.Statuses[:last] {
		for j := range rapid.IntRange(0, 3).Draw(t, "items") {
			d.Statuses[i].Checklist = append(d.Statuses[i].Checklist, casetype.Item{Key: fmt.Sprintf("punkt%d", j), Text: tx("x"), Required: j == 0 || rapid.Bool().Draw(t, "required")})
		}
	}
	d.Properties = []casetype.Property{{Key: "tal", Label: tx("x"), Type: casetype.NumberProperty}, {Key: "ord", Label: tx("x"), Type: casetype.TextProperty}}
	d.Documents = []casetype.DocumentType{{Key: "form", Title: tx("x"), Direction: "in", Question: "*", Nomination: casetype.Preserve, Authority: "§ 1"},
		{Key: "annat", Title: tx("x"), Direction: "in", Nomination: casetype.Preserve, Authority: "§ 1"}}
	d.Transitions = nil
	seen := map[[2]int]bool{}
	move := func(from, to int) {
		if from == to || seen[[2]int{from, to}] {
			return
		}
		seen[[2]int{from, to}] = true
		m := casetype.Move{From: []string{key(from)}, To: key(to)}
		for _, r := range []casetype.Requirement{casetype.NeedNote, casetype.NeedDecision, casetype.NeedApproval, casetype.NeedChecklist} {
			if rapid.IntRange(0, 7).Draw(t, string(r)) == 0 && (r != casetype.NeedChecklist || len(d.Statuses[from].Checklist) > 0) {
				m.Requires = append(m.Requires, r)
			}
		}
		if rapid.IntRange(0, 7).Draw(t, "property") == 0 {
			m.Properties = []string{rapid.SampledFrom([]string{"tal", "ord"}).Draw(t, "which")}
		}
		if rapid.IntRange(0, 9).Draw(t, "document") == 0 {
			m.Documents = []string{rapid.SampledFrom([]string{"form", "annat"}).Draw(t, "which")}
		}
		d.Transitions = append(d.Transitions, m)
	}
	for i := range last { // every status is reached, and none is a dead end
		move(i, i+1)
	}
	for range rapid.IntRange(0, 6).Draw(t, "more moves") {
		move(rapid.IntRange(0, last).Draw(t, "from"), rapid.IntRange(0, last).Draw(t, "to"))
	}
	d.Decisions = slices.Clone(d.Decisions[:1])
	d.Decisions[0].Requires = nil
	if rapid.Bool().Draw(t, "approved decision") {
		d.Decisions[0].Requires = []casetype.Requirement{casetype.NeedApproval}
	}
	ct, issues := casetype.Compile(d)
	if len(issues) > 0 {
		t.Fatalf("the drawn type does not compile: %v", issues)
	}
	return ct
}

// model is what the machine knows of a case by itself.
type model struct {
	status            string
	ticks             map[string]bool // status and item
	values            map[string]bool
	approved, decided bool
}

// meets tells whether the demands of a move are met, by the model alone.
func (m *model) meets(ct *casetype.CaseType, mv *casetype.Move, note string) bool {
	for _, r := range mv.Requires {
		switch r {
		case casetype.NeedNote:
			if note == "" {
				return false
			}
		case casetype.NeedDecision:
			if !m.decided {
				return false
			}
		case casetype.NeedApproval:
			if !m.approved {
				return false
			}
		case casetype.NeedChecklist:
			for _, i := range ct.Status(m.status).Checklist {
				if i.Required && !m.ticks[m.status+" "+i.Key] {
					return false
				}
			}
		}
	}
	return !slices.ContainsFunc(mv.Properties, func(p string) bool { return !m.values[p] }) && !slices.Contains(mv.Documents, "annat")
}

// No sequence of commands reaches a status that the case type does not declare, along a move it does not declare, or without what the move
// asks for; and what it allows is done.
func TestNoCommandsReachAStateThatTheCaseTypeDoesNotDeclare(t *testing.T) {
	w := open(t, storetest.SQLite(t, append(casestest.Rooms(), fs.FS(documents.Migrations), task.Migrations)...), nil)
	lamp := casestest.Lamp(t).Definition
	moved, refusedMoves := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		ct := drawType(rt, lamp)
		w.Lamp = ct
		id := w.HandIn(t, casestest.Broken()).CaseID
		ctx, who, on := t.Context(), w.As("chef"), cases.On{Case: id}
		m := &model{status: ct.Initial().Key, ticks: map[string]bool{}, values: map[string]bool{}}
		status := rapid.Custom(func(rt *rapid.T) string { // the next ones more often, so that the machine gets somewhere
			if next := ct.Next(m.status); len(next) > 0 && rapid.IntRange(0, 2).Draw(rt, "next") > 0 {
				return rapid.SampledFrom(next).Draw(rt, "status").Key
			}
			return rapid.SampledFrom(append([]string{"", "finns-inte"}, keys(ct)...)).Draw(rt, "status")
		})
		open := func() bool { return ct.Status(m.status).Content != casetype.Closed }
		rt.Repeat(map[string]func(*rapid.T){
			"move": func(rt *rapid.T) {
				to, note := status.Draw(rt, "to"), rapid.SampledFrom([]string{"", "skäl"}).Draw(rt, "note")
				mv := ct.Move(m.status, to)
				allowed := mv != nil && m.meets(ct, mv, note) && (open() || note != "")
				if _, err := w.Move(ctx, who, on, to, note); (err == nil) != allowed {
					rt.Fatalf("from %s to %s: %v, and the model says %t", m.status, to, err, allowed)
				}
				if allowed {
					m.status = to
					moved++
				} else {
					refusedMoves++
				}
			},
			"decide": func(rt *rapid.T) {
				to := status.Draw(rt, "to")
				_, err := w.Decide(ctx, w.As("anna"), on, cases.Ruling{Key: "lagad", Text: "Lampan lagas.", To: to})
				if err == nil {
					if !open() || len(ct.Decisions[0].Requires) > 0 && !m.approved {
						rt.Fatal("a decision that the type does not allow")
					}
					before := *m
					before.decided = true
					if to != "" && to != m.status {
						if mv := ct.Move(m.status, to); mv == nil || !before.meets(ct, mv, "skäl") {
							rt.Fatalf("a decision leads from %s to %s", m.status, to)
						}
						m.status = to
					}
					m.decided = true
				}
			},
			"tick": func(rt *rapid.T) {
				s, item, done := status.Draw(rt, "of"), rapid.SampledFrom([]string{"punkt0", "punkt1", "punkt2", "finns-inte"}).Draw(rt, "item"), rapid.Bool().Draw(rt, "done")
				err := w.task.Tick(ctx, who, id, s, item, done)
				if known := ct.Status(s) != nil && ct.Status(s).Item(item) != nil && open(); (err == nil) != known {
					rt.Fatalf("ticking %s of %s: %v", item, s, err)
				}
				if err == nil {
					m.ticks[s+" "+item] = done
				}
			},
			"property": func(rt *rapid.T) {
				key, value := rapid.SampledFrom([]string{"tal", "ord", "finns-inte"}).Draw(rt, "key"), rapid.SampledFrom([]string{"", "7", "sju"}).Draw(rt, "value")
				if err := w.task.SetProperty(ctx, who, id, key, value); err == nil {
					m.values[key] = value != ""
				}
			},
			"approve": func(rt *rapid.T) {
				yes := rapid.Bool().Draw(rt, "yes")
				round, err := w.task.Propose(ctx, w.As("anna"), on, task.Proposal{Title: "x", Decision: "lagad", Text: "Lampan lagas.", Asked: []string{w.IDs["chef"]}})
				if err != nil {
					if open() {
						rt.Fatal(err)
					}
					return
				}
				if err := w.task.Vote(ctx, who, id, round, yes, "så", task.TextHash("Lampan lagas.")); err != nil {
					rt.Fatal(err)
				}
				m.approved = yes
			},
			"take and give back": func(rt *rapid.T) {
				_, err := w.Claim(ctx, w.As("anna"), on)
				if err == nil != open() && !errors.Is(err, cases.ErrClosed) {
					rt.Fatal(err)
				}
			},
			"another room": func(rt *rapid.T) {
				to := status.Draw(rt, "to")
				_, err := w.Do(ctx, who, on, access.CaseStatus, "room.moved", func(ctx context.Context, a *cases.Act) error {
					if err := a.Allowed(ctx, to, "skäl"); err != nil {
						return err
					}
					a.Event.Kind, a.Event.Internal = "room_moved", true
					return a.MoveTo(to)
				})
				if mv := ct.Move(m.status, to); err == nil {
					if mv == nil || !m.meets(ct, mv, "skäl") {
						rt.Fatalf("another room moves from %s to %s", m.status, to)
					}
					m.status = to
				}
			},
			"": func(rt *rapid.T) {
				c, err := w.Case(ctx, id)
				if err != nil {
					rt.Fatal(err)
				}
				st := ct.Status(c.Status)
				if st == nil || c.Status != m.status || c.Content != st.Content || c.Open != (st.Content != casetype.Closed) || c.ClosedAt.IsZero() != c.Open {
					rt.Fatalf("the case stands in %q (%s, open %t, closed %v), the model in %q", c.Status, c.Content, c.Open, c.ClosedAt, m.status)
				}
			},
		})
	})
	t.Logf("%d moves made, %d refused", moved, refusedMoves)
	if moved == 0 || refusedMoves == 0 {
		t.Error("the machine went nowhere")
	}
}

func keys(ct *casetype.CaseType) []string {
	var out []string
	for _, s := range ct.Statuses {
		out = append(out, s.Key)
	}
	return out
}
