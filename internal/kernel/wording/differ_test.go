package wording_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/wording"
)

func TestADifferenceIsToldWordByWord(t *testing.T) {
	var out []string
	for _, p := range wording.Diff("1 §\nSekretess gäller för uppgift om hälsa.", "1 §\nSekretess gäller inte för uppgift om adress.") {
		sign := "="
		if !p.New {
			sign = "-"
		} else if !p.Old {
			sign = "+"
		}
		out = append(out, sign+p.Text)
	}
	if got := strings.Join(out, "|"); got != "=1 §\nSekretess gäller |+inte |=för uppgift om |-hälsa.|+adress." {
		t.Error(got)
	}
}

func TestADifferenceHoldsBothTextsWhole(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "c ", "d\n", " ", ""})
	rapid.Check(t, func(t *rapid.T) {
		old := strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "old"), " ")
		now := strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "new"), " ")
		var was, is strings.Builder
		for _, p := range wording.Diff(old, now) {
			if p.Old {
				was.WriteString(p.Text)
			}
			if p.New {
				is.WriteString(p.Text)
			}
		}
		if was.String() != old || is.String() != now {
			t.Fatalf("%q, %q became %q, %q", old, now, was.String(), is.String())
		}
	})
	long := strings.Repeat("ord ", 5000)
	if list := wording.Diff("x "+long+"y", "z "+strings.Repeat("annat ", 5000)+"w"); len(list) != 2 {
		t.Errorf("texts that differ in too much are shown as one gone and one come: %d pieces", len(list))
	}
}
