package casetype

import (
	"math/big"
	"slices"

	"dygnet/internal/kernel/calendar"
)

// domain is one answer of each kind that the conditions can tell apart.
func (s *search) domain(q *question) []Clean {
	out, ok := s.domains[q]
	if !ok {
		out = s.kinds(q)
		s.domains[q] = out
	}
	return out
}

func (s *search) kinds(q *question) []Clean {
	var out []Clean
	give := func(values ...string) { out = append(out, Clean{q.Key: values}) }
	texts := s.texts[q]
	switch q.Type {
	case TypeYesNo:
		give(yes)
		give(no)
	case TypeConsent:
		give(yes)
	case TypePlace:
		out = append(out, Clean{q.Key + PartAddress: {"x"}})
	case TypeAddress:
		out = append(out, Clean{q.Key + PartStreet: {"x"}})
	case TypeNumber, TypeMoney:
		for _, n := range neighbours(q, texts) {
			give(n)
		}
	case TypeDate:
		for _, t := range append(texts, "2000-01-01") {
			if d, err := calendar.ParseDate(t); err == nil {
				give(d.AddDays(-1).String())
				give(t)
				give(d.AddDays(1).String())
			}
		}
	case TypeMulti:
		for set := range 1 << len(texts) {
			var chosen []string
			for i, t := range texts {
				if set>>i&1 == 1 {
					chosen = append(chosen, t)
				}
			}
			if rest := other(q, texts); chosen == nil && rest != "" {
				chosen = []string{rest}
			}
			if chosen != nil {
				give(chosen...)
			}
		}
	default:
		for _, t := range texts {
			if t != "" {
				give(t)
			}
		}
		if rest := other(q, texts); rest != "" {
			give(rest)
		}
	}
	return out
}

// other is an answer that is none of texts, "" if there is none.
func other(q *question, texts []string) string {
	if len(q.leaves) == 0 {
		rest := "x"
		for slices.Contains(texts, rest) {
			rest += "x"
		}
		return rest
	}
	for _, o := range q.leaves {
		if !slices.Contains(texts, o.Value) {
			return o.Value
		}
	}
	return ""
}

// neighbours are the numbers at, just below and just above those compared with, within the limits of the question.
func neighbours(q *question, texts []string) []string {
	decimals := q.Validate.Decimals
	if q.Type == TypeMoney {
		decimals = 2
	}
	step, _ := decimal(new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)).FloatString(decimals))
	var out []string
	try := func(n *big.Rat) {
		if n.Cmp(q.least) >= 0 && (q.most == nil || n.Cmp(q.most) <= 0) {
			out = append(out, n.FloatString(decimals))
		}
	}
	for _, t := range texts {
		n, _ := new(big.Rat).SetString(t)
		near, _ := new(big.Rat).SetString(n.FloatString(decimals))
		for _, by := range []int64{0, -1, 1} {
			try(new(big.Rat).Add(near, new(big.Rat).Mul(step, new(big.Rat).SetInt64(by))))
		}
	}
	try(q.least)
	if q.most != nil {
		try(q.most)
	}
	return out
}
