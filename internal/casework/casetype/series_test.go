package casetype

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestANumberSeriesIsWrittenAsItsFormatSays(t *testing.T) {
	for _, c := range []struct {
		s    Series
		want string
	}{
		{Series{Prefix: "KS"}, "KS 2026/00012"},
		{Series{Prefix: "KS", Format: "{body} {year}-{n:4}"}, "KS 2026-0012"},
		{Series{Prefix: "BUN", Format: "{body} {n}", Running: true}, "BUN 12"},
		{Series{Prefix: "KS-P", Format: "{body} {year}/{n}"}, "KS-P 2026/12"},
	} {
		if err := c.s.Check(); err != nil {
			t.Errorf("%+v: %v", c.s, err)
		}
		if got := c.s.Write(2026, 12); got != c.want {
			t.Errorf("%+v writes %q, not %q", c.s, got, c.want)
		}
	}
}

func TestANumberSeriesThatCannotBeUsedIsRefusedWithWhatToDo(t *testing.T) {
	for _, c := range []struct {
		s    Series
		want string
	}{
		{Series{Prefix: "KS", Format: "{body} {n:5}"}, "{year}"},
		{Series{Prefix: "KS", Format: "{body} {year}"}, "{n}"},
		{Series{Prefix: "KS", Format: "{body} {year}/{m}"}, "{m}"},
		{Series{Prefix: "KS", Format: "{body} {year}/{n:99}"}, "{n:99}"},
		{Series{Prefix: "KS", Format: "{body}{year}/{n}"}, "one space"},
		{Series{Prefix: "ks", Format: "{body} {year}/{n}"}, "capital"},
		{Series{Prefix: "KS", Format: "{body} {year}.{n}"}, "only digits"},
		{Series{Prefix: "KS", Format: "{body} {year}/{n}/"}, "end with a digit"},
		{Series{Prefix: "KS", Format: "{body} {year/{n}"}, "not known"},
	} {
		if err := c.s.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.s, err, c.want)
		}
	}
}

// Two numbers of one series are never the same.
func TestOSL_5_2_NumbersOfASeriesAreDistinct(t *testing.T) {
	formats := []NumberFormat{"", "{body} {year}-{n:2}", "{body} {n:3}/{year}", "{body} {year}{n:5}"}
	rapid.Check(t, func(t *rapid.T) {
		s := Series{Prefix: rapid.StringMatching("[A-Z]{1,5}").Draw(t, "prefix"), Format: rapid.SampledFrom(formats).Draw(t, "format")}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		year := rapid.IntRange(2000, 2200)
		n := rapid.IntRange(1, 2_000_000)
		y1, y2, n1, n2 := year.Draw(t, "y1"), year.Draw(t, "y2"), n.Draw(t, "n1"), n.Draw(t, "n2")
		if (y1 != y2 || n1 != n2) && s.Write(y1, n1) == s.Write(y2, n2) {
			t.Fatalf("%d %d and %d %d are both %s", y1, n1, y2, n2, s.Write(y1, n1))
		}
	})
}

func FuzzNumberFormat(f *testing.F) {
	for _, seed := range []string{"{body} {year}/{n:5}", "{n}", "{", "{n:}", "{body}{{n}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, format string) {
		s := Series{Prefix: "KS", Format: NumberFormat(format), Running: true}
		if s.Check() != nil {
			return
		}
		if s.Write(2026, 1) == s.Write(2026, 2) {
			t.Errorf("%q gives the same number twice: %s", format, s.Write(2026, 1))
		}
	})
}
