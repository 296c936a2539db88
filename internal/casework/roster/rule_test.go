package roster_test

import (
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
)

func rule(key string, edit func(*pack.AssignRule)) pack.AssignRule {
	r := pack.AssignRule{Key: key, Title: both("Regel " + key), Unit: "gata", To: pack.AssignTarget{Role: "handlaggare"}}
	if edit != nil {
		edit(&r)
	}
	return r
}

// A new case is given to somebody once, with the rule in its timeline; a fault in a rule leaves the case in its queue.
func TestRulesGiveNewCasesToSomebodyOnce(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.pack.Assignments = []pack.AssignRule{
			rule("trasig", func(x *pack.AssignRule) { x.Types, x.If = []string{"lampa"}, `wht == "x"` }),
			rule("park", func(x *pack.AssignRule) {
				x.Types, x.If, x.To = []string{"lampa"}, `what == "Parken"`, pack.AssignTarget{Unit: "kansli"}
			}),
			rule("engelska", func(x *pack.AssignRule) { x.Lang, x.To = "en", pack.AssignTarget{Person: "bo"} }),
			rule("omrade", func(x *pack.AssignRule) { x.Area, x.To = "Ingenstans", pack.AssignTarget{Person: "bo"} }),
			rule("turas", func(x *pack.AssignRule) { x.To.By = pack.ByTurn }),
		}
		first, second, third := r.lamp(t), r.lamp(t), r.lamp(t)
		english := r.lamp(t, func(in *cases.Submission) { in.Lang = "en" })
		park := r.lamp(t, func(in *cases.Submission) { in.Answers["what"] = casetype.Values{"Parken"} })
		r.follow(t)
		turns := []string{r.now(t, first.ID).Assignee, r.now(t, second.ID).Assignee, r.now(t, third.ID).Assignee}
		if turns[0] == turns[1] || turns[0] != turns[2] || turns[0] != r.IDs["anna"] && turns[0] != r.IDs["bo"] {
			t.Errorf("turns %v", turns)
		}
		if c := r.now(t, english.ID); c.Assignee != r.IDs["bo"] {
			t.Errorf("in English to %q", c.Assignee)
		}
		if c := r.now(t, park.ID); c.Unit != "kansli" || c.Assignee != "" {
			t.Errorf("the park to %s, %q", c.Unit, c.Assignee)
		}
		before := r.now(t, first.ID)
		if _, err := r.Release(t.Context(), r.As(map[bool]string{true: "anna", false: "bo"}[before.Assignee == r.IDs["anna"]]), cases.On{Case: first.ID}); err != nil {
			t.Fatal(err)
		}
		r.follow(t) // the journal is read again from its beginning
		if c := r.now(t, first.ID); c.Assignee != "" || c.Version != before.Version+1 {
			t.Errorf("given twice: %q, version %d", c.Assignee, c.Version)
		}
		times, err := r.roster.Times(t.Context())
		if err != nil || times["turas"] != 3 || times["park"] != 1 || times["engelska"] != 1 || times["trasig"] != 0 {
			t.Errorf("%v %v", times, err)
		}
		r.want(t, "anna", "/arbete/arenden/"+second.ID, nil, 200, "En regel gav ärendet till Person", "Regel turas")
		r.want(t, "kim", "/arbete/arenden/"+park.ID, nil, 200, "En regel lämnade ärendet till Kansli")
		r.want(t, "chef", "/arbete/fordelning", nil, 200, "Regel turas", "i tur och ordning", "wht ==", first.Number)
		r.want(t, "chef", "/en/arbete/fordelning", nil, 200, "in turn", "Regel turas (en)")
	})
}

// A rule that points at somebody who is away gives the case to the deputy, and else leaves it in the queue.
func TestARuleFallsThroughToTheDeputyAndTheQueue(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.pack.Assignments = []pack.AssignRule{rule("till-anna", func(x *pack.AssignRule) { x.To = pack.AssignTarget{Person: "anna"} })}
		r.away(t, "anna", "anna", "bo", 3)
		c := r.lamp(t)
		r.follow(t)
		if got := r.now(t, c.ID); got.Assignee != r.IDs["bo"] {
			t.Errorf("to %q, not the deputy", got.Assignee)
		}
		r.away(t, "chef", "bo", "", 3)
		queued := r.lamp(t)
		r.follow(t)
		if got := r.now(t, queued.ID); got.Assignee != "" {
			t.Errorf("to %q, although both are away", got.Assignee)
		}
		r.want(t, "chef", "/arbete/arenden/"+queued.ID, nil, 200, "ingen var på plats")
		r.pack.Assignments[0].To.Person = "kim" // works in another unit
		elsewhere := r.lamp(t)
		r.follow(t)
		if got := r.now(t, elsewhere.ID); got.Assignee != "" {
			t.Errorf("to %q, who does not work there", got.Assignee)
		}
		if err := r.roster.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// What the answers of a marked case are cannot be told by which rule holds for it.
func TestP_S_TheTrialLeavesOutWhatIsMarked(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.pack.Assignments = []pack.AssignRule{rule("alla", nil)}
		open, marked := r.lamp(t), r.lamp(t)
		if _, err := r.Mark(t.Context(), r.As("anna"), cases.On{Case: marked.ID}, cases.Marked, "OSL 21 kap. 1 §", "hälsa"); err != nil {
			t.Fatal(err)
		}
		trials, err := r.roster.DryRun(t.Context(), r.As("bo"))
		if err != nil || len(trials) != 1 || trials[0].Case.ID != open.ID || trials[0].Rule == nil {
			t.Errorf("%+v %v", trials, err)
		}
		if got := r.now(t, open.ID); got.Assignee != "" {
			t.Error("the dry run gave the case away")
		}
	})
}
