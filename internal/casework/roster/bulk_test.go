package roster_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/roster"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

func (r *room) claims(list ...*cases.Case) url.Values {
	out := url.Values{"till": {"/arbete/inkorg?ko=otilldelade"}}
	for _, c := range list {
		out.Add("arende", fmt.Sprintf("%s.%d", c.ID, c.Version))
	}
	return out
}

// From ticks to preview to result: what the preview shows is what is done, sending it twice does nothing more, and what a colleague changed in
// between is skipped and told.
func TestManyCasesAreSharedOutAfterAPreview(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		all := []*cases.Case{r.lamp(t), r.lamp(t), r.lamp(t), r.lamp(t), r.lamp(t)}
		inbox := r.want(t, "chef", "/arbete/inkorg?ko=otilldelade&kryssa=alla", nil, 200, "Gör mer med de ikryssade", `formaction="/arbete/urval"`)
		if n := strings.Count(inbox, " checked"); n != 5 {
			t.Errorf("%d of 5 are ticked", n)
		}
		form := r.claims(all...)
		r.want(t, "chef", "/arbete/urval", url.Values{}, 303)
		r.want(t, "chef", "/arbete/urval", url.Values{"arende": {"x"}}, 400)
		r.want(t, "chef", "/arbete/urval", form, 200, "5 valda ärenden", "Fördela jämnt mellan kollegor")
		form.Set("gor", "distribute")
		ask := r.want(t, "chef", "/arbete/urval", form, 200, "Person anna", "Person bo")
		if strings.Contains(ask, "Person kim") {
			t.Error("an officer of another unit is offered")
		}
		form.Set("steg", "granska")
		r.want(t, "chef", "/arbete/urval", form, 422, "Välj minst en person")
		form["personer"] = []string{r.IDs["anna"], r.IDs["bo"]}
		closed := all[4]
		if _, err := r.Claim(t.Context(), r.As("bo"), cases.On{Case: closed.ID}); err != nil {
			t.Fatal(err)
		}
		preview := r.want(t, "chef", "/arbete/urval", form, 200, "4 av 5 går att göra", "Går till Person anna", "Går till Person bo", "Någon har ändrat ärendet")
		send := fieldsOf(preview, "/arbete/urval/gor")
		if len(send["arende"]) != 4 || len(send["andel"]) != 4 {
			t.Fatalf("%v", send)
		}
		if _, err := r.Claim(t.Context(), r.As("anna"), cases.On{Case: all[0].ID}); err != nil { // between the preview and the button
			t.Fatal(err)
		}
		code, _, to := r.ask(t, "chef", "/arbete/urval/gor", send)
		if code != 303 {
			t.Fatal(code)
		}
		r.want(t, "chef", to, nil, 200, "3 av 4 är gjorda", "Någon har ändrat ärendet sedan du såg det")
		r.want(t, "anna", to, nil, 404)
		versions := map[string]int{}
		has := map[string]int{}
		for _, c := range all {
			now := r.now(t, c.ID)
			versions[c.ID] = now.Version
			has[now.Assignee]++
		}
		if has[r.IDs["anna"]]+has[r.IDs["bo"]] != 5 || has[r.IDs["anna"]] < 2 || has[r.IDs["bo"]] < 2 {
			t.Errorf("shared out as %v", has)
		}
		r.want(t, "chef", "/arbete/urval/gor", send, 303)
		for _, c := range all {
			if r.now(t, c.ID).Version != versions[c.ID] {
				t.Errorf("%s was changed when the form was sent again", c.Number)
			}
		}
		r.want(t, "chef", "/en/arbete/urval", form, 200, "Check before it is done")
	})
}

// Bulk never does what the single command would refuse, and its preview says beforehand exactly what comes.
func TestBulkDoesWhatTheSingleCommandsDo(t *testing.T) {
	r := open(t, storetest.SQLite(t, rooms()...))
	r.pack.Phrases = []pack.Phrase{{Key: "hej", Title: both("Hej"), Text: both("Hej {part.namn}, {arende.nummer}"), For: []pack.PhraseUse{pack.InMessage}}}
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		who := r.As(rapid.SampledFrom([]string{"anna", "bo", "kim", "chef", "reg", "rev", "pol", "nora"}).Draw(rt, "who"))
		o := roster.Order{Deed: rapid.SampledFrom(roster.Deeds()).Draw(rt, "deed"), Person: r.IDs[rapid.SampledFrom([]string{"anna", "bo", "kim"}).Draw(rt, "person")],
			Unit: rapid.SampledFrom([]string{"kansli", "gata", "granne", "ingen"}).Draw(rt, "unit"), Status: rapid.SampledFrom([]string{"pagar", "vantar", "avslutad", "annan"}).Draw(rt, "status"),
			Reason: rapid.SampledFrom([]string{"Därför"}).Draw(rt, "reason"), People: []string{r.IDs["anna"], r.IDs["bo"]}}
		if rapid.Bool().Draw(rt, "phrase") {
			o.Phrase = "hej"
		} else {
			o.Text = "Hej!"
		}
		var chosen []cases.On
		for i := range rapid.IntRange(1, 3).Draw(rt, "cases") {
			c := r.lamp(t)
			if rapid.Bool().Draw(rt, fmt.Sprint("moved ", i)) {
				if _, err := r.Move(ctx, r.As("bo"), cases.On{Case: c.ID}, "pagar", ""); err != nil {
					rt.Fatal(err)
				}
			}
			if rapid.Bool().Draw(rt, fmt.Sprint("marked ", i)) {
				if _, err := r.Mark(ctx, r.As("chef"), cases.On{Case: c.ID}, cases.Secret, "OSL 21 kap. 1 §", "hälsa"); err != nil {
					rt.Fatal(err)
				}
			}
			version := r.now(t, c.ID).Version
			if rapid.IntRange(0, 3).Draw(rt, fmt.Sprint("stale ", i)) == 0 {
				version--
			}
			chosen = append(chosen, cases.On{Case: c.ID, Version: max(version, 0)})
		}
		before := map[string]int{}
		for _, on := range chosen {
			before[on.Case] = r.now(t, on.Case).Version
		}
		preview, o, err := r.roster.Preview(ctx, who, o, chosen)
		if err != nil {
			rt.Fatal(err)
		}
		// The single command, rehearsed by hand, refuses what the preview refuses.
		for _, p := range preview {
			if r.now(t, p.On.Case).Version != before[p.On.Case] {
				rt.Fatal("a preview changed something")
			}
			err := single(cases.Rehearsal(ctx), r, who, o, p)
			if p.On.Version > 0 && p.Why != roster.WhyHow && errors.Is(err, cases.ErrRehearsed) != (p.Why == roster.Done) {
				rt.Fatalf("%s: the preview says %q, the command %v", o.Deed, p.Why, err)
			}
		}
		key := store.NewID()
		if done, err := r.roster.Carry(ctx, who, key, o, chosen); err != nil || !done {
			rt.Fatal(done, err)
		}
		result, err := r.roster.Result(ctx, who, key)
		if err != nil || len(result.Outcomes) != len(preview) {
			rt.Fatal(result, err)
		}
		for i, got := range result.Outcomes {
			if got.Why != preview[i].Why {
				rt.Fatalf("%s: promised %q, came to %q", o.Deed, preview[i].Why, got.Why)
			}
			if changed := r.now(t, got.On.Case).Version != before[got.On.Case]; changed != (got.Why == roster.Done) {
				rt.Fatalf("%s: changed %t, but %q", o.Deed, changed, got.Why)
			}
		}
		if done, err := r.roster.Carry(ctx, who, key, o, chosen); done || err != nil {
			rt.Fatal("carried out twice", err)
		}
	})
}

// single gives the command for one case as the desk does.
func single(ctx context.Context, r *room, who access.Actor, o roster.Order, p roster.Outcome) (err error) {
	switch o.Deed {
	case roster.Take:
		_, err = r.Claim(ctx, who, p.On)
	case roster.Give:
		_, err = r.Service.Assign(ctx, who, p.On, o.Person)
	case roster.Distribute:
		_, err = r.Service.Assign(ctx, who, p.On, o.Shares[p.On.Case])
	case roster.HandOver:
		_, err = r.HandOver(ctx, who, p.On, o.Unit, o.Reason)
	case roster.SetStatus:
		_, err = r.Move(ctx, who, p.On, o.Status, o.Reason)
	case roster.Close:
		_, err = r.Move(ctx, who, p.On, "avslutad", o.Reason)
	case roster.Write:
		_, err = r.Message(ctx, who, p.On, "Hej!", nil)
	}
	return err
}

func TestAnOrderWithoutAllItNeedsDoesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		c := r.lamp(t)
		on := []cases.On{{Case: c.ID, Version: c.Version}}
		for _, o := range []roster.Order{{}, {Deed: "burn"}, {Deed: roster.Give}, {Deed: roster.Distribute}, {Deed: roster.HandOver, Unit: "kansli"}, {Deed: roster.SetStatus}, {Deed: roster.Write},
			{Deed: roster.Write, Text: "a", Phrase: "b"}} {
			if _, _, err := r.roster.Preview(t.Context(), r.As("chef"), o, on); !errors.Is(err, roster.ErrOrder) {
				t.Errorf("%+v: %v", o, err)
			}
			if _, err := r.roster.Carry(t.Context(), r.As("chef"), store.NewID(), o, on); !errors.Is(err, roster.ErrOrder) {
				t.Errorf("%+v: %v", o, err)
			}
		}
		if _, _, err := r.roster.Preview(t.Context(), r.As("chef"), roster.Order{Deed: roster.Take}, slices.Repeat(on, roster.MostCases+1)); !errors.Is(err, roster.ErrOrder) {
			t.Error("more than 200")
		}
		// Twice in one order is once.
		if _, err := r.roster.Carry(t.Context(), r.As("bo"), store.NewID(), roster.Order{Deed: roster.Take}, slices.Repeat(on, 2)); err != nil {
			t.Fatal(err)
		}
		if now := r.now(t, c.ID); now.Version != c.Version+1 {
			t.Errorf("version %d", now.Version)
		}
	})
}

func TestWhatIsKeptOfACaseIsErasedWithIt(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.pack.Assignments = []pack.AssignRule{rule("alla", nil)}
		c := r.lamp(t)
		r.follow(t)
		key := store.NewID()
		now := r.now(t, c.ID)
		if _, err := r.roster.Carry(t.Context(), r.As("chef"), key, roster.Order{Deed: roster.Give, Person: r.IDs["bo"]}, []cases.On{{Case: c.ID, Version: now.Version}}); err != nil {
			t.Fatal(err)
		}
		if err := r.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return r.roster.Erase(ctx, tx, c.ID) }); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"roster_fired", "roster_raised", "roster_batch_case"} {
			var n int
			if err := r.DB.QueryRow(t.Context(), `SELECT count(*) FROM `+table+` WHERE case_id = $1`, c.ID).Scan(&n); err != nil || n > 0 {
				t.Errorf("%s still has %d, %v", table, n, err)
			}
		}
	})
}
