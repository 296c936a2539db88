package i18n

import (
	"context"
	"strconv"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"

	"dygnet/internal/kernel/calendar"
)

// Localizer answers texts in one language. It is safe for concurrent use; a nil Localizer answers ⟦key⟧.
type Localizer struct {
	catalogue *Catalogue
	lang      Lang
	texts     *goi18n.Localizer
}

// Lang returns the language of the localizer.
func (l *Localizer) Lang() Lang {
	if l == nil {
		return SV
	}
	return l.lang
}

// Path returns the address of a page in the language of the localizer, see Lang.Path.
func (l *Localizer) Path(path string) string { return l.Lang().Path(path) }

// T returns the text of the key with its placeholders filled. Arguments are names and values in turn, as in log/slog; the value of
// "Count" must be an int and also chooses the plural form:
//
//	l.T("desk.waiting", "Count", 3)
//
// An unknown key or a missing argument is a bug: it is counted in Catalogue.Faults and shows as ⟦key⟧.
func (l *Localizer) T(key string, args ...any) string {
	if l == nil {
		return "⟦" + key + "⟧"
	}
	m := l.catalogue.messages[l.lang][key]
	switch {
	case m == nil:
		return l.catalogue.fault(l.lang, key, "no such key")
	case m.plain != "" && len(args) == 0:
		return m.plain
	case len(args)%2 != 0:
		return l.catalogue.fault(l.lang, key, "arguments are not pairs")
	}
	config := goi18n.LocalizeConfig{MessageID: key}
	values := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return l.catalogue.fault(l.lang, key, "an argument lacks its name")
		}
		values[name] = args[i+1]
	}
	for _, name := range m.names {
		if _, ok := values[name]; !ok {
			return l.catalogue.fault(l.lang, key, "no argument "+name)
		}
	}
	if count, ok := values["Count"].(int); ok {
		config.PluralCount = count
		values["Count"] = l.Number(int64(count))
	} else if m.plural {
		return l.catalogue.fault(l.lang, key, "Count is not an int")
	}
	config.TemplateData = values
	text, err := l.texts.Localize(&config)
	if err != nil {
		return l.catalogue.fault(l.lang, key, err.Error())
	}
	return text
}

// Has tells whether the key has a text in this language, for keys made from data ("status." + code).
func (l *Localizer) Has(key string) bool {
	return l != nil && l.catalogue.messages[l.lang][key] != nil
}

// Date writes a date for running text: "20 november 2026", "20 November 2026".
func (l *Localizer) Date(d calendar.Date) string { return calendar.FormatDate(d, l.Lang()) }

// DateTime writes a point in time for running text, in Stockholm time: "20 november 2026 kl. 14.02", "20 November 2026 at 14:02".
func (l *Localizer) DateTime(t time.Time) string { return calendar.FormatTime(t, l.Lang()) }

// Number writes a whole number with its thousands apart: "12 345" (no-break space), "12,345".
func (l *Localizer) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	gap := "\u00a0"
	if l.Lang() == EN {
		gap = ","
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + gap + digits[i:]
	}
	return sign + digits
}

// localizerKey is the context key of the localizer.
type localizerKey struct{}

// With returns a context in which pages are written by the localizer.
func With(ctx context.Context, l *Localizer) context.Context {
	return context.WithValue(ctx, localizerKey{}, l)
}

// From returns the localizer of the context, or nil, which answers every text by its key.
func From(ctx context.Context) *Localizer {
	l, _ := ctx.Value(localizerKey{}).(*Localizer)
	return l
}
