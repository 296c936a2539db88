package money_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"dygnet/internal/kernel/money"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]money.Amount{
		"1 234,50": 123450, "1234.50": 123450, "1 234:50": 123450, "1\u00a0234,50\u00a0kr": 123450, "SEK 1234.5": 123450,
		"100:-": 10000, "0": 0, "0,05": 5, "-5 kr": -500, "\u22120,01": -1, "12 345 678": 1234567800, "7sek": 700,
		"92 233 720 368 547 758,07": math.MaxInt64, "-92233720368547758.08": math.MinInt64,
	} {
		if got, err := money.Parse(in); got != want || err != nil {
			t.Errorf("%q is %d (%v), want %d", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"": money.ErrFormat, "1.234": money.ErrFormat, "1,234.50": money.ErrFormat, "12 34": money.ErrFormat,
		"1 2345": money.ErrFormat, "--1": money.ErrFormat, ",50": money.ErrFormat, "5 USD": money.ErrFormat, "1e3": money.ErrFormat,
		"92233720368547758,08": money.ErrOverflow, "99999999999999999999": money.ErrOverflow,
	} {
		if got, err := money.Parse(in); !errors.Is(err, want) {
			t.Errorf("%q is %d (%v), want %v", in, got, err, want)
		}
	}
}

func TestFormat(t *testing.T) {
	for in, want := range map[money.Amount][3]string{
		123450:        {"1\u00a0234,50\u00a0kr", "SEK\u00a01,234.50", "1234.50"},
		-5:            {"\u22120,05\u00a0kr", "SEK\u00a0\u22120.05", "-0.05"},
		100000000:     {"1\u00a0000\u00a0000,00\u00a0kr", "SEK\u00a01,000,000.00", "1000000.00"},
		math.MinInt64: {"\u221292\u00a0233\u00a0720\u00a0368\u00a0547\u00a0758,08\u00a0kr", "SEK\u00a0\u221292,233,720,368,547,758.08", "-92233720368547758.08"},
	} {
		if got := [3]string{money.Format(in, "sv"), money.Format(in, "en"), in.String()}; got != want {
			t.Errorf("%d is %q, want %q", in, got, want)
		}
	}
}

func amount() *rapid.Generator[money.Amount] {
	return rapid.Map(rapid.Int64(), func(n int64) money.Amount { return money.Amount(n) })
}

func TestArithmeticIsExactOrFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amount().Draw(t, "a"), amount().Draw(t, "b")
		x, y := big.NewInt(int64(a)), big.NewInt(int64(b))
		check := func(name string, got money.Amount, err error, want *big.Int) {
			if want.IsInt64() && (err != nil || int64(got) != want.Int64()) || !want.IsInt64() && !errors.Is(err, money.ErrOverflow) {
				t.Fatalf("%d %s %d is %d (%v), want %s", a, name, b, got, err, want)
			}
		}
		sum, err := a.Add(b)
		check("+", sum, err, new(big.Int).Add(x, y))
		diff, err := a.Sub(b)
		check("-", diff, err, new(big.Int).Sub(x, y))
		product, err := a.Mul(int64(b))
		check("*", product, err, new(big.Int).Mul(x, y))
	})
}

func TestSplitByLargestRemainder(t *testing.T) {
	for _, c := range []struct {
		a       money.Amount
		weights []int64
		want    []money.Amount
	}{
		{100, []int64{1, 1, 1}, []money.Amount{34, 33, 33}}, // a tie goes to the first
		{-100, []int64{1, 1, 1}, []money.Amount{-34, -33, -33}},
		{1, []int64{0, 1, 2}, []money.Amount{0, 0, 1}},
		{1000, []int64{13, 6}, []money.Amount{684, 316}},
		{math.MinInt64, []int64{5}, []money.Amount{math.MinInt64}},
		{math.MaxInt64, []int64{math.MaxInt64 - 1, 1}, []money.Amount{math.MaxInt64 - 1, 1}},
	} {
		if got, err := c.a.Split(c.weights); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d by %v is %v (%v), want %v", c.a, c.weights, got, err, c.want)
		}
	}
	for _, w := range [][]int64{nil, {0, 0}, {1, -1}} {
		if _, err := money.Amount(1).Split(w); !errors.Is(err, money.ErrWeights) {
			t.Errorf("weights %v: %v", w, err)
		}
	}
	if _, err := money.Amount(1).Split([]int64{math.MaxInt64, 1}); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("weights too large: %v", err)
	}
}

func TestSplitLosesNothingAndIsWithinAnOre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := amount().Draw(t, "a")
		weights := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/20), 1, 20).Draw(t, "weights")
		weights[0]++
		parts, err := a.Split(weights)
		if err != nil {
			t.Fatal(err)
		}
		sum, total := new(big.Int), new(big.Int)
		for i, p := range parts {
			sum.Add(sum, big.NewInt(int64(p)))
			total.Add(total, big.NewInt(weights[i]))
		}
		if sum.Cmp(big.NewInt(int64(a))) != 0 {
			t.Fatalf("the parts of %d add up to %s", a, sum)
		}
		for i, p := range parts { // |p*total - a*weight| < total
			off := new(big.Int).Mul(big.NewInt(int64(p)), total)
			off.Sub(off, new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(weights[i])))
			if off.CmpAbs(total) >= 0 {
				t.Fatalf("part %d of %d by %v is %d, an öre or more from its share", i, a, weights, p)
			}
		}
	})
}

func TestAmountIsAnIntegerInJSONAndSQL(t *testing.T) {
	text, _ := json.Marshal(money.Amount(math.MinInt64))
	var a money.Amount
	if err := json.Unmarshal(text, &a); err != nil || a != math.MinInt64 || string(text) != "-9223372036854775808" {
		t.Errorf("JSON %s came back as %d (%v)", text, a, err)
	}
	if err := json.Unmarshal([]byte("12.5"), &a); err == nil {
		t.Error("half an öre was read from JSON")
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var kind string
	if err := db.QueryRow("SELECT $1, typeof($1)", money.Amount(math.MaxInt64)).Scan(&a, &kind); err != nil || a != math.MaxInt64 || kind != "integer" {
		t.Errorf("SQL gave %d as %s (%v)", a, kind, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1 234,50", "SEK 5", "100:-", "\u22121 kr", "kr", "1 23"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := money.Parse(s)
		if err != nil {
			return
		}
		for _, way := range []string{a.String(), money.Format(a, "sv")} {
			if again, err := money.Parse(way); err != nil || again != a {
				t.Errorf("%q is %d, written %q, read as %d (%v)", s, a, way, again, err)
			}
		}
	})
}
