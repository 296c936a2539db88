package bodies_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// horizon is how many days the naive calendar has; its last day stands for all days after.
const horizon = 30

// naive is who held a role on each day, the plainest way to keep it.
type naive [horizon]map[string]string // mandate -> person

func (n *naive) give(mandate, person string, from, to int) {
	for d := from; d <= to; d++ {
		if n[d] == nil {
			n[d] = map[string]string{}
		}
		n[d][mandate] = person
	}
}

func (n *naive) end(mandate string, last int) {
	for d := last + 1; d < horizon; d++ {
		delete(n[d], mandate)
	}
}

func (n *naive) taken(from, to int) bool {
	for d := from; d <= to; d++ {
		if len(n[d]) > 0 {
			return true
		}
	}
	return false
}

// Whatever is given and ended in whatever order, "who was it on that day" is what a calendar on the wall would say (PR-2), and a role
// with one holder never has two (S4-AC-1).
func TestPR2_WhoOnADayEqualsANaiveReplay(t *testing.T) {
	each(t, func(t *testing.T, s town) {
		persons := []string{s.person("anna"), s.person("bo"), s.person("cia")}
		start := calendar.NewDate(2026, 1, 1)
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			ctx := context.Background()
			exclusive := rapid.Bool().Draw(t, "exclusive")
			role := "handlaggare"
			if exclusive {
				role = "chef"
			}
			// Each run has its own scope, so that all can share one database.
			scope := fmt.Sprint("run-", run)
			var wall naive
			var given []bodies.Mandate
			for range rapid.IntRange(1, 6).Draw(t, "steps") {
				if len(given) > 0 && rapid.Bool().Draw(t, "end") {
					m := rapid.SampledFrom(given).Draw(t, "which")
					last := rapid.IntRange(0, horizon-2).Draw(t, "last")
					current, _ := s.Directory().Mandate(m.ID)
					err := s.EndMandate(ctx, bodies.By{}, m.ID, start.AddDays(last))
					first := start.DaysUntil(m.From)
					switch {
					case last < first-1 || !m.To.IsZero() && last > start.DaysUntil(m.To):
						if e := (*bodies.InvalidError)(nil); !errors.As(err, &e) {
							t.Fatalf("ending %+v on day %d: %v", m, last, err)
						}
					case !current.Ended.IsZero():
						if !errors.Is(err, store.ErrConflict) {
							t.Fatalf("ending again: %v", err)
						}
					case err != nil:
						t.Fatal(err)
					default:
						wall.end(m.ID, last)
					}
					continue
				}
				from := rapid.IntRange(0, horizon-2).Draw(t, "from")
				to := horizon - 1
				m := bodies.Mandate{Person: rapid.SampledFrom(persons).Draw(t, "person"), Role: role, Place: bodies.Place{Unit: "gata"}, Scope: scope, From: start.AddDays(from)}
				if rapid.Bool().Draw(t, "fixed") {
					to = rapid.IntRange(from, horizon-2).Draw(t, "to")
					m.To = start.AddDays(to)
				}
				held := exclusive && wall.taken(from, to)
				for d := from; d <= to && !exclusive; d++ { // the same person twice
					for _, p := range wall[d] {
						held = held || p == m.Person
					}
				}
				m, err := s.Appoint(ctx, bodies.By{}, m)
				if e := (*bodies.OverlapError)(nil); held != errors.As(err, &e) || !held && err != nil {
					t.Fatalf("held %t, got %v", held, err)
				}
				if err == nil {
					wall.give(m.ID, m.Person, from, to)
					given = append(given, m)
				}
			}
			for d := range horizon {
				var got, want []string
				for _, m := range s.Directory().HoldersOf(bodies.Question{Role: role, Place: bodies.Place{Unit: "gata"}, Scope: scope}, start.AddDays(d)) {
					got = append(got, m.ID+" "+m.Person)
				}
				for id, p := range wall[d] {
					want = append(want, id+" "+p)
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("day %d: %v, the wall says %v", d, got, want)
				}
			}
		})
	})
}

// The tree in memory answers as walking from child to parent does.
func TestSubtreesAreThoseOfTheParents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := bodies.Organisation{Members: []bodies.Member{{ID: "m", Kind: bodies.Municipality, Name: both("M")}}}
		parent := map[string]string{}
		for i := range rapid.IntRange(1, 20).Draw(t, "units") {
			u := bodies.Unit{ID: fmt.Sprint("u", i), Member: "m", Name: both("U")}
			if p := rapid.IntRange(-1, i-1).Draw(t, "parent"); p >= 0 {
				u.Parent = fmt.Sprint("u", p)
			}
			parent[u.ID] = u.Parent
			o.Units = append(o.Units, u)
		}
		o.Units = rapid.Permutation(o.Units).Draw(t, "order")
		d, err := o.Directory()
		if err != nil {
			t.Fatal(err)
		}
		for root := range parent {
			var want []string
			for unit := range parent {
				below := false
				for up := unit; up != ""; up = parent[up] {
					below = below || up == root
				}
				if d.InSubtree(root, unit) != below {
					t.Fatalf("InSubtree(%s, %s) is %t", root, unit, !below)
				}
				if below {
					want = append(want, unit)
				}
			}
			got := slices.Sorted(slices.Values(d.Subtree(root)))
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("below %s: %v, want %v", root, got, want)
			}
			path := d.PathTo(root)
			if path[len(path)-1].ID != root || path[0].Parent != "" {
				t.Fatalf("path to %s: %v", root, path)
			}
		}
		if d.InSubtree("nowhere", "nowhere") || len(d.Subtree("nowhere")) != 0 {
			t.Fatal("a unit that is not has a subtree")
		}
	})
}
