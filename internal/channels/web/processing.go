package web

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/ui"
)

// processing is one row of the register of article 30: how an e-service uses personal data, out of its own definition.
type processing struct {
	id, service                                      string
	purpose, ground, kinds, special, shared, keeping string
}

// processingOf reads a definition for the register.
func processingOf(ctx context.Context, ct *casetype.CaseType) processing {
	l := lang(ctx)
	p := processing{id: ct.ID, service: ct.Title.In(l), purpose: ct.GDPR.Purpose.In(l), ground: ui.T(ctx, "public.ground."+string(ct.GDPR.Ground)),
		kinds: ui.T(ctx, "public.data.contact"), special: ui.T(ctx, "public.privacy.nothing"), shared: ui.T(ctx, "public.privacy.nobody")}
	var kinds []string
	for _, k := range ct.GDPR.Categories {
		kinds = append(kinds, ui.T(ctx, "public.data."+string(k)))
	}
	if len(kinds) > 0 {
		p.kinds = strings.Join(kinds, ", ")
	}
	if ct.GDPR.Special != "" {
		p.special = ui.T(ctx, "public.privacy.article", "Point", ct.GDPR.Special)
	}
	if shared := ct.GDPR.Shared.In(l); shared != "" {
		p.shared = shared
	}
	var keeping []string
	for _, d := range ct.Documents {
		keeping = append(keeping, d.Title.In(l)+": "+kept(ctx, d))
	}
	p.keeping = strings.Join(keeping, "; ")
	return p
}

// kept is how long a kind of document is kept.
func kept(ctx context.Context, d casetype.DocumentType) string {
	if d.Nomination == casetype.Preserve {
		return ui.T(ctx, "public.privacy.forever")
	}
	return ui.T(ctx, "public.privacy.until", "Time", period(ctx, d.After))
}

// processings is the register over the services that are open today (GDPR article 30.1).
func (m *Module) processings(ctx context.Context) []processing {
	var out []processing
	for _, ct := range m.Services.Open(m.today()) {
		out = append(out, processingOf(ctx, ct))
	}
	return out
}

func processingColumns(ctx context.Context) []string {
	return []string{ui.T(ctx, "public.privacy.service"), ui.T(ctx, "public.privacy.purpose"), ui.T(ctx, "public.privacy.ground"), ui.T(ctx, "public.privacy.kinds"),
		ui.T(ctx, "public.privacy.special"), ui.T(ctx, "public.privacy.shared"), ui.T(ctx, "public.privacy.keeping")}
}

// processingTable is the register on a page.
func (m *Module) processingTable(ctx context.Context) ui.Table {
	t := ui.Table{Caption: ui.T(ctx, "public.privacy.table")}
	for _, title := range processingColumns(ctx) {
		t.Columns = append(t.Columns, ui.Column{Title: title})
	}
	for _, p := range m.processings(ctx) {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: p.service, Href: "/e-tjanster/" + p.id}, {Text: p.purpose}, {Text: p.ground}, {Text: p.kinds}, {Text: p.special}, {Text: p.shared}, {Text: p.keeping}}})
	}
	return t
}

// processingCSV is the register to download, with the municipality that answers for it and the day it was made.
func (m *Module) processingCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var b strings.Builder
	b.WriteString("\ufeff") // so that spreadsheets read it as UTF-8
	out := csv.NewWriter(&b)
	out.Comma = ';'
	records := [][]string{append([]string{"id"}, append(processingColumns(ctx), ui.T(ctx, "public.privacy.controller"), ui.T(ctx, "public.privacy.day"))...)}
	for _, p := range m.processings(ctx) {
		records = append(records, []string{p.id, p.service, p.purpose, p.ground, p.kinds, p.special, p.shared, p.keeping, m.Town.Name.In(lang(ctx)), m.today().String()})
	}
	if err := out.WriteAll(records); err != nil {
		return fmt.Errorf("writing the register of personal data: %w", err)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="personuppgifter-`+string(lang(ctx))+`.csv"`)
	_, _ = w.Write([]byte(b.String()))
	return nil
}
