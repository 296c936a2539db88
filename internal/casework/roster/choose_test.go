package roster

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
)

func drawPeople(t *rapid.T) []string {
	people := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-f]{1,2}`), 1, 6, rapid.ID[string]).Draw(t, "people")
	return people
}

func drawLoad(t *rapid.T, people []string) map[string]int {
	load := map[string]int{}
	for _, p := range people {
		load[p] = rapid.IntRange(0, 12).Draw(t, "load "+p)
	}
	return load
}

// Cases are shared out so that those who got any end within one of each other, nobody who got none has less, and all are shared out.
func TestCasesAreSharedOutWithinOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		load := drawLoad(t, people)
		n := rapid.IntRange(0, 40).Draw(t, "n")
		got := distribute(n, people, load)
		if len(got) != n {
			t.Fatalf("%d of %d are shared out", len(got), n)
		}
		after, given := maps.Clone(load), map[string]bool{}
		for _, p := range got {
			after[p]++
			given[p] = true
		}
		for p := range given {
			for _, o := range people {
				if after[p] > after[o]+1 {
					t.Fatalf("%s has %d and %s %d", p, after[p], o, after[o])
				}
			}
		}
		shuffled := rapid.Permutation(people).Draw(t, "in another order")
		if !slices.Equal(got, distribute(n, shuffled, load)) {
			t.Fatal("another order of people gives another result")
		}
	})
}

func TestTurnsGoRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		last, times := "", map[string]int{}
		for range 3 * len(people) {
			last = nextTurn(people, last)
			times[last]++
		}
		for _, p := range people {
			if times[p] != 3 {
				t.Fatalf("%s had %d turns of 3", p, times[p])
			}
		}
	})
	if nextTurn(nil, "a") != "" || leastLoad(nil, nil) != "" || distribute(3, nil, nil) != nil {
		t.Error("of nobody somebody was chosen")
	}
}

// Whatever the circumstances, the same rule in the same circumstances chooses the same; whom it chooses is at work and may have the case; and
// it leaves the case in the queue only if nobody could take it.
func TestAssignmentIsDeterministicAndFallsThroughToDeputyAndQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		var gone away
		for _, p := range people {
			if rapid.Bool().Draw(t, "away "+p) {
				gone = append(gone, Absence{Person: p, Deputy: rapid.SampledFrom(append([]string{"", "zz"}, people...)).Draw(t, "deputy")})
			}
		}
		may := map[string]bool{}
		for _, p := range append(people, "zz") {
			may[p] = rapid.IntRange(0, 3).Draw(t, "may "+p) > 0
		}
		now := circumstances{away: gone, load: drawLoad(t, people), last: rapid.SampledFrom(append(people, "")).Draw(t, "last"), takes: func(p string) bool { return may[p] }}
		r := &pack.AssignRule{To: pack.AssignTarget{Role: "handlaggare", By: rapid.SampledFrom([]pack.AssignBy{"", pack.ByLoad, pack.ByTurn}).Draw(t, "by")}}
		person, holders := "", people
		if rapid.Bool().Draw(t, "to a person") {
			r.To, person, holders = pack.AssignTarget{Person: "k"}, people[0], nil
		}
		got := choose(r, person, holders, now)
		if again := choose(r, person, rapid.Permutation(holders).Draw(t, "order"), now); again != got {
			t.Fatalf("%+v and then %+v", got, again)
		}
		here := func(p string) bool { _, away := gone.of(p); return !away && may[p] }
		if got.Person != "" && !here(got.Person) {
			t.Fatalf("%s is away or may not", got.Person)
		}
		if holders == nil {
			holders = []string{person}
		}
		for _, p := range holders {
			if here(p) && got.For != "" {
				t.Fatalf("a deputy got it although %s is here", p)
			}
			if d := gone.deputy(p); got.Person == "" && (here(p) || d != "" && may[d]) {
				t.Fatalf("nobody got it, although %s or %s could", p, d)
			}
		}
	})
}

func TestADeputyWhoIsAwayHasADeputy(t *testing.T) {
	day := calendar.NewDate(2026, 3, 2)
	a := func(person, deputy string, from, to int) Absence {
		return Absence{ID: person, Person: person, Deputy: deputy, First: day.AddDays(from), Last: day.AddDays(to)}
	}
	list := []Absence{a("a", "b", 0, 5), a("b", "c", 0, 2), a("d", "e", 0, 0), a("e", "d", 0, 0), a("f", "", 0, 0), a("g", "a", 1, 9)}
	for _, c := range []struct {
		on             int
		person, deputy string
	}{
		{0, "a", "c"}, {3, "a", "b"}, {6, "a", ""}, {0, "d", ""}, {0, "f", ""}, {0, "g", ""}, {2, "g", "c"}, {0, "x", ""},
	} {
		now := awayOn(list, day.AddDays(c.on))
		if got := now.deputy(c.person); got != c.deputy {
			t.Errorf("on day %d %s has deputy %q, want %q", c.on, c.person, got, c.deputy)
		}
	}
}
