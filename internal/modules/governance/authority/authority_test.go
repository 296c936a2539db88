package authority_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/modules/governance/authority"
)

func as[E error](t testing.TB, err error) E {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Fatalf("got %v, expected %T", err, e)
	}
	return e
}

var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

func TestPR_1_DecisionIsRegisteredByTheSecretaryWithItsProtokollHashed(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		file, err := s.Vault.Stage(t.Context(), bytes.NewReader(pdf), documents.Meta{Name: "protokoll.pdf", Limits: documents.Limits{MaxBytes: 1 << 20, Types: []string{documents.PDF}, Original: true}})
		if err != nil {
			t.Fatal(err)
		}
		d := bodies.Decision{Body: "ks", On: day("2026-02-10"), Paragraph: "§ 79", Dnr: "KS 2026/7", Text: "Skolsystemet blir gemensamt."}
		for _, who := range []string{"tove", "bo", "cia", "rut", "adm"} {
			if _, err := s.Register(t.Context(), s.as(who), d, nil); !access.IsDenied(err) {
				t.Errorf("%s registers for the executive board: %v", who, err)
			}
		}
		done, err := s.Register(t.Context(), s.as("sara"), d, file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(pdf)
		if got, err := s.org.Decision(t.Context(), done.ID); err != nil || got.ProtocolSHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%+v, %v", got, err)
		}
		_, r, err := s.Open(t.Context(), done.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if raw, err := io.ReadAll(r); err != nil || !bytes.Equal(raw, pdf) {
			t.Errorf("the protokoll came back as %q, %v", raw, err)
		}
		// What is wrong with a decision has a clear answer each.
		if e := as[*authority.TwiceError](t, second(s.Register(t.Context(), s.as("sara"), d, nil))); e.ID != done.ID {
			t.Errorf("%+v", e)
		}
		for field, change := range map[string]func(*bodies.Decision){
			"on":        func(d *bodies.Decision) { d.On = day("2026-03-03") }, // tomorrow
			"paragraph": func(d *bodies.Decision) { d.Paragraph = "" },
			"text":      func(d *bodies.Decision) { d.Text = " " },
		} {
			bad := d
			change(&bad)
			if e := as[*bodies.InvalidError](t, second(s.Register(t.Context(), s.as("sara"), bad, nil))); e.Field != field {
				t.Errorf("%s: %+v", field, e)
			}
		}
		if e := as[*bodies.InvalidError](t, second(s.Register(t.Context(), s.as("tove"), bodies.Decision{Body: "tn", On: day("2025-12-31"), Paragraph: "§ 1", Text: "x"}, nil))); e.Field != "body" {
			t.Errorf("a body that did not exist then: %+v", e)
		}
		if list := s.entries("decision", done.ID); len(list) != 1 || list[0].Action != "decision.registered" || list[0].Actor != s.ids["sara"] || list[0].Mandate == "" {
			t.Errorf("%+v", list)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestPR_1_DecisionOnDelegationIsRegisteredByWhomItWasDelegatedTo(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		action := bodies.AppointAction(access.SystemOwner)
		from, err := s.Register(t.Context(), s.as("sara"), bodies.Decision{Body: "ks", On: day("2026-01-10"), Paragraph: "§ 3", Text: "Delegationsordning.",
			Delegates: []bodies.Delegation{{Action: action, Role: access.Head, Unit: "teknik", From: day("2026-01-10")}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := bodies.Decision{Body: "ks", On: day("2026-03-01"), Text: "Bo är systemägare.", DelegationOf: from.ID}
		as[*bodies.MandateError](t, second(s.Register(t.Context(), s.as("bo"), d, nil)))
		done, err := s.Register(t.Context(), s.as("cia"), d, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.org.Reserved(t.Context(), bodies.Act{Member: "lilleby", Action: action, Decision: done.ID, On: day("2026-03-02")}); err != nil {
			t.Errorf("%v", err)
		}
		// The delegation is revoked later: what was decided stays, and nothing more is decided on it.
		later := s.decided("ks", "2026-03-02", "§ 9")
		if err := s.Revoke(t.Context(), s.as("tove"), bodies.Revocation{Decision: from.ID, By: later.ID, From: day("2026-03-02")}); !access.IsDenied(err) {
			t.Errorf("another body's secretary revokes: %v", err)
		}
		if err := s.Revoke(t.Context(), s.as("sara"), bodies.Revocation{Decision: from.ID, By: later.ID, From: day("2026-03-02")}); err != nil {
			t.Fatal(err)
		}
		if err := s.Revoke(t.Context(), s.as("sara"), bodies.Revocation{Decision: from.ID, By: later.ID, From: day("2026-03-02")}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("revoked twice: %v", err)
		}
		d.On = day("2026-03-02")
		as[*bodies.MandateError](t, second(s.Register(t.Context(), s.as("cia"), d, nil)))
	})
}

func TestPR_2_MandatesAreGivenAndEndedAndAHolderLeaves(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		officer := bodies.Mandate{Person: s.ids["bo"], Role: access.Officer, Place: bodies.Place{Unit: "park"}, From: day("2026-03-01")}
		for _, who := range []string{"bo", "rut", "adm"} {
			if _, err := s.Appoint(t.Context(), s.as(who), officer); !access.IsDenied(err) {
				t.Errorf("%s gives a mandate: %v", who, err)
			}
		}
		given, err := s.Appoint(t.Context(), s.as("cia"), officer)
		if err != nil {
			t.Fatal(err)
		}
		registrar, err := s.Appoint(t.Context(), s.as("tove"), bodies.Mandate{Person: s.ids["bo"], Role: access.Registrar, Place: bodies.Place{Unit: "gata"}, From: day("2026-06-01")})
		if err != nil {
			t.Fatal(err)
		}
		// Bo leaves. The head ends what the head gives; the secretary's is the secretary's.
		last := day("2026-03-31")
		what := s.Leave(s.as("cia"), s.ids["bo"], last)
		if len(what.End) != 2 || len(what.Others) != 1 || what.Others[0].ID != registrar.ID || len(what.Empty) != 3 {
			t.Errorf("%+v", what)
		}
		if n, err := s.EndAll(t.Context(), s.as("cia"), s.ids["bo"], last); err != nil || n != 2 {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := s.EndAll(t.Context(), s.as("tove"), s.ids["bo"], last); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		for on, want := range map[string]int{"2026-03-31": 2, "2026-04-01": 0, "2026-06-01": 0} {
			if got := s.org.Directory().MandatesOf(s.ids["bo"], day(on)); len(got) != want {
				t.Errorf("on %s: %+v", on, got)
			}
		}
		if m, _ := s.org.Directory().Mandate(given.ID); m.Ended != last || !m.To.IsZero() {
			t.Errorf("the mandate was edited: %+v", m)
		}
		if err := s.End(t.Context(), s.as("cia"), given.ID, last, ""); !errors.Is(err, store.ErrConflict) {
			t.Errorf("ended twice: %v", err)
		}
		if list := s.entries("person", s.ids["bo"]); len(list) == 0 || list[len(list)-1].Action != "mandate.holder_left" {
			t.Errorf("%+v", list)
		}
	})
}

func TestS4_AC_1_TwoITManagersAtOnceAreRefused(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		next := bodies.Mandate{Person: s.ids["bo"], Role: access.ITManager, Place: bodies.Place{Unit: "kansli"}, From: day("2026-04-01")}
		if e := as[*bodies.OverlapError](t, second(s.Appoint(t.Context(), s.as("sara"), next))); e.Sentence != "S4-AC-1" || e.Holder != s.ids["ingrid"] {
			t.Errorf("%+v", e)
		}
		held := s.org.Directory().MandatesOf(s.ids["ingrid"], day("2026-03-02"))[0]
		if err := s.org.EndMandate(t.Context(), bodies.By{}, held.ID, day("2026-03-31")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Appoint(t.Context(), s.as("sara"), next); err != nil {
			t.Errorf("after the first one: %v", err)
		}
	})
}

func TestPR_3_TheTableChangesOnlyByTheDecisionItTakes(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		row := bodies.ReservedAction{Member: "lilleby", Action: "system.reclassify", Body: "TN", Sentence: "S4-KS-3", Text: text("Tekniska nämnden bestämmer."), From: day("2026-03-03")}
		row.Decision = s.decided("ks", "2026-02-10", "§ 1").ID // a row of KS takes KF
		as[*bodies.ReservedError](t, second(s.ChangeReserved(t.Context(), s.as("sara"), row)))
		row.Decision = s.decided("kf", "2026-02-20", "§ 1").ID
		if _, err := s.ChangeReserved(t.Context(), s.as("tove"), row); !access.IsDenied(err) {
			t.Errorf("another body's secretary changes the table: %v", err)
		}
		if _, err := s.ChangeReserved(t.Context(), s.as("sara"), row); err != nil {
			t.Fatal(err)
		}
		for on, want := range map[string]string{"2026-03-02": "ks", "2026-03-03": "tn"} {
			w, ok := authority.WhyNot(s.org.Directory(), "lilleby", "system.reclassify", "", day(on))
			if !ok || w.Body.ID != want || w.Row.Sentence != "S4-KS-3" {
				t.Errorf("on %s: %+v", on, w)
			}
		}
		if w, ok := authority.WhyNot(s.org.Directory(), "lilleby", "investment.decide", "tn", day("2026-03-02")); !ok || w.Body.ID != "tn" {
			t.Errorf("%+v", w)
		}
		if _, ok := authority.WhyNot(s.org.Directory(), "lilleby", "case.read", "", day("2026-03-02")); ok {
			t.Error("what is not reserved is")
		}
	})
}

func TestPR_4_EveryChangeHereIsInTheJournalWithWhoMandateAndDecision(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		d := s.decided("ks", "2026-02-10", "§ 4")
		p, err := s.Take(t.Context(), s.as("sara"), authority.Position{Member: "lilleby", Title: "Moln", Text: "Inom EU.", Decision: d.ID, From: day("2026-02-10")})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.EndPosition(t.Context(), s.as("sara"), p.ID, day("2026-12-31"), d.ID); err != nil {
			t.Fatal(err)
		}
		list := s.entries("position", p.ID)
		if len(list) != 2 || list[0].Action != "position.taken" || list[1].Action != "position.ended" {
			t.Fatalf("%+v", list)
		}
		for _, e := range list {
			if e.Actor != s.ids["sara"] || e.Mandate == "" || e.Decision != d.ID {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestS4_KS_4_PositionRestsOnTheExecutiveBoardAndItsSystemsShowIt(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		p := authority.Position{Member: "lilleby", Title: "Molntjänster", Text: "Data lagras inom EU.", From: day("2026-02-10"), Objects: []authority.Object{{Kind: "system", ID: "sys-1", Name: "Skolsystemet"}}}
		for reason, decision := range map[bodies.ReservedReason]string{bodies.NoDecision: "", bodies.UnknownDecision: "none", bodies.WrongBody: s.decided("tn", "2026-02-01", "§ 1").ID} {
			p.Decision = decision
			if e := as[*bodies.ReservedError](t, second(s.Take(t.Context(), s.as("sara"), p))); e.Reason != reason || e.Sentence != "S4-KS-4" {
				t.Errorf("%s: %+v", reason, e)
			}
		}
		p.Decision = s.decided("ks", "2026-02-20", "§ 5").ID
		if e := as[*bodies.InvalidError](t, second(s.Take(t.Context(), s.as("sara"), p))); e.Field != "from" {
			t.Errorf("from before it was decided: %+v", e)
		}
		p.From = day("2026-02-20")
		if _, err := s.Take(t.Context(), s.as("tove"), p); !access.IsDenied(err) {
			t.Errorf("%v", err)
		}
		p, err := s.Take(t.Context(), s.as("sara"), p)
		if err != nil {
			t.Fatal(err)
		}
		later := s.decided("ks", "2026-03-01", "§ 8")
		if err := s.EndPosition(t.Context(), s.as("sara"), p.ID, day("2026-06-30"), later.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.EndPosition(t.Context(), s.as("sara"), p.ID, day("2026-06-30"), later.ID); !errors.Is(err, store.ErrConflict) {
			t.Errorf("ended twice: %v", err)
		}
		for on, want := range map[string]int{"2026-02-19": 0, "2026-02-20": 1, "2026-06-30": 1, "2026-07-01": 0} {
			list, err := s.PositionsOn(t.Context(), "system", "sys-1", day(on))
			if err != nil || len(list) != want {
				t.Errorf("on %s: %+v, %v", on, list, err)
			}
		}
	})
}

func TestS4_KS_6_PreviewShowsTheMandatesThatWouldLackAHolder(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		on := day("2026-03-02")
		d := s.org.Directory()
		// Park ends and goes on in gata: the head of park has no place, and gata has no head.
		e := authority.Simulate(d, []authority.UnitChange{{Unit: "park", Ends: true, Into: "gata"}}, on)
		if len(e.Falls) != 1 || e.Falls[0].Person != s.ids["skyddad"] || len(e.Vacant) != 1 || e.Vacant[0].Role != access.Head || e.Vacant[0].Unit != "gata" || len(e.Clash) != 0 {
			t.Errorf("%+v", e)
		}
		// Into teknik, which has a head.
		e = authority.Simulate(d, []authority.UnitChange{{Unit: "park", Ends: true, Into: "teknik"}}, on)
		if held, _ := d.Role(access.Head); len(e.Falls) != 1 || len(e.Vacant) != 0 || (len(e.Clash) == 1) != (held.Exclusive == bodies.OnePerPlace) {
			t.Errorf("%+v", e)
		}
		// Gata moves to kansliet: another body answers for it, and everybody keeps their mandate.
		e = authority.Simulate(d, []authority.UnitChange{{Unit: "gata", Parent: "kansli"}}, on)
		if len(e.Falls)+len(e.Vacant) != 0 || len(e.Answers) != 1 || e.Answers[0] != (authority.NewBody{Unit: "gata", Was: "tn", Becomes: "ks"}) {
			t.Errorf("%+v", e)
		}
		// Circles end.
		e = authority.Simulate(d, []authority.UnitChange{{Unit: "gata", Ends: true, Into: "park"}, {Unit: "park", Ends: true, Into: "gata"}, {Unit: "teknik", Parent: "teknik"}}, on)
		if len(e.Falls) != 2 || len(e.Vacant) != 2 {
			t.Errorf("%+v", e)
		}
	})
}

func TestPR_5_AvstegFromASoftRuleOnlyAndItExpires(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		by := bodies.By{Person: s.ids["ingrid"], Mandate: s.as("ingrid").Mandates[0].ID}
		d := deviation.Deviation{Member: "lilleby", Sentence: "S4-KS-3", Object: deviation.Object{Kind: "system", ID: "a"}, Name: "A", Motivation: "x", From: day("2026-03-02"), To: day("2027-03-01"), Review: day("2026-09-01")}
		as[*deviation.HardError](t, second(s.Deviations.Decide(t.Context(), by, d)))
		d.Sentence = "S3-10"
		done, err := s.Deviations.Decide(t.Context(), by, d)
		if err != nil {
			t.Fatal(err)
		}
		for on, want := range map[string]bool{"2026-03-01": false, "2026-03-02": true, "2027-03-01": true, "2027-03-02": false} {
			if got, ok, err := deviation.Valid(t.Context(), s.db, "S3-10", "system", "a", day(on)); err != nil || ok != want || ok && got.ID != done.ID {
				t.Errorf("on %s: %t, %v", on, ok, err)
			}
		}
	})
}

// Whoever tries whatever, in whatever order: nothing that is reserved succeeds without a decision in force of the right body, and no role with
// one holder has two (PR-1, PR-2, PR-3, S4-AC-1).
func TestPR_3_NoReservedActWithoutADecisionOfTheRightBodyWhateverIsTried(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		ctx := context.Background()
		people := []string{"sara", "tove", "cia", "bo", "rut", "ingrid", "adm"}
		type known struct {
			body    string
			on      calendar.Date
			revoked calendar.Date
		}
		decisions := map[string]*known{}
		var ids []string
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			for range rapid.IntRange(1, 8).Draw(t, "steps") {
				who := s.as(rapid.SampledFrom(people).Draw(t, "who"))
				n++
				decision := ""
				if len(ids) > 0 && rapid.Bool().Draw(t, "with a decision") {
					decision = ids[max(0, len(ids)-1-rapid.IntRange(0, 9).Draw(t, "which"))]
				}
				switch rapid.IntRange(0, 3).Draw(t, "what") {
				case 0: // a body decides
					body := rapid.SampledFrom([]string{"kf", "ks", "tn"}).Draw(t, "body")
					on := day("2026-03-02").AddDays(rapid.IntRange(-40, 3).Draw(t, "on"))
					d, err := s.Register(ctx, who, bodies.Decision{Body: body, On: on, Paragraph: fmt.Sprint("§ ", n), Text: "Beslutas."}, nil)
					if err == nil {
						if on.After(day("2026-03-02")) || !access.Check(who, access.DecisionRegister, access.Object{Member: "lilleby", Body: body}).Allowed {
							t.Fatalf("%+v was registered by %+v", d, who.Mandates)
						}
						decisions[d.ID] = &known{body: body, on: on}
						ids = append(ids, d.ID)
					}
				case 1: // it is revoked
					if decision != "" {
						by := rapid.SampledFrom(ids).Draw(t, "by")
						from := day("2026-03-02").AddDays(rapid.IntRange(-5, 5).Draw(t, "from"))
						if s.Revoke(ctx, who, bodies.Revocation{Decision: decision, By: by, From: from}) == nil {
							decisions[decision].revoked = from
						}
					}
				case 2: // a position is taken
					from := day("2026-03-02").AddDays(rapid.IntRange(-10, 10).Draw(t, "from"))
					_, err := s.Take(ctx, who, authority.Position{Member: "lilleby", Title: "x", Text: "x", Decision: decision, From: from})
					k := decisions[decision]
					if err == nil && (k == nil || k.body != "ks" || k.on.After(from) || !k.revoked.IsZero() && !from.Before(k.revoked)) {
						t.Fatalf("a position from %s on %+v", from, k)
					}
				case 3: // an owner of a system is appointed
					m := bodies.Mandate{Person: s.ids[rapid.SampledFrom(people).Draw(t, "holder")], Role: access.SystemOwner, Scope: fmt.Sprint("system-", rapid.IntRange(0, 3).Draw(t, "system")),
						Place: bodies.Place{Unit: rapid.SampledFrom([]string{"kansli", "gata"}).Draw(t, "unit")}, From: day("2026-03-02").AddDays(rapid.IntRange(0, 30).Draw(t, "from")), Decision: decision}
					m.To = m.From.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))
					_, err := s.Appoint(ctx, who, m)
					k := decisions[decision]
					if err == nil && (k == nil || k.body != "ks" || !k.revoked.IsZero() && !day("2026-03-02").Before(k.revoked)) {
						t.Fatalf("an owner on %+v", k)
					}
				}
			}
		})
		owners := s.org.Directory().Mandates(bodies.Question{Role: access.SystemOwner})
		for i, a := range owners {
			if slices.ContainsFunc(owners[i+1:], func(b bodies.Mandate) bool {
				return a.Place == b.Place && a.Scope == b.Scope && !a.From.After(b.Last()) && !b.From.After(a.Last())
			}) {
				t.Fatalf("two owners at once: %+v", a)
			}
		}
	})
}
