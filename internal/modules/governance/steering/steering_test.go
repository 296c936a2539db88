package steering_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/deviation"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/modules/governance/steering"
)

// A goal of the strategy that refers to nothing in the vision is not published.
func TestS0_1_AStrategyWithoutTheVisionIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.adopted("malbild", "malbild", "kf", "2026-01-10", "M-1", "Kommunen växer.")
		v, err := s.Write(t.Context(), s.actor("kia"), s.writing("strategi", "strategi", "S2-1", "Mål 1."))
		if err != nil {
			t.Fatal(err)
		}
		s.fault(s.Prepare(t.Context(), s.actor("kia"), v.ID, v.Revision), steering.FieldCites, steering.Uncited)
		w := s.writing("strategi", "strategi", "S2-1", "Mål 1.", "malbild")
		w.Revision, w.Cites[0].Section = v.Revision, "finns-inte"
		_, err = s.Write(t.Context(), s.actor("kia"), w)
		s.fault(err, steering.FieldCites, steering.Unknown)
		w.Cites[0].Section = "1"
		if v, err = s.Write(t.Context(), s.actor("kia"), w); err != nil {
			t.Fatal(err)
		}
		if err := s.Prepare(t.Context(), s.actor("kia"), v.ID, v.Revision); err != nil {
			t.Fatal(err)
		}
		// Only kommunfullmäktige adopts a vision.
		next := s.prepared("malbild", "malbild", "M-1", "Kommunen växer mer.")
		s.reserved(s.Adopt(t.Context(), s.actor("kia"), next.ID, steering.Adoption{Decision: s.decide("ks", "2026-02-01"), Revision: next.Revision}), "S0-1")
	})
}

// An IT manager cannot set a policy to "fastställd", nor can the one who runs the installation.
func TestS1_5_EachTypeHasItsDecidingBody(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.top()
		policy := s.prepared("policy", "policy", "S6-9", "Vi skyddar uppgifter.", "strategi")
		for _, who := range []string{"ivar", "stina", "lisa", "kia", "hans"} {
			s.reserved(s.Adopt(t.Context(), s.actor(who), policy.ID, steering.Adoption{Revision: policy.Revision}), "S6-1")
		}
		if v := s.version("policy", 1); v.State != steering.Prepared {
			t.Errorf("the policy is %s", v.State)
		}
		// With the decision, the one who adopts still has to be somebody who registers decisions or prepares documents.
		decision := s.decide("kf", "2026-02-20")
		var denied *access.Denied
		if err := s.Adopt(t.Context(), s.actor("hans"), policy.ID, steering.Adoption{Decision: decision, Revision: policy.Revision}); !errors.As(err, &denied) || denied.Action != access.DecisionRegister {
			t.Errorf("an officer registered that a policy is adopted: %v", err)
		}
		// The technical platform is the IT manager's own.
		platform := s.prepared("plattform", "plattform", "T-1", "Vi kör Linux.", "strategi")
		var mandate *bodies.MandateError
		if err := s.Adopt(t.Context(), s.actor("kia"), platform.ID, steering.Adoption{Revision: platform.Revision}); !errors.As(err, &mandate) || mandate.Sentence != "S1-5" {
			t.Errorf("%v", err)
		}
		if err := s.Adopt(t.Context(), s.actor("ivar"), platform.ID, steering.Adoption{From: day("2026-03-02"), Revision: platform.Revision}); err != nil {
			t.Fatal(err)
		}
		v := s.version("plattform", 1)
		if v.From != day("2026-03-02") || v.Review != day("2027-03-02") || v.Decision != "" {
			t.Errorf("it applies from %s, is reviewed %s, rests on %q", v.From, v.Review, v.Decision)
		}
		// A review that comes near is told of.
		s.clock.Set(day("2027-02-01").Start())
		due, err := s.Due(t.Context(), day("2027-02-01"))
		if err != nil || len(due) == 0 {
			t.Errorf("%v %v", due, err)
		}
		// Nobody but those whom the type names writes.
		if _, err := s.Write(t.Context(), s.actor("hans"), s.writing("ny", "riktlinje", "R-1", "Ja.")); !errors.As(err, &mandate) {
			t.Errorf("%v", err)
		}
	})
}

// Each version that employees are to confirm is confirmed anew, once, while it applies.
func TestS1_5_AVersionIsAcknowledgedByItsReaders(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.top()
		v := s.adopted("policy", "policy", "kf", "2026-02-01", "S6-9", "Vi skyddar uppgifter.", "strategi")
		hans := s.actor("hans")
		for range 2 { // twice is once
			if err := s.Acknowledge(t.Context(), hans, v.ID); err != nil {
				t.Fatal(err)
			}
		}
		list, done, err := s.Readers(t.Context(), v.ID, day("2026-03-02"))
		if err != nil || done != 1 || len(list) != len(s.ids) || !list[0].On.IsZero() || list[len(list)-1].Key != "hans" {
			t.Errorf("%d of %d, %+v %v", done, len(list), list, err)
		}
		if left, err := s.ToRead(t.Context(), hans.Person, day("2026-03-02")); err != nil || len(left) != 0 {
			t.Errorf("%v %v", left, err)
		}
		next := s.adopted("policy", "policy", "kf", "2026-02-25", "S6-9", "Vi skyddar alla uppgifter.", "strategi")
		left, err := s.ToRead(t.Context(), hans.Person, day("2026-03-02"))
		if err != nil || len(left) != 1 || left[0].ID != next.ID {
			t.Errorf("%v %v", left, err)
		}
		if err := s.Acknowledge(t.Context(), hans, v.ID); !errors.Is(err, steering.ErrNotInForce) {
			t.Errorf("what is replaced was confirmed: %v", err)
		}
	})
}

// adoption is the acceptance check of S4-KF-1 and S6-1: nobody adopts without kommunfullmäktige, with its decision the version before is
// replaced in the same transaction and stays readable.
func adoption(t *testing.T, typ, sentence string, cites ...string) {
	t.Helper()
	each(t, func(t *testing.T, s *town) {
		s.top()
		first := s.adopted("dok", typ, "kf", "2026-02-01", "X-1", "Den första lydelsen.", cites...)
		second := s.prepared("dok", typ, "X-1", "Den andra lydelsen.", cites...)
		for _, who := range []string{"kia", "lisa", "ivar", "stina", "rut"} {
			for _, decision := range []string{"", store.NewID(), s.decide("ks", "2026-02-20"), s.decide("lg", "2026-02-20")} {
				s.reserved(s.Adopt(t.Context(), s.actor(who), second.ID, steering.Adoption{Decision: decision, Revision: second.Revision}), sentence)
			}
		}
		s.fault(s.Adopt(t.Context(), s.actor("kia"), second.ID, steering.Adoption{Decision: first.Decision, From: day("2026-03-01"), Revision: second.Revision}), steering.FieldDecision, steering.UsedAlready)
		decision := s.decide("kf", "2026-02-20")
		s.fault(s.Adopt(t.Context(), s.actor("kia"), second.ID, steering.Adoption{Decision: decision, From: day("2026-02-19"), Revision: second.Revision}), steering.FieldFrom, steering.BeforeIt)
		if err := s.Adopt(t.Context(), s.actor("kia"), second.ID, steering.Adoption{Decision: decision, Revision: second.Revision + 1}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("somebody else had changed it: %v", err)
		}
		if err := s.Adopt(t.Context(), s.actor("kia"), second.ID, steering.Adoption{Decision: decision, From: day("2026-03-01"), Revision: second.Revision}); err != nil {
			t.Fatal(err)
		}
		old, now := s.version("dok", 1), s.version("dok", 2)
		if old.State != steering.Replaced || old.To != day("2026-02-28") || now.State != steering.Adopted || now.From != day("2026-03-01") || now.Decision != decision {
			t.Errorf("old %s to %s, new %s from %s", old.State, old.To, now.State, now.From)
		}
		for on, want := range map[string]int{"2026-02-28": 1, "2026-03-01": 2} {
			if v, err := s.On(t.Context(), "dok", day(on)); err != nil || v.Number != want || len(v.Sections) != 1 {
				t.Errorf("on %s version %+v applies: %v", on, v, err)
			}
		}
		if err := s.Adopt(t.Context(), s.actor("kia"), now.ID, steering.Adoption{Decision: decision, Revision: now.Revision}); !errors.Is(err, steering.ErrNotPrepared) {
			t.Errorf("adopted twice: %v", err)
		}
		// The council ends it without another.
		last := s.decide("kf", "2026-03-02")
		s.reserved(s.Repeal(t.Context(), s.actor("kia"), now.ID, "", day("2026-06-30"), now.Revision), sentence)
		if err := s.Repeal(t.Context(), s.actor("kia"), now.ID, last, day("2026-06-30"), now.Revision); err != nil {
			t.Fatal(err)
		}
		if _, err := s.On(t.Context(), "dok", day("2026-07-01")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what is repealed applies: %v", err)
		}
	})
}

func TestS4_KF_1_OnlyKommunfullmaktigeAdoptsTheStrategy(t *testing.T) {
	adoption(t, "strategi", "S4-KF-1", "malbild")
}

func TestS6_1_OnlyKommunfullmaktigeAdoptsThePolicy(t *testing.T) {
	adoption(t, "policy", "S6-1", "strategi")
}

// The documents of a pack come in, and only once. The policy that is shipped was adopted by kommunfullmäktige on 30 October 2007, § 79.
func TestS6_1_ThePackBringsItsDocuments(t *testing.T) {
	p, err := pack.Load(os.DirFS(filepath.Join("..", "..", "..", "..", "packs", "fagersta")))
	if err != nil {
		t.Fatal(err)
	}
	var member string
	for _, m := range p.Organisation.Members {
		if m.Kind == pack.TheMunicipality {
			member = m.Key
		}
	}
	storetest.Each(t, []fs.FS{journal.Migrations, bodies.Migrations, deviation.Migrations, steering.Migrations}, func(t *testing.T, db *store.DB) {
		s := open(t, db, p.Organised(), func() []pack.SteeringType { return p.SteeringTypes }, member)
		done, err := s.Take(t.Context(), p.SteeringDocuments)
		if err != nil || len(done.Refused) > 0 || done.Adopted != len(p.SteeringDocuments) {
			t.Fatalf("%+v %v", done, err)
		}
		v := s.version("it-sakerhetspolicy", 1)
		d, err := s.DecisionOf(t.Context(), v.Decision)
		if err != nil || d.On != day("2007-10-30") || d.Paragraph != "§ 79" || v.Rules == 0 {
			t.Errorf("%+v, %d sentences: %v", d, v.Rules, err)
		}
		if soft, is := s.Soft("S3-4"); !soft || !is {
			t.Error("S3-4 says som generell regel and is not soft")
		}
		if soft, is := s.Soft("S4-KF-1"); soft || !is {
			t.Error("S4-KF-1 is soft, or none")
		}
		again, err := s.Take(t.Context(), p.SteeringDocuments)
		if err != nil || again.Adopted+again.Drafted+again.Annotated+len(again.Refused) > 0 {
			t.Errorf("the second time: %+v %v", again, err)
		}
		// A text that was adopted does not change; what is said about it does.
		other := *p.SteeringDocuments[0]
		other.Sections = section("Q-1", "Något annat.", pack.SentenceHard)
		if again, err = s.Take(t.Context(), []*pack.SteeringDocument{&other}); err != nil || len(again.Refused) != 1 {
			t.Errorf("an adopted text was changed: %+v %v", again, err)
		}
		noted := *p.SteeringDocuments[0]
		noted.Note = both("Ny anmärkning.")
		if again, err = s.Take(t.Context(), []*pack.SteeringDocument{&noted}); err != nil || again.Annotated != 1 {
			t.Errorf("%+v %v", again, err)
		}
	})
}

// A guideline rests on the strategy and is decided by ledningsgruppen; when the strategy changes it is looked at again.
func TestS4_LG_1_AGuidelineRestsOnTheStrategy(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.top()
		v, err := s.Write(t.Context(), s.actor("ivar"), s.writing("losenord", "riktlinje", "R-1", "Byt inte lösenord i onödan."))
		if err != nil {
			t.Fatal(err)
		}
		s.fault(s.Prepare(t.Context(), s.actor("lisa"), v.ID, v.Revision), steering.FieldCites, steering.Uncited)
		w := s.writing("losenord", "riktlinje", "R-1", "Byt inte lösenord i onödan.", "strategi")
		w.Revision = v.Revision
		if v, err = s.Write(t.Context(), s.actor("ivar"), w); err != nil {
			t.Fatal(err)
		}
		if err := s.Prepare(t.Context(), s.actor("lisa"), v.ID, v.Revision); err != nil {
			t.Fatal(err)
		}
		v = s.version("losenord", 1)
		s.reserved(s.Adopt(t.Context(), s.actor("lisa"), v.ID, steering.Adoption{Decision: s.decide("ks", "2026-02-01"), Revision: v.Revision}), "S4-LG-1")
		if err := s.Adopt(t.Context(), s.actor("lisa"), v.ID, steering.Adoption{Decision: s.decide("lg", "2026-02-01"), Revision: v.Revision}); err != nil {
			t.Fatal(err)
		}
		if v = s.version("losenord", 1); v.Review != day("2027-02-01") { // a year later
			t.Errorf("reviewed %s", v.Review)
		}
		if list, err := s.Conflicts(t.Context(), day("2026-03-02")); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
		s.adopted("strategi", "strategi", "kf", "2026-02-20", "S3-4", "Vi utvecklar egna system.", "malbild")
		list, err := s.Conflicts(t.Context(), day("2026-03-02"))
		if err != nil || len(list) != 1 || list[0].Version.Document != "losenord" || list[0].Newer.Document != "strategi" {
			t.Errorf("%+v %v", list, err)
		}
		if list, err := s.Conflicts(t.Context(), day("2026-02-10")); err != nil || len(list) != 0 {
			t.Errorf("before the strategy changed: %v %v", list, err)
		}
	})
}

// Whether one may depart from a sentence is as the version that applies says, not one that was adopted for a later day.
func TestPR_5_ASentenceBindsAsWhatAppliesSays(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		s.top()
		w := s.writing("strategi", "strategi", "S3-4", "Som generell regel utvecklar vi inga egna system.", "malbild")
		w.Sections[0].Paragraphs[0].Sentences[0].Kind = pack.SentenceSoft
		v, err := s.Write(t.Context(), s.actor("kia"), w)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Prepare(t.Context(), s.actor("kia"), v.ID, v.Revision); err != nil {
			t.Fatal(err)
		}
		if err := s.Adopt(t.Context(), s.actor("kia"), v.ID, steering.Adoption{Decision: s.decide("kf", "2026-03-01"), From: day("2026-04-01"), Revision: v.Revision + 1}); err != nil {
			t.Fatal(err)
		}
		for on, want := range map[string]bool{"2026-03-02": false, "2026-03-31": false, "2026-04-01": true} {
			s.clock.Set(day(on).Start())
			if soft, is := s.Soft("S3-4"); soft != want || !is {
				t.Errorf("on %s it is soft: %t, %t", on, soft, is)
			}
		}
		if _, is := s.Soft("S9-9"); is {
			t.Error("what no document says is a sentence")
		}
	})
}

// Two who write at once: the second is told. What is prepared is not written in.
func TestTwoWhoWriteAtOnceLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, s *town) {
		v, err := s.Write(t.Context(), s.actor("kia"), s.writing("malbild", "malbild", "M-1", "Ett."))
		if err != nil {
			t.Fatal(err)
		}
		w := s.writing("malbild", "malbild", "M-1", "Två.")
		w.Revision = v.Revision
		if _, err := s.Write(t.Context(), s.actor("kia"), w); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write(t.Context(), s.actor("ivar"), w); !errors.Is(err, store.ErrConflict) {
			t.Errorf("the second wrote over the first: %v", err)
		}
		v = s.version("malbild", 1)
		if err := s.Prepare(t.Context(), s.actor("kia"), v.ID, v.Revision); err != nil {
			t.Fatal(err)
		}
		w.Revision = v.Revision + 1
		if _, err := s.Write(t.Context(), s.actor("kia"), w); !errors.Is(err, steering.ErrPrepared) {
			t.Errorf("what is prepared was changed: %v", err)
		}
		if err := s.Reopen(t.Context(), s.actor("kia"), v.ID, v.Revision); !errors.Is(err, store.ErrConflict) {
			t.Errorf("%v", err)
		}
		if err := s.Reopen(t.Context(), s.actor("kia"), v.ID, v.Revision+1); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write(t.Context(), s.actor("kia"), s.writing("Malbild!", "malbild", "M-2", "Ett.")); err == nil {
			t.Error("a key that is none went through")
		}
		other := s.writing("annan", "malbild", "M-1", "Ett.")
		s.adopted("malbild2", "malbild", "kf", "2026-02-01", "M-1", "Ett.")
		_, err = s.Write(t.Context(), s.actor("kia"), other)
		s.fault(err, steering.FieldText, steering.Taken)
	})
}

// Over any row of versions one at the most applies on a day, and exactly one is adopted.
func TestOneVersionAppliesOnADay(t *testing.T) {
	storetest.Each(t, []fs.FS{journal.Migrations, bodies.Migrations, deviation.Migrations, steering.Migrations}, func(t *testing.T, db *store.DB) {
		s := open(t, db, organisation(), types, "lilleby")
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			key, on := "dok-"+strings.ToLower(store.NewID()[24:]), day("2026-01-01")
			for range rapid.IntRange(1, 4).Draw(rt, "versions") {
				on = on.AddDays(rapid.IntRange(0, 9).Draw(rt, "gap"))
				v := s.prepared(key, "malbild", "", "Text.")
				from := on.AddDays(rapid.IntRange(-1, 5).Draw(rt, "from"))
				err := s.Adopt(rt.Context(), s.actor("kia"), v.ID, steering.Adoption{Decision: s.decide("kf", on.String()), From: from, Revision: v.Revision})
				if err != nil {
					break // refused: it stays prepared, and so no other is written
				}
			}
			list, err := s.Versions(rt.Context(), key)
			if err != nil {
				rt.Fatal(err)
			}
			adopted := 0
			for _, v := range list {
				if v.State == steering.Adopted {
					adopted++
				}
			}
			for d := day("2025-12-25"); d.Before(day("2026-03-15")); d = d.AddDays(1) {
				count := 0
				for _, v := range list {
					if v.InForce(d) {
						count++
					}
				}
				if count > 1 || adopted > 1 {
					rt.Fatalf("%d apply on %s, %d are adopted", count, d, adopted)
				}
			}
		})
	})
}

// What somebody writes is read back as it was written.
func TestATextIsReadAsItIsWritten(t *testing.T) {
	word := rapid.StringMatching(`[A-Za-zåäö]{1,8}( [a-zåäö]{1,8}){0,3}\.`)
	rapid.Check(t, func(t *rapid.T) {
		var list []pack.SteeringSection
		n := 0
		for i := range rapid.IntRange(0, 3).Draw(t, "sections") {
			s := pack.SteeringSection{ID: string(rune('a' + i)), Title: word.Draw(t, "title"), Level: rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "level")}
			for range rapid.IntRange(0, 3).Draw(t, "paragraphs") {
				p := pack.SteeringParagraph{Form: rapid.SampledFrom([]pack.ParagraphForm{"", pack.ParagraphItem}).Draw(t, "form")}
				for range rapid.IntRange(1, 3).Draw(t, "sentences") {
					x := pack.SteeringSentence{Text: word.Draw(t, "text")}
					if rapid.Bool().Draw(t, "demands") {
						n++
						x.ID, x.Kind = "A-"+string(rune('A'+n)), rapid.SampledFrom([]pack.SentenceKind{"", pack.SentenceHard, pack.SentenceSoft}).Draw(t, "kind")
						x.En = rapid.SampledFrom([]string{"", "Be short."}).Draw(t, "en")
					}
					p.Sentences = append(p.Sentences, x)
				}
				s.Paragraphs = append(s.Paragraphs, p)
			}
			list = append(list, s)
		}
		text := steering.Format(list)
		got, wrong := steering.Parse(text)
		if len(wrong) > 0 || steering.Format(got) != text || steering.Plain(got) != steering.Plain(list) {
			t.Fatalf("%v\n%s\nbecame\n%s", wrong, text, steering.Format(got))
		}
	})
}

func TestWhatIsWrongInATextIsToldByLine(t *testing.T) {
	for text, want := range map[string]steering.TextError{
		"Utan rubrik.":                        {Line: 1, Problem: steering.Missing, Name: "#"},
		"# Rubrik utan märke":                 {Line: 1, Problem: steering.Malformed, Name: "#"},
		"# A {1}\n# B {1}":                    {Line: 2, Problem: steering.Taken, Name: "1"},
		"# A {1}\nText. {R-1 kanske}":         {Line: 2, Problem: steering.Unknown, Name: "kanske"},
		"# A {1}\nText. {r1}":                 {Line: 2, Problem: steering.Malformed, Name: "r1"},
		"# A {1}\nE. {R-1 ska}\nT. {R-1 bör}": {Line: 3, Problem: steering.Taken, Name: "R-1"},
		"# A {1}\n{R-1 ska}":                  {Line: 2, Problem: steering.Missing},
	} {
		if _, got := steering.Parse(text); len(got) != 1 || got[0] != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("# A {1}\n\nText. {R-1 ska | In short.}\n- punkt\n  mer")
	f.Add("# A {1}\nText.\n - punkt")
	f.Fuzz(func(t *testing.T, text string) {
		list, wrong := steering.Parse(text)
		if len(wrong) > 0 {
			return
		}
		if again, wrong := steering.Parse(steering.Format(list)); len(wrong) > 0 || steering.Plain(again) != steering.Plain(list) {
			t.Errorf("%q is read otherwise when written again: %+v", text, wrong)
		}
	})
}
