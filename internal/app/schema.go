package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"dygnet/internal/casework/pack"
)

// schemas answers GET /schema/{file} with the JSON Schemas of the files of a pack (case-type.json and so on), for the editors of those who
// write them. They are the same for all and change with the program alone.
func schemas(w http.ResponseWriter, r *http.Request) {
	raw, err := pack.Schemas.ReadFile("schema/" + r.PathValue("file"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(raw)
	h := w.Header()
	h.Set("Content-Type", "application/schema+json")
	h.Set("Cache-Control", "public, max-age=86400")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	h.Set("Access-Control-Allow-Origin", "*") // an editor may be a page of its own
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(raw))
}
