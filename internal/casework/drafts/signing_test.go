package drafts_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/money"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{documents.Migrations, drafts.Migrations}

// post keeps what people are told.
type post struct{ told []drafts.Telling }

func (p *post) Tell(_ context.Context, _ *store.Tx, t drafts.Telling) error {
	p.told = append(p.told, t)
	return nil
}

func (p *post) kinds(to string) string {
	var out []string
	for _, t := range p.told {
		if t.To == to {
			out = append(out, string(t.Kind))
		}
	}
	return strings.Join(out, " ")
}

// link is the last part of the address that somebody was sent last.
func (p *post) link(to string) string {
	for i := len(p.told) - 1; i >= 0; i-- {
		if _, link, ok := strings.Cut(p.told[i].Path, "/signera/"); ok && p.told[i].To == to {
			return link
		}
	}
	return ""
}

type desk struct {
	*drafts.Store
	*post
	clock *calendar.Fake
}

func open(db *store.DB) desk {
	clock := calendar.NewFake(time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC))
	p := &post{}
	return desk{drafts.NewStore(db, nil, clock).Telling(p), p, clock}
}

const week = 7 * 24 * time.Hour

// begin makes a draft and sends it to n signers who have a week.
func (d desk) begin(t interface {
	Helper()
	Fatal(...any)
}, n int, change func(*drafts.Frozen)) (*drafts.Draft, *drafts.Frozen) {
	t.Helper()
	draft := &drafts.Draft{TypeID: "lampa", Version: 1, Answers: casetype.Answers{"what": {"x"}}}
	if err := d.Begin(context.Background(), "token", draft, nil); err != nil {
		t.Fatal(err)
	}
	now := d.clock.Now()
	f := &drafts.Frozen{
		Clean: casetype.Clean{"what": {"x"}}, Digest: "digest", Lang: "sv", Writer: drafts.Writer{Name: "Wilma", Email: "w@example.se"},
		Remind: now.Add(week / 2), Due: now.Add(week),
	}
	for i := range n {
		f.Signers = append(f.Signers, drafts.Signer{Party: "p", Name: fmt.Sprint("S", i+1), Number: fmt.Sprint("hash", i+1), Email: fmt.Sprintf("s%d@example.se", i+1)})
	}
	if change != nil {
		change(f)
	}
	if err := d.Freeze(context.Background(), draft, f); err != nil {
		t.Fatal(err)
	}
	return draft, f
}

func by(i int) drafts.By {
	return drafts.By{Person: fmt.Sprint("person", i), Name: fmt.Sprint("S", i), Level: "substantial", Digest: "digest"}
}

func TestAnswersStandWhileTheyAreSigned(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		d := open(db)
		draft, f := d.begin(t, 2, nil)
		if _, err := d.Change(t.Context(), draft.ID, nil, func(x *drafts.Draft) { x.Answers = nil }); !errors.Is(err, drafts.ErrFrozen) {
			t.Errorf("changing: %v", err)
		}
		if err := d.Freeze(t.Context(), draft, f); !errors.Is(err, drafts.ErrFrozen) {
			t.Errorf("sending it for signing twice: %v", err)
		}
		if _, err := d.Sign(t.Context(), f.Signers[0].ID, by(1)); err != nil {
			t.Fatal(err)
		}
		old := f.Signers[0].ID
		if err := d.Thaw(t.Context(), draft.ID); err != nil {
			t.Fatal(err)
		}
		if d.kinds("s1@example.se") != "invited withdrawn" || d.kinds("s2@example.se") != "invited withdrawn" {
			t.Errorf("told %q and %q", d.kinds("s1@example.se"), d.kinds("s2@example.se"))
		}
		if _, err := d.Sign(t.Context(), old, by(1)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("signing what was taken back: %v", err)
		}
		now, err := d.Change(t.Context(), draft.ID, nil, func(x *drafts.Draft) { x.Answers = casetype.Answers{"what": {"y"}} })
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Freeze(t.Context(), draft, f); !errors.Is(err, drafts.ErrChanged) {
			t.Errorf("sending another reading of the draft than stands there: %v", err)
		}
		again := *f
		again.Digest, again.Signers = "other", f.Signers[:1]
		if err := d.Freeze(t.Context(), now, &again); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Sign(t.Context(), again.Signers[0].ID, by(1)); !errors.Is(err, drafts.ErrChanged) {
			t.Errorf("signing with the page of the first time still open: %v", err)
		}
	})
}

func TestSignersInOrderAreAskedInTurn(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		d := open(db)
		_, f := d.begin(t, 3, func(f *drafts.Frozen) { f.Sequential = true })
		if _, err := d.Sign(t.Context(), f.Signers[1].ID, by(2)); !errors.Is(err, drafts.ErrTurn) {
			t.Errorf("out of turn: %v", err)
		}
		if list, err := d.WaitingFor(t.Context(), "hash2"); err != nil || len(list) != 0 {
			t.Errorf("waits before the turn has come: %v %v", list, err)
		}
		for i := range 3 {
			if list, err := d.WaitingFor(t.Context(), f.Signers[i].Number); err != nil || len(list) != 1 || list[0].ID != f.Signers[i].ID {
				t.Errorf("signer %d: %v %v", i+1, list, err)
			}
			stage, err := d.Sign(t.Context(), f.Signers[i].ID, by(i+1))
			if want := map[bool]drafts.Stage{true: drafts.Sending, false: drafts.Signing}[i == 2]; err != nil || stage != want {
				t.Errorf("after %d: %s, %v", i+1, stage, err)
			}
		}
	})
}

func TestTwoWhoSignAtTheSameMomentAreBothSeen(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		d := open(db)
		d.Store = d.Telling(nil)
		for range 10 {
			draft, f := d.begin(t, 4, nil)
			var wait sync.WaitGroup
			for i, x := range f.Signers {
				wait.Go(func() {
					if _, err := d.Sign(t.Context(), x.ID, by(i+1)); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if now, err := d.ByID(t.Context(), draft.ID); err != nil || now.Stage != drafts.Sending {
				t.Fatalf("stage %v, %v", now, err)
			}
		}
	})
}

func TestAReminderComesOnceAndANewSecretLinkReplacesTheOld(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		d := open(db)
		_, f := d.begin(t, 2, func(f *drafts.Frozen) { f.Signers[1].Number = "" })
		first := d.link("s2@example.se")
		if _, _, x, err := d.Asked(t.Context(), first); err != nil || x.N != 2 {
			t.Fatalf("%v %v", x, err)
		}
		if _, _, _, err := d.Asked(t.Context(), f.Signers[1].ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("one known by e-mail alone is let in without the secret: %v", err)
		}
		if err := d.Remind(t.Context(), f.Signers[0].ID); !errors.Is(err, drafts.ErrSoon) {
			t.Errorf("reminding at once: %v", err)
		}
		d.clock.Advance(week/2 - time.Second)
		for range 3 {
			if err := d.Tend(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.clock.Advance(time.Second)
		}
		if got := d.kinds("s1@example.se"); got != "invited reminded" {
			t.Errorf("told %q", got)
		}
		if _, _, _, err := d.Asked(t.Context(), first); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the old link: %v", err)
		}
		if _, _, x, err := d.Asked(t.Context(), d.link("s2@example.se")); err != nil || x.N != 2 {
			t.Errorf("the new link: %v, %v", x, err)
		}
	})
}

func TestWhenTheTimeIsOutTheDraftGoesBackOrOn(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		for _, test := range []struct {
			then casetype.OnTimeout
			fee  money.Amount
			want drafts.Stage
			told string
		}{{casetype.CancelSigning, 0, drafts.Editing, "timeout"}, {"", 0, drafts.Editing, "timeout"}, {casetype.ProceedAnyway, 0, drafts.Sending, ""}, {casetype.ProceedAnyway, 100, drafts.Paying, "to_pay"}} {
			d := open(db)
			draft, f := d.begin(t, 2, func(f *drafts.Frozen) { f.OnTimeout, f.Fee = test.then, test.fee })
			if _, err := d.Sign(t.Context(), f.Signers[0].ID, by(1)); err != nil {
				t.Fatal(err)
			}
			d.clock.Advance(week)
			if _, err := d.Sign(t.Context(), f.Signers[1].ID, by(2)); !errors.Is(err, drafts.ErrLate) {
				t.Errorf("signing late: %v", err)
			}
			if err := d.Tend(t.Context()); err != nil {
				t.Fatal(err)
			}
			now, err := d.ByID(t.Context(), draft.ID)
			if err != nil || now.Stage != test.want || d.kinds("w@example.se") != test.told {
				t.Errorf("%q: %+v, told %q, %v", test.then, now, d.kinds("w@example.se"), err)
			}
			if err := d.Remove(t.Context(), draft.ID, "token", ""); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// whole is what must hold of a draft at any time: it is not ready to be handed in unless all who must have signed what stands fixed have, or
// the time is out and the case type goes on.
func whole(t *rapid.T, d desk, draft *drafts.Draft) drafts.Stage {
	now, err := d.ByID(context.Background(), draft.ID)
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Frozen(context.Background(), draft.ID)
	if now.Stage == drafts.Editing {
		if !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("signatures are left of a draft that is edited: %v", err)
		}
		return now.Stage
	}
	if err != nil {
		t.Fatal(err)
	}
	out := !d.clock.Now().Before(f.Due) && f.OnTimeout == casetype.ProceedAnyway
	if now.Stage != drafts.Signing && !f.Complete() && !out {
		t.Fatalf("at %s without all signatures: %+v", now.Stage, f.Signers)
	}
	if now.Stage == drafts.Sending && f.Fee > 0 {
		t.Fatal("ready to be sent without being paid")
	}
	for i, x := range f.Signers {
		if f.Sequential && x.State == drafts.Signed && i > 0 && f.Signers[i-1].State != drafts.Signed {
			t.Fatalf("signer %d signed before the one ahead", i+1)
		}
	}
	return now.Stage
}

func TestNothingIsHandedInWithoutAllSignatures(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		rapid.Check(t, func(t *rapid.T) {
			d := open(db)
			ctx := context.Background()
			n := rapid.IntRange(1, 4).Draw(t, "signers")
			set := func(f *drafts.Frozen) {
				f.Sequential = rapid.Bool().Draw(t, "in order")
				f.OnTimeout = rapid.SampledFrom([]casetype.OnTimeout{casetype.CancelSigning, casetype.ProceedAnyway}).Draw(t, "on timeout")
				f.Fee = rapid.SampledFrom([]money.Amount{0, 5000}).Draw(t, "fee")
			}
			draft, f := d.begin(t, n, set)
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				i := rapid.IntRange(0, n-1).Draw(t, "who")
				id, who := f.Signers[i].ID, by(i+1)
				switch rapid.SampledFrom([]string{"sign", "sign", "sign", "decline", "thaw", "remind", "wait", "tend", "stale"}).Draw(t, "act") {
				case "sign":
					_, _ = d.Sign(ctx, id, who)
				case "stale":
					who.Digest = "before"
					if _, err := d.Sign(ctx, id, who); err == nil {
						if now, _ := d.Frozen(ctx, draft.ID); now == nil || now.Signers[i].State != drafts.Signed {
							t.Fatal("signed what is not there")
						}
					}
				case "decline":
					_ = d.Decline(ctx, id, who, "nej")
				case "remind":
					_ = d.Remind(ctx, id)
				case "thaw":
					if d.Thaw(ctx, draft.ID) == nil { // changed and sent again
						now, err := d.Change(ctx, draft.ID, nil, func(x *drafts.Draft) {})
						if err != nil {
							t.Fatal(err)
						}
						f.Signers, f.Due, f.Remind = append([]drafts.Signer(nil), f.Signers...), d.clock.Now().Add(week), d.clock.Now().Add(week/2)
						for j := range f.Signers {
							f.Signers[j] = drafts.Signer{Party: "p", Name: "S", Number: fmt.Sprint("hash", j+1)}
						}
						if err := d.Freeze(ctx, now, f); err != nil {
							t.Fatal(err)
						}
					}
				case "wait":
					d.clock.Advance(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
				case "tend":
					if err := d.Tend(ctx); err != nil {
						t.Fatal(err)
					}
				}
				whole(t, d, draft)
			}
			if err := d.Remove(ctx, draft.ID, "token", ""); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestADigestIsOfWhatIsSaidAndNotOfItsOrder(t *testing.T) {
	ct := &casetype.CaseType{Definition: casetype.Definition{ID: "a", Version: 1}}
	clean := casetype.Clean{"a": {"1"}, "b": {"2"}, "f": {"doc"}}
	files := []drafts.File{{Question: "f", Document: "doc", Name: "x.pdf", SHA256: "aa"}}
	first := drafts.Digest(ct, clean, files)
	if again := drafts.Digest(ct, casetype.Clean{"f": {"doc"}, "b": {"2"}, "a": {"1"}}, append(files, drafts.File{Question: "f", Document: "unused"})); again != first {
		t.Error("the same answers in another order, and a file that is not part of them")
	}
	other := *ct
	other.Version = 2
	for name, digest := range map[string]string{
		"an answer":   drafts.Digest(ct, casetype.Clean{"a": {"1"}, "b": {"3"}, "f": {"doc"}}, files),
		"the content": drafts.Digest(ct, clean, []drafts.File{{Question: "f", Document: "doc", Name: "x.pdf", SHA256: "bb"}}),
		"the version": drafts.Digest(&other, clean, files),
	} {
		if digest == first {
			t.Errorf("another digest was to be had when %s differs", name)
		}
	}
}

// Somebody who signs by a secret link and by number is still one person, and so is one who stands in a role twice.
func TestOnePersonSignsOnceWhateverTheyAreKnownBy(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		d := open(db)
		_, f := d.begin(t, 3, func(f *drafts.Frozen) {
			f.Signers[0].Number = ""
			f.Signers[1].Role, f.Signers[2].Role = casetype.RoleAgent, casetype.RoleSubject
		})
		if _, err := d.Sign(t.Context(), f.Signers[0].ID, by(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Sign(t.Context(), f.Signers[1].ID, by(1)); !errors.Is(err, drafts.ErrSame) {
			t.Errorf("by number after the link: %v", err)
		}
		for _, i := range []int{1, 2} { // two roles, known by number in both
			if _, err := d.Sign(t.Context(), f.Signers[i].ID, by(2)); err != nil {
				t.Errorf("another role: %v", err)
			}
		}
		_, f = d.begin(t, 2, nil)
		if _, err := d.Sign(t.Context(), f.Signers[0].ID, by(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Sign(t.Context(), f.Signers[1].ID, by(1)); !errors.Is(err, drafts.ErrSame) {
			t.Errorf("the same role: %v", err)
		}
	})
}

// What is being handed in is not taken back under the hands of the one who does it.
func TestWhatIsBeingHandedInIsNotTakenBack(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		d := open(db)
		draft, f := d.begin(t, 1, nil)
		if _, err := d.Sign(t.Context(), f.Signers[0].ID, by(1)); err != nil {
			t.Fatal(err)
		}
		if err := d.Thaw(t.Context(), draft.ID); !errors.Is(err, drafts.ErrStage) {
			t.Errorf("taking it back: %v", err)
		}
	})
}
