package cases

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
)

func TestPersonalNumbersAreTakenOutOfTextHoweverTheyAreWritten(t *testing.T) {
	for in, want := range map[string]string{
		"född 195402059975.":          "född .",
		"19540205-9975":               "",
		"540205-9975 och 540205+9975": " och ",
		"1954-02-05-9975":             "",
		"19 54 02 05 9975":            "",
		"19540205\u00a09975 x":        " x",
		"mistyped 19540205-9974":      "mistyped ",
		"firma 556000-4615":           "firma ",
		"KS 2026/00123 D-2026-000123": "KS 2026/00123 D-2026-000123",
		"070-174 06 83":               "070-174 06 83",
		"konto 1234567890123456":      "konto 1234567890123456",
		"Storgatan 12, 737 30":        "Storgatan 12, 737 30",
	} {
		if got := unnumbered(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	at := calendar.NewDate(2026, 11, 23)
	rapid.Check(t, func(t *rapid.T) {
		day := calendar.NewDate(1930, 1, 1).AddDays(rapid.IntRange(0, 35_000).Draw(t, "day"))
		nine := fmt.Sprintf("%s%03d", strings.ReplaceAll(day.String(), "-", "")[2:], rapid.IntRange(0, 999).Draw(t, "n"))
		sum := 0
		for i, r := range nine {
			d := int(r-'0') * (2 - i%2)
			sum += d/10 + d%10
		}
		twelve := fmt.Sprintf("%d%s%d", day.Year()/100, nine, (10-sum%10)%10)
		between := rapid.SampledFrom([]string{"", "-", " ", "\u00a0", "–"}).Draw(t, "between")
		parts := rapid.SampledFrom([]string{"", "-", " "}).Draw(t, "parts")
		typed := strings.Join([]string{twelve[:4], twelve[4:6], twelve[6:8]}, parts) + between + twelve[8:]
		if rapid.Bool().Draw(t, "short") {
			typed = typed[2:]
		}
		word := rapid.StringMatching(`[a-zåäö ,.]{0,12}`)
		text := word.Draw(t, "before") + typed + word.Draw(t, "after")
		if left := unnumbered(text); len(civic.Find(left, at)) > 0 || strings.Contains(left, twelve[8:]) {
			t.Fatalf("%q leaves %q", text, left)
		}
	})
}
