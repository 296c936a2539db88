package casetype

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
)

// words is the vocabulary of rich's whole form.
func words(t testing.TB) (*CaseType, vocabulary) {
	ct := compiledRich(t)
	return ct, vocabulary{questions: ct.byKey}
}

func TestWhatExpressionsGive(t *testing.T) {
	ct, voc := words(t)
	clean, faults := ct.Validate(with(villa(), "area", "12,5", "slut", "2026-06-30", "besok", "2026-05-02", "besok.time", "08:00",
		"delar.2.vad", "Dörr", "delar.2.antal", "3", "delar.2.sort", "ny", "post.street", "Box 1", "post.postcode", "12345", "post.town", "Ort",
		"barn.1.name", "Kim", "barn.1.number", "20150101-9820", "barn.2.name", "Lo", "barn.2.number", "20120615-9848"))
	if faults != nil {
		t.Fatal(faults)
	}
	for source, want := range map[string]string{
		`area`: "12.5", `area * 2 + 0.1`: "25.1", `-area`: "-12.5", `area - -1`: "13.5", `0.1 + 0.2`: "0.3", `7 % 3`: "1", `area % 5`: "2.5",
		`10 / 4`: "2.5", `round(10 / 3, 2)`: "3.33", `round(2.5, 0)`: "3", `round(-2.5, 0)`: "-3", `1 / 3 * 3`: "1", `min(3, area, 2)`: "2", `max(3, area)`: "12.5",
		`area == 12.50`: "yes", `area in ["12.5"]`: "!", `area > 12 and area <= 12.5`: "yes", `1 < area and area < 3`: "no",
		`slag`: "villa", `slag == "villa" ? 1 : 2`: "1", `slag in ["riva", "villa"]`: "yes", `slag not in ["riva"]`: "yes",
		`start < "2026-06-01"`: "yes", `days(start, slut)`: "60", `days(slut, start)`: "-60", `years("2000-02-29", "2026-02-28")`: "26", `years("2000-03-01", "2026-02-28")`: "25",
		`years("2026-02-28", "2000-02-29")`: "-26", `days(start, besok)`: "1", `besok`: "2026-05-02T08:00", `besok >= "2026-05-02"`: "yes",
		`today`: "2026-03-01", `start >= today`: "yes", `acting`: "self", `signed_in`: "yes", `not signed_in or acting == "organisation"`: "no",
		`len(delar)`: "2", `len(barn)`: "2", `len(sokande)`: "1", `len(firma)`: "0", `len(slag)`: "5",
		`total(delar, "antal")`: "5", `total(delar, "summa")`: "250", `total(delar, "pris")`: "125", `has(delar, "sort", "ny")`: "yes", `has(delar, "sort", "gammal")`: "no",
		`age(sokande)`: "36", `age(barn)`: "11", `post`: "yes", `totalt + 1`: "251", `omyndig`: "no",
		`"Yta " + slag`: "Yta villa", `fastighet startsWith "EK" && fastighet contains "3:" && fastighet endsWith "12"`: "yes", `fastighet matches "^EK.* [0-9]+:"`: "yes",
	} {
		p, err := compileExpression(source, 0, voc)
		if want == "!" {
			if err == nil {
				t.Errorf("%s is let through", source)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		s := scope{ct: ct, clean: clean}
		v, ok := s.eval(p)
		got, _ := made(map[kind]ValueKind{kindBool: AsYesNo, kindNumber: AsNumber, kindText: AsText}[p.root.kind], v)
		if got != want || !ok {
			t.Errorf("%s gives %s, want %s", source, got, want)
		}
	}
	s := scope{ct: ct, clean: Clean{}}
	for source, want := range map[string]string{`age(sokande)`: "-1", `age(barn)`: "-1", `days(start, slut)`: "0", `area`: "0", `total(delar, "antal")`: "0"} {
		p, err := compileExpression(source, kindNumber, voc)
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := s.eval(p); v.n.RatString() != want {
			t.Errorf("%s of nothing gives %s, want %s", source, v.n, want)
		}
	}
}

func TestAnExpressionThatCannotBeIsRefusedWithTheRemedy(t *testing.T) {
	_, voc := words(t)
	for _, tt := range []struct{ source, says, suggest string }{
		{`slagg == "villa"`, `"slagg", which is no question`, "slag"},
		{`slag == "vila"`, `no option "vila"`, "villa"},
		{`slag == "hus"`, `no option "hus"`, ""}, // a branch
		{`slag in ["villa", "rivva"]`, `no option "rivva"`, "riva"},
		{`has(delar, "sort", "nya")`, `no option "nya"`, "ny"},
		{`has(delar, "sorts", "ny")`, `no column "sorts"`, "sort"},
		{`total(delar, "vad") > 1`, "no numbers", ""},
		{`totl(delar, "antal") > 1`, "function totl", "total"},
		{`acting == "organization"`, `never "organization"`, "organisation"},
		{`start < "2026-13-01"`, "not a date", ""}, {`today == "idag"`, "not a date", ""}, {`days("igår", today) > 1`, "not a date", ""},
		{`slag`, `"slag" is text but must be yes or no here; compare it`, ""},
		{`area`, `"area" is a number`, ""}, {`delar`, "len(delar)", ""}, {`sokande`, "len(sokande)", ""},
		{`signed_in == "yes"`, "yes or no", ""}, {`omyndig == "yes"`, "write omyndig or not omyndig", ""},
		{`area > "12"`, "must be a number", ""}, {`area + slag == "x"`, "must be a number", ""}, {`slag > "a"`, "no order", ""},
		{`area / kostnad > 1`, "could be 0", ""}, {`area % 0 > 1`, "could be 0", ""}, {`area / (kostnad + 1) > 1`, "could be 0", ""},
		{`round(area, area) > 1`, "decimals to round to", ""}, {`round(area, 9) > 1`, "decimals to round to", ""},
		{`age(firma) > 1`, "person or children", ""}, {`age(area) > 1`, "person or children", ""},
		{`fastighet matches slag`, "written out", ""}, {`fastighet matches "("`, "cannot be read", ""},
		{`start == nil`, "nil is not used", ""}, {`(slag == "villa" ? 1 : "x") == 1`, "must be a number", ""},
		{`len(1..100000000) > 0`, "not allowed", ""}, {`all([1], true)`, "not allowed", ""}, {`any(delar, # == 1)`, "not allowed", ""},
		{`2 ** 9 > 1`, "not allowed", ""}, {`let x = area; x * x > 1`, "not allowed", ""}, {`area > 1; true`, "not allowed", ""}, {`slag[0] == "v"`, "not allowed", ""},
		{`slag[1:] == "illa"`, "not allowed", ""}, {`now() == start`, "not allowed", ""}, {`repeat(slag, 1000000) == ""`, "not allowed", ""}, {`area.x == 1`, "not allowed", ""},
		{`sokande.name == "x"`, "not allowed", ""}, {`(`, "cannot be read", ""}, {strings.Repeat("not ", 500) + "true", "longer", ""}, {strings.Repeat("1+", 150) + "1 > 0", "cannot be read", ""},
	} {
		_, err := compileExpression(tt.source, kindBool, voc)
		if err == nil {
			t.Errorf("%s is let through", tt.source)
		} else if f := asFault(err); !strings.Contains(f.message, tt.says) || f.suggest != tt.suggest && tt.suggest != "" {
			t.Errorf("%s: %q (did you mean %q), want …%s… (%q)", tt.source, f.message, f.suggest, tt.says, tt.suggest)
		}
	}
}

func TestATextThatIsMadeHasABound(t *testing.T) {
	_, voc := words(t)
	p, err := compileExpression(strings.TrimSuffix(strings.Repeat("fastighet+", 90), "+")+` == "x"`, kindBool, voc)
	if err != nil {
		t.Fatal(err)
	}
	s := scope{ct: compiledRich(t), clean: Clean{"fastighet": {strings.Repeat("x", 1000)}}}
	if _, ok := s.eval(p); ok {
		t.Error("a text of 90 000 bytes was made")
	}
}

// sum is a random amount in kronor: its source, and its exact value.
type sum struct {
	source string
	value  *big.Rat
}

// sums draws expressions over x and y, and values them with fractions of whole öre on its own.
func sums(values map[string]*big.Rat) *rapid.Generator[sum] {
	var draw func(t *rapid.T, depth int) sum
	draw = func(t *rapid.T, depth int) sum {
		if depth == 0 {
			switch rapid.IntRange(0, 2).Draw(t, "leaf") {
			case 0:
				name := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "name")
				return sum{name, values[name]}
			case 1:
				n := rapid.Int64Range(0, 10000).Draw(t, "n")
				return sum{fmt.Sprint(n), new(big.Rat).SetInt64(n)}
			}
			n := rapid.Int64Range(0, 10000000).Draw(t, "n")
			return sum{fmt.Sprintf("%d.%04d", n/10000, n%10000), big.NewRat(n, 10000)}
		}
		a, b := draw(t, depth-1), draw(t, depth-1)
		out := new(big.Rat)
		switch rapid.IntRange(0, 6).Draw(t, "op") {
		case 0:
			return sum{"(" + a.source + " + " + b.source + ")", out.Add(a.value, b.value)}
		case 1:
			return sum{"(" + a.source + " - " + b.source + ")", out.Sub(a.value, b.value)}
		case 2:
			return sum{a.source + " * " + b.source, out.Mul(a.value, b.value)}
		case 3:
			n := rapid.Int64Range(1, 99).Draw(t, "n")
			return sum{fmt.Sprintf("(%s / %d.5)", a.source, n), out.Quo(a.value, big.NewRat(2*n+1, 2))}
		case 4:
			if a.value.Cmp(b.value) > 0 {
				a.value, b.value = b.value, a.value
			}
			return sum{"min(" + a.source + ", " + b.source + ")", a.value}
		case 5:
			if a.value.Cmp(b.value) < 0 {
				return sum{"(" + a.source + " < " + b.source + " ? " + a.source + " : " + b.source + ")", a.value}
			}
			return sum{"(" + a.source + " < " + b.source + " ? " + a.source + " : " + b.source + ")", b.value}
		}
		return sum{"round(" + a.source + ", 2)", new(big.Rat).SetFrac(ore(a.value), big.NewInt(100))}
	}
	return rapid.Custom(func(t *rapid.T) sum { return draw(t, rapid.IntRange(0, 3).Draw(t, "depth")) })
}

// ore is an amount in whole öre, half of one away from zero.
func ore(kronor *big.Rat) *big.Int {
	n := new(big.Int).Mul(kronor.Num(), big.NewInt(200))
	if n.Sign() < 0 {
		n.Sub(n, kronor.Denom())
	} else {
		n.Add(n, kronor.Denom())
	}
	return n.Quo(n, new(big.Int).Mul(kronor.Denom(), big.NewInt(2)))
}

func TestEveryPriceIsExactToTheOre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Int64Range(0, 1e9).Draw(t, "x"), rapid.Int64Range(0, 1e9).Draw(t, "y")
		want := sums(map[string]*big.Rat{"x": big.NewRat(x, 1000), "y": big.NewRat(y, 100)}).Draw(t, "sum")
		d := sample()
		d.Form.Steps[1].Questions = append(d.Form.Steps[1].Questions, Question{Key: "x", Type: TypeNumber, Label: tx("X"), Validate: Limits{Decimals: 3}},
			Question{Key: "y", Type: TypeMoney, Label: tx("Y")}, Question{Key: "z", Type: TypeComputed, As: AsMoney, Value: want.source, Label: tx("Z")})
		d.Payment = &Payment{Amount: want.source, Text: tx("Avgift")}
		ct, issues := Compile(d)
		if issues != nil {
			t.Skip("the expression is too long") // the only thing that can be wrong with it
		}
		clean, faults := ct.Validate(with(whole(), "x", fmt.Sprintf("%d,%03d", x/1000, x%1000), "y", fmt.Sprintf("%d.%02d", y/100, y%100)))
		öre := ore(want.value)
		if len(faults) > 0 && faults[0].Code == ErrTooLarge && len(new(big.Int).Abs(öre).String()) > maxComputed+2 {
			return
		}
		if faults != nil {
			t.Fatal(faults)
		}
		price, pay := ct.Price(clean)
		if pay != (öre.Sign() > 0) || pay && öre.Cmp(big.NewInt(int64(price))) != 0 {
			t.Fatalf("%s costs %s, want %s öre", want.source, price, öre)
		}
		sign, abs := "", new(big.Int).Abs(öre)
		if öre.Sign() < 0 {
			sign = "-"
		}
		digits := fmt.Sprintf("%03s", abs)
		if got, want := clean.Get("z"), sign+digits[:len(digits)-2]+"."+digits[len(digits)-2:]; got != want {
			t.Fatalf("the computed value is %s, want %s", got, want)
		}
	})
}

// An expression of any form is refused, or evaluated within a time and space that its length bounds.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{`slag == "villa"`, `"a" in [slag] and not signed_in`, `len(1..1000000) > 3`, `fastighet matches "^(a+)+$"`, `slag[2:]`, `(`, `2 ** 1e9 > 1`,
		`area*area*area*area/3/7/11`, `total(delar, "summa") + round(kostnad / 7, 3)`, `age(barn) > 3 ? days(start, today) : years(start, slut)`, `1e300 * 1e300`, `-0.0000001 % 3`,
		`max(1, kostnad) / max(1, area)`, `slag + fastighet + slag`} {
		f.Add(s)
	}
	ct, voc := words(f)
	clean, faults := ct.Validate(with(villa(), "kostnad", "999 999 999 999,99", "slut", "2026-06-30", "barn.1.name", "Kim", "barn.1.number", "20150101-9820"))
	if faults != nil {
		f.Fatal(faults)
	}
	clean["fastighet"] = []string{strings.Repeat("a", 5000)}
	f.Fuzz(func(t *testing.T, source string) {
		p, err := compileExpression(source, 0, voc)
		if err != nil {
			return
		}
		began := calendar.System().Now()
		s := scope{ct: ct, clean: clean}
		v, ok := s.eval(p)
		if took := calendar.System().Now().Sub(began); took > time.Second {
			t.Errorf("%q took %s", source, took)
		}
		if ok && len(v.s) > maxMade+maxExpression {
			t.Errorf("%q made %d bytes", source, len(v.s))
		}
		if ok && p.root.kind == kindNumber && v.n.Num().BitLen()+v.n.Denom().BitLen() > 64*maxNodes+10*maxExpression {
			t.Errorf("%q made a number of %d bits", source, v.n.Num().BitLen())
		}
	})
}

// The longest expression there may be, over the largest answers.
func BenchmarkExpression(b *testing.B) {
	ct, voc := words(b)
	clean, _ := ct.Validate(villa())
	clean["kostnad"] = []string{"999999999999.99"}
	p, err := compileExpression(strings.TrimSuffix(strings.Repeat("kostnad / 7.77 * ", 49), " * ")+" > 1", kindBool, voc)
	if err != nil {
		b.Fatal(err)
	}
	s := scope{ct: ct, clean: clean}
	for b.Loop() {
		s.holds(p)
	}
}
