package pack_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
)

func TestS4_NF_5_AnAssessmentHoldsForAYear(t *testing.T) {
	made := calendar.NewDate(2026, 2, 28)
	assessed := pack.Process{Assessment: &pack.Assessment{Date: made}}
	for day, due := range map[calendar.Date]bool{
		made: false, calendar.NewDate(2027, 2, 28): false, calendar.NewDate(2027, 3, 1): true, calendar.NewDate(2030, 1, 1): true,
	} {
		if got := assessed.DueOn(day); got != due {
			t.Errorf("assessed on %s, due on %s: %v", made, day, got)
		}
	}
	if never := (pack.Process{}); !never.DueOn(made) {
		t.Error("what was never assessed is not due")
	}
}

// The figure is that of counting by hand, for a unit and all below it, on any day.
func TestS4_NF_5_TheCoverageFigureIsCorrect(t *testing.T) {
	p, err := pack.Load(fagersta(t))
	if err != nil {
		t.Fatal(err)
	}
	units := []string{""}
	for _, u := range p.Organisation.Units {
		units = append(units, u.Key)
	}
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom(units).Draw(t, "unit")
		day := calendar.NewDate(2026, 1, 1).AddDays(rapid.IntRange(0, 900).Draw(t, "day"))
		covered, total := 0, 0
		var open []string
		for _, one := range p.Processes {
			counts := unit == ""
			for u := p.Unit(one.Unit); u != nil && !counts; u = p.Unit(u.Parent) {
				counts = u.Key == unit
			}
			if !counts {
				continue
			}
			total++
			if one.Assessment != nil && !day.After(one.Assessment.Date.AddMonths(12)) {
				covered++
			} else {
				open = append(open, one.Key)
			}
		}
		if c, n := p.Coverage(unit, day); c != covered || n != total {
			t.Fatalf("coverage of %q on %s is %d of %d, want %d of %d", unit, day, c, n, covered, total)
		}
		var got []string
		for _, one := range p.Unassessed(unit, day) {
			got = append(got, one.Key)
		}
		if !slices.Equal(got, open) {
			t.Fatalf("unassessed %v, want %v", got, open)
		}
	})
}

// The list is of real processes of every department, and shows each level, verdict and state of assessment.
func TestS4_NF_5_EveryDepartmentHasItsProcesses(t *testing.T) {
	p, err := pack.Load(fagersta(t))
	if err != nil {
		t.Fatal(err)
	}
	day := calendar.NewDate(2026, 11, 23)
	covered, total := p.Coverage("", day)
	if total < 45 || covered < total*3/4 || covered == total {
		t.Errorf("%d of %d processes are assessed", covered, total)
	}
	for _, unit := range []string{"ks-forvaltning", "utbildning-fritid", "socialforvaltningen", "miljo-bygg", "nvk-kansli"} {
		if len(p.ProcessesOf(unit)) < 5 {
			t.Errorf("%s has %d processes", unit, len(p.ProcessesOf(unit)))
		}
	}
	levels, verdicts := map[pack.Level]int{}, map[pack.Verdict]int{}
	for _, one := range p.Processes {
		levels[one.Level]++
		if one.Assessment != nil {
			verdicts[one.Assessment.Verdict]++
		}
	}
	if len(levels) != 4 || len(verdicts) != 3 {
		t.Errorf("levels %v, verdicts %v", levels, verdicts)
	}
}
