package casetype

import (
	"errors"
	"math/big"
	"regexp"
	"strings"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/money"
)

const (
	maxDecimals = 6  // of an answer, and to round to
	maxWhole    = 12 // digits before the decimal sign of an answer
	keptDigits  = 10 // decimals of a computed number, where it has no end
	maxComputed = 15 // digits before the decimal sign of a computed value
	maxDigits   = 40 // of a number in answers
)

// decimal reads a number in its one form, -1234.5, exactly.
func decimal(s string) (*big.Rat, bool) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// rounded is n to so many decimals, half away from zero.
func rounded(n *big.Rat, decimals int) *big.Rat {
	out, _ := new(big.Rat).SetString(n.FloatString(decimals))
	return out
}

// canonical is the one form of a decimal number: no zeros that say nothing, no minus zero.
func canonical(s string) string {
	minus := strings.HasPrefix(s, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if fraction != "" {
		out += "." + fraction
	}
	if minus && out != "0" {
		out = "-" + out
	}
	return out
}

// typedNumber is a number as people write it: a thousand set off by a space or not at all, comma or point before the decimals.
var typedNumber = regexp.MustCompile(`^[-−]?(\d{1,3}(?:[ \x{a0}\x{202f}\x{2009}]\d{3})+|\d+)(?:[.,](\d+))?$`)

// number reads a number as people write it.
func (a *answer) number(s string) (string, bool) {
	m := typedNumber.FindStringSubmatch(s)
	if m == nil {
		a.fault(a.field, ErrNumber, nil)
		return "", false
	}
	if decimals := len(strings.TrimRight(m[2], "0")); decimals > a.q.Validate.Decimals {
		a.fault(a.field, ErrDecimals, map[string]int{"Max": a.q.Validate.Decimals})
		return "", false
	}
	s = canonical(plainNumber(s))
	return s, a.within(s)
}

// plainNumber is a typed number with a point before the decimals and nothing between the thousands.
func plainNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\u2009':
			return -1
		case ',':
			return '.'
		case '−':
			return '-'
		}
		return r
	}, s)
}

// amount reads kronor and öre as people write them.
func (a *answer) amount(s string) (string, bool) {
	n, err := money.Parse(s)
	switch {
	case errors.Is(err, money.ErrOverflow):
		a.limit(ErrMax, strings.Repeat("9", maxWhole))
		return "", false
	case err != nil:
		a.fault(a.field, ErrMoney, nil)
		return "", false
	}
	return n.String(), a.within(n.String())
}

// within checks a number against its limits. One without a lowest limit may not be below zero.
func (a *answer) within(s string) bool {
	n, ok := decimal(s)
	switch whole, _, _ := strings.Cut(strings.TrimPrefix(s, "-"), "."); {
	case !ok || len(whole) > maxWhole:
		a.limit(ErrMax, strings.Repeat("9", maxWhole))
		return false
	case n.Cmp(a.q.least) < 0:
		a.limit(ErrMin, canonical(a.q.least.FloatString(maxDecimals)))
		return false
	case a.q.most != nil && n.Cmp(a.q.most) > 0:
		a.limit(ErrMax, canonical(a.q.most.FloatString(maxDecimals)))
		return false
	}
	return true
}

// made is a computed value in its one form; false if it is too large.
func made(as ValueKind, v value) (string, bool) {
	switch as {
	case AsYesNo:
		if v.b {
			return yes, true
		}
		return no, true
	case AsText:
		return strings.Join(strings.Fields(v.s), " "), true
	}
	s := v.n.FloatString(keptDigits)
	if as == AsMoney {
		s = v.n.FloatString(2)
	}
	if whole, _, _ := strings.Cut(strings.TrimPrefix(s, "-"), "."); len(whole) > maxComputed {
		return "", false
	}
	if as == AsMoney {
		if s == "-0.00" {
			s = "0.00"
		}
		return s, true
	}
	return canonical(s), true
}

// kronor is a number of kronor as an amount, rounded half up to the öre; false if it is too large.
func kronor(n *big.Rat) (money.Amount, bool) {
	s, ok := made(AsMoney, value{n: n})
	if !ok {
		return 0, false
	}
	amount, err := money.Parse(s)
	return amount, err == nil
}

// formatNumber writes a number as people read it: 1 234,5 or 1,234.5.
func formatNumber(s string, l i18n.Lang) string {
	space, comma := "\u00a0", ","
	if l == i18n.EN {
		space, comma = ",", "."
	}
	minus := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		minus, s = "−", rest
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + space + whole[i:]
	}
	if fraction != "" {
		whole += comma + fraction
	}
	return minus + whole
}

// formatMoney writes an amount in its one form as people read it.
func formatMoney(s string, l i18n.Lang) string {
	if amount, err := money.Parse(s); err == nil {
		return money.Format(amount, l)
	}
	return s
}
