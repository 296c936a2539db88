package civic_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"

	"pgregory.net/rapid"
)

func at() calendar.Date { return calendar.NewDate(2026, 11, 20) }

// The cases of github.com/personnummer/meta, testdata/list.json, commit 054929a.
func TestPersonnummerMetaList(t *testing.T) {
	for in, want := range map[string]civic.Kind{
		"201509160006": 0, "190905271474": civic.Personnummer, "198707049996": 0, "198211059954": civic.Personnummer,
		"193901829913": 0, "195705749959": civic.Samordningsnummer, "201211209941": 0, "199012119948": civic.Personnummer,
		"201210759984": 0, "197306749982": civic.Samordningsnummer, "187912219990": civic.Personnummer,
		"200012099891":  civic.Personnummer,
		"19090527 1474": civic.Personnummer, // refused there; we read spaces because people write them
	} {
		n, err := civic.Parse(in, at())
		if n.Kind() != want || (err == nil) != (want != 0) {
			t.Errorf("%s is %q (%v), want %q", in, n.Kind(), err, want)
		}
	}
}

// The personal numbers here are of the series that Skatteverket reserves for tests; the organisations are authorities.
func TestParse(t *testing.T) {
	for _, c := range []struct {
		in, want string
		kind     civic.Kind
		err      error
	}{
		{"900131-9814", "199001319814", civic.Personnummer, nil},
		{" 19900131-9814 ", "199001319814", civic.Personnummer, nil},
		{"1990 01 31 9814", "199001319814", civic.Personnummer, nil},
		{"1990-01-31-9814", "199001319814", civic.Personnummer, nil},
		{"900131 \u2013 9814", "199001319814", civic.Personnummer, nil},
		{"900131+9814", "189001319814", civic.Personnummer, nil},
		{"261120-9806", "202611209806", civic.Personnummer, nil},       // born today
		{"261121-9805", "192611219805", civic.Personnummer, nil},       // tomorrow's date: soon 100
		{"261121+9805", "192611219805", civic.Personnummer, nil},       // '+' from 1 January of that year
		{"000229-9808", "200002299808", civic.Personnummer, nil},       // leap day
		{"151201+9801", "191512019801", civic.Personnummer, nil},       //
		{"900160-9818", "199001609818", civic.Samordningsnummer, nil},  // day unknown
		{"191500722390", "191500722390", civic.Samordningsnummer, nil}, // month unknown; published by Skatteverket
		{"202100-5448", "162021005448", civic.Organisationsnummer, nil},
		{"16202100-5448", "162021005448", civic.Organisationsnummer, nil},
		{"202100-5449", "", 0, civic.ErrChecksum},
		{"402100-5448", "", 0, civic.ErrFormat},
		{"202100+5448", "", 0, civic.ErrFormat},
		{"900131-9815", "", 0, civic.ErrChecksum},
		{"990229-9808", "", 0, civic.ErrDate},
		{"202612019801", "", 0, civic.ErrDate}, // not yet born
		{"900192-9810", "", 0, civic.ErrDate},  // day 32
		{"901331-9802", "", 0, civic.ErrDate},  // month 13
		{"900009-1981", "", 0, civic.ErrDate},  // month 0 is for samordningsnummer
		{"169001319814", "", 0, civic.ErrFormat},
		{"90013-19814", "", 0, civic.ErrFormat},
		{"900131-981", "", 0, civic.ErrFormat},
		{"900131-98144", "", 0, civic.ErrFormat},
		{"900131-981A", "", 0, civic.ErrFormat},
		{"900131----9814", "", 0, civic.ErrFormat},
		{"-9001319814", "", 0, civic.ErrFormat},
		{"", "", 0, civic.ErrFormat},
	} {
		n, err := civic.Parse(c.in, at())
		if n.String() != c.want || n.Kind() != c.kind || !errors.Is(err, c.err) {
			t.Errorf("%q is %s %s (%v), want %s %s (%v)", c.in, n.Kind(), n, err, c.kind, c.want, c.err)
		}
		if err != nil && len(c.in) > 0 && strings.Contains(err.Error(), c.in) {
			t.Errorf("the error quotes the number: %v", err)
		}
	}
}

func TestNumberShowsNoMoreThanAsked(t *testing.T) {
	person, _ := civic.Parse("900131-9814", at())
	org, _ := civic.Parse("202100-5448", at())
	if got := []string{person.Mask(), person.Format(), org.Mask(), org.Format()}; !slices.Equal(got,
		[]string{"19900131-****", "19900131-9814", "202100-5448", "202100-5448"}) {
		t.Error(got)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("seen", "number", person)
	if !strings.Contains(log.String(), "number=personnummer") || strings.Contains(log.String(), "1990") {
		t.Errorf("logged as %s", log.String())
	}
}

func TestBirthAndTestNumbers(t *testing.T) {
	for in, want := range map[string]struct {
		birth string
		test  bool
	}{
		"900131-9814": {"1990-01-31", true}, "195705749959": {"1957-05-14", true}, "190905271474": {"1909-05-27", false},
		"900160-9818": {"", true}, "191500722390": {"", false}, "202100-5448": {"", false},
	} {
		n, err := civic.Parse(in, at())
		birth, ok := n.Birth()
		if err != nil || birth.String() != want.birth || ok != (want.birth != "") || n.IsTest() != want.test {
			t.Errorf("%s: born %q, test %v (%v)", in, birth, n.IsTest(), err)
		}
	}
}

func TestFindScreensFreeText(t *testing.T) {
	for in, want := range map[string][]string{
		"Jag heter Ada, 900131-9814, och bor här.":                {"900131-9814"},
		"pnr:19900131-9814/900160 9818.":                          {"19900131-9814", "900160 9818"},
		"1990 01 31 - 9814 och 900131\u00a0\u2013\u00a09814":      {"1990 01 31 - 9814", "900131\u00a0\u2013\u00a09814"},
		"År 2026 900131-9814":                                     {"900131-9814"},
		"nr 5 19900131-9814":                                      {"19900131-9814"},
		"9001319814":                                              {"9001319814"},
		"90013198145 och 59001319814":                             nil, // part of a longer number
		"900131-9815, ring 0223-440 00 eller 070-123 45 67":       nil, // wrong last digit, telephone
		"Kommunen har organisationsnummer 202100-5448":            nil, // public
		"OCR 1234567890123456, dnr KS 2026:123, 2026-11-20 14.02": nil,
		"\xff900131-9814\xff":                                     {"900131-9814"},
	} {
		var got []string
		for _, s := range civic.Find(in, at()) {
			got = append(got, in[s.Start:s.End])
		}
		if !slices.Equal(got, want) {
			t.Errorf("in %q found %q, want %q", in, got, want)
		}
	}
}

// number draws a valid number of a person, by its own check digit arithmetic.
func number(t *rapid.T) string {
	d := calendar.NewDate(rapid.IntRange(1850, 2025).Draw(t, "year"), 1, rapid.IntRange(1, 365).Draw(t, "day"))
	day := d.Day() + rapid.SampledFrom([]int{0, 60}).Draw(t, "samordning")
	s := fmt.Sprintf("%04d%02d%02d%03d", d.Year(), d.Month(), day, rapid.IntRange(980, 999).Draw(t, "birth number"))
	sum := 0
	for i, c := range s[2:] {
		for _, x := range fmt.Sprint(int(c-'0') * (2 - i%2)) {
			sum += int(x - '0')
		}
	}
	return s + fmt.Sprint((10-sum%10)%10)
}

func TestEveryWayToWriteANumberIsTheSameNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := number(t)
		n, err := civic.Parse(s, at())
		if err != nil || n.String() != s {
			t.Fatalf("%s: %s, %v", s, n, err)
		}
		ways := []string{n.Format(), s[:8] + " " + s[8:]}
		if s[:4] >= "1927" {
			ways = append(ways, s[2:], s[2:8]+"-"+s[8:])
		} else {
			ways = append(ways, s[2:8]+"+"+s[8:])
		}
		before := rapid.StringMatching(`[a-zåäö,.: ]*`).Draw(t, "before")
		for _, way := range ways {
			if same, err := civic.Parse(way, at()); err != nil || same != n {
				t.Fatalf("%s is %s (%v), want %s", way, same, err, n)
			}
			if got := civic.Find(before+way+".", at()); len(got) != 1 || got[0].Start != len(before) || got[0].End != len(before+way) {
				t.Fatalf("in %q found %v", before+way+".", got)
			}
		}
		wrong := s[:11] + string('0'+(s[11]-'0'+1)%10)
		if _, err := civic.Parse(wrong, at()); !errors.Is(err, civic.ErrChecksum) {
			t.Fatalf("%s: %v", wrong, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"900131-9814", "191500722390", "202100-5448", "900131+9814", "\u2013", "19000000-0000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := civic.Parse(s, at())
		if (err != nil) != n.IsZero() {
			t.Fatalf("%q gave %q and %v", s, n, err)
		}
		for _, way := range []string{n.String(), n.Format()} {
			if again, err := civic.Parse(way, at()); !n.IsZero() && (err != nil || again != n) {
				t.Errorf("%q is %q, which is %q (%v)", s, n, again, err)
			}
		}
	})
}

func FuzzFind(f *testing.F) {
	f.Add("Jag, 900131-9814 och 19900131 9814, \xff")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, x := range civic.Find(s, at()) {
			if x.Start < last || x.End <= x.Start || x.End > len(s) {
				t.Fatalf("span %d to %d after %d in %d bytes", x.Start, x.End, last, len(s))
			}
			if n, err := civic.Parse(s[x.Start:x.End], at()); err != nil || n != x.Number {
				t.Fatalf("%q found as %s, parsed as %s (%v)", s[x.Start:x.End], x.Number, n, err)
			}
			last = x.End
		}
	})
}

func TestPostnummer(t *testing.T) {
	for in, want := range map[string]string{
		"123 45": "123 45", "12345": "123 45", " SE-123 45": "123 45", "s-12345": "123 45", "123\u00a045": "123 45",
		"1234": "", "01234": "", "123456": "", "12a45": "", "": "",
	} {
		p, err := civic.ParsePostnummer(in)
		if p.Format() != want || (want == "") != errors.Is(err, civic.ErrPostnummer) {
			t.Errorf("%q is %q (%v), want %q", in, p.Format(), err, want)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat("Lyktstolpen vid Storgatan 12 är släckt sedan 2026-11-20, ring 070-123 45 67. ", 50) + "900131-9814"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		civic.Find(text, at())
	}
}
