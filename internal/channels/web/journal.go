package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"dygnet/internal/kernel/ui"
	kernelweb "dygnet/internal/kernel/web"
)

// journal explains how a receipt is checked, with the public key.
func (m *Module) journal(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	return ui.Render(w, r, http.StatusOK, journalPage(m.simple(r, ui.T(ctx, "public.journal.title"), ui.T(ctx, "public.journal.lead")), m.Journal.Key().Public()))
}

// checkpoint is the signed head of the journal's tree (C2SP tlog-checkpoint).
func (m *Module) checkpoint(w http.ResponseWriter, r *http.Request) {
	head, err := m.Journal.Checkpoint(r.Context())
	if err != nil {
		kernelweb.Error(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, head.Note)
}

// proof is an answer to somebody who audits the journal. Hashes are base64.
type proof struct {
	Size  int64    `json:"size"`
	Entry *int64   `json:"entry,omitempty"`
	From  int64    `json:"from,omitempty"`
	Proof []string `json:"proof"`
}

// inclusion proves that an entry is in the tree: ?size=&entry= (RFC 6962, 2.1.1).
func (m *Module) inclusion(w http.ResponseWriter, r *http.Request) error {
	size, err := wholeNumber(r, "size")
	entry, err2 := wholeNumber(r, "entry")
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	have, err := m.Journal.Size(r.Context())
	if err != nil {
		return err
	}
	if size > have {
		return fmt.Errorf("%w: the tree has no size %d yet", kernelweb.ErrBadRequest, size)
	}
	path, err := m.Journal.Inclusion(r.Context(), size, entry)
	if err != nil {
		return err
	}
	return sendProof(w, proof{Size: size, Entry: &entry, Proof: hashes(path)})
}

// consistency proves that an older tree is the beginning of a newer one: ?from=&size= (RFC 6962, 2.1.2).
func (m *Module) consistency(w http.ResponseWriter, r *http.Request) error {
	from, err := wholeNumber(r, "from")
	size, err2 := wholeNumber(r, "size")
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	path, err := m.Journal.Consistency(r.Context(), size, from)
	if err != nil {
		return err
	}
	return sendProof(w, proof{Size: size, From: from, Proof: hashes(path)})
}

func wholeNumber(r *http.Request, name string) (int64, error) {
	n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: %s is not a whole number", kernelweb.ErrBadRequest, name)
	}
	return n, nil
}

func hashes(path []tlog.Hash) []string {
	out := make([]string, len(path))
	for i, h := range path {
		out[i] = base64.StdEncoding.EncodeToString(h[:])
	}
	return out
}

func sendProof(w http.ResponseWriter, p proof) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("writing a proof: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(body, '\n'))
	return nil
}
