package web

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/printout"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
)

// printed sends what was handed in as a PDF, to whoever may see the case.
func (m *Module) printed(w http.ResponseWriter, r *http.Request, v cases.CitizenView) error {
	l := i18n.From(r.Context())
	var pdf bytes.Buffer
	if err := printout.Sheet(l, m.Town.Name, v).Write(&pdf); err != nil {
		return fmt.Errorf("printing a submission: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", documents.PDF)
	h.Set("Content-Length", strconv.Itoa(pdf.Len()))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": printout.FileName(l, v.Case.Number)}))
	h.Set("X-Content-Type-Options", "nosniff")
	_, err := w.Write(pdf.Bytes())
	return err
}
