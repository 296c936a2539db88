package roster

import (
	"slices"
)

// leastLoad is the one with the fewest open cases, the first in order among equals; "" of nobody.
func leastLoad(candidates []string, load map[string]int) string {
	best := ""
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if best == "" || load[c] < load[best] {
			best = c
		}
	}
	return best
}

// nextTurn is the one after the one who had the last turn, in order and round again; "" of nobody.
func nextTurn(candidates []string, last string) string {
	list := slices.Sorted(slices.Values(candidates))
	if len(list) == 0 {
		return ""
	}
	for _, c := range list {
		if c > last {
			return c
		}
	}
	return list[0]
}

// distribute gives n cases to people so that their loads become as even as they can: each goes to the one who has least then. It gives whom
// each case goes to; nil of nobody.
func distribute(n int, people []string, load map[string]int) []string {
	if len(people) == 0 {
		return nil
	}
	now := map[string]int{}
	for _, p := range people {
		now[p] = load[p]
	}
	out := make([]string, n)
	for i := range out {
		out[i] = leastLoad(people, now)
		now[out[i]]++
	}
	return out
}
