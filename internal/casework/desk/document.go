package desk

import (
	"fmt"
	"io"
	"mime"
	"slices"
	"strconv"
	"time"

	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/web"
)

// shownTypes are what a browser may show within our pages: pictures without script. Everything else is saved.
func shownTypes() []string { return []string{documents.JPEG, documents.PNG, documents.WebP} }

// document sends a file of a case to somebody who may see the case.
func document(v *visit) error {
	view, err := v.Cases.View(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	for _, d := range view.Documents {
		if strconv.Itoa(d.N) != v.R.PathValue("n") {
			continue
		}
		if d.Hidden {
			return store.ErrNotFound
		}
		info, body, err := v.Vault.Open(v.Ctx(), d.Document)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }()
		how := "attachment"
		if slices.Contains(shownTypes(), info.MIME) {
			how = "inline"
		}
		h := v.W.Header()
		h.Set("Content-Type", info.MIME)
		h.Set("Content-Length", strconv.FormatInt(info.Size, 10))
		h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": d.Name}))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		web.KeepSending(v.W, time.Duration(info.Size/mb+1)*uploadPerMB)
		if _, err := io.Copy(v.W, body); err != nil {
			return fmt.Errorf("sending a document: %w", err)
		}
		return nil
	}
	return store.ErrNotFound
}
