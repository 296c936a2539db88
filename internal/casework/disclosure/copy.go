package disclosure

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/paper"
)

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// masked makes the copy without what is secret, and stores its bytes. It gives what was taken out, as forms name it, and the hash of the
// original. The names of files say nothing of what they hold.
func (s *Service) masked(ctx context.Context, f Found, as Assessment) (copied *documents.Staged, mask, original string, err error) {
	if as.Own != nil {
		if f.Kind == KindDocument {
			d, err := s.vault.Get(ctx, s.db, f.File.Document)
			if err != nil {
				return nil, "", "", err
			}
			original = d.SHA256
		}
		return as.Own, "", original, nil
	}
	text, hash, err := s.Read(ctx, f)
	if err == nil {
		m, err := ParseMask(as.Words)
		if err != nil {
			return nil, "", "", err
		}
		if len(m) == 0 {
			return nil, "", "", ErrNoMask
		}
		left, err := m.Apply(Lines(text))
		if err != nil {
			return nil, "", "", err
		}
		copied, err := s.sheet(ctx, f, left, "maskerad")
		return copied, strings.Join(as.Words, " "), hash, err
	}
	if !errors.Is(err, ErrNotHere) {
		return nil, "", "", err
	}
	picture, hash, err := s.Picture(ctx, f)
	if err != nil {
		return nil, "", "", err
	}
	cells, err := ParseCells(as.Cells)
	if err != nil {
		return nil, "", "", err
	}
	if len(cells) == 0 {
		return nil, "", "", ErrNoMask
	}
	var out bytes.Buffer
	if err := Blacken(&out, picture, cells); err != nil {
		return nil, "", "", err
	}
	copied, err = s.stage(ctx, &out, "handling-maskerad.png")
	var words []string
	for _, c := range cells {
		words = append(words, c.String())
	}
	return copied, strings.Join(words, " "), hash, err
}

// sheet is a text as a PDF to hand out.
func (s *Service) sheet(ctx context.Context, f Found, text, kind string) (*documents.Staged, error) {
	var out bytes.Buffer
	page := paper.Sheet{Lang: i18n.SV, Title: "Kopia av handling", Foot: f.Number, At: s.clock.Now().UTC()}
	for part := range strings.SplitSeq(text, "\n\n") {
		page.Parts = append(page.Parts, paper.Paragraph(part))
	}
	if err := page.Write(&out); err != nil {
		return nil, err
	}
	return s.stage(ctx, &out, "handling-"+kind+".pdf")
}

func (s *Service) stage(ctx context.Context, r io.Reader, name string) (*documents.Staged, error) {
	staged, err := s.vault.Stage(ctx, r, documents.Meta{Name: name, Limits: documents.Limits{MaxBytes: maxCopy, Types: []string{documents.AnyType}, Original: true}})
	if err != nil {
		return nil, fmt.Errorf("storing a copy: %w", err)
	}
	return staged, nil
}

// maxCopy is how large a copy may be, in bytes.
const maxCopy = 200 << 20

// handOut gives the file that goes out for an item: a copy of its own, that lives and dies with the request. nil when nothing does. staged is
// what is not in the vault yet.
func (s *Service) handOut(ctx context.Context, x Item, f Found) (*documents.Staged, cases.Document, error) {
	file := func(d documents.Document) cases.Document {
		return cases.Document{Document: d.ID, Name: d.Name, Mime: d.MIME, Size: d.Size, SHA256: d.SHA256, Direction: cases.Out}
	}
	switch {
	case x.Outcome == Parts:
		d, err := s.vault.Get(ctx, s.db, x.Copy)
		return nil, file(d), err
	case f.Kind == KindEvent:
		staged, err := s.sheet(ctx, f, f.Text, "hel")
		if err != nil {
			return nil, cases.Document{}, err
		}
		return staged, file(staged.Document), nil
	}
	_, body, err := s.vault.Open(ctx, f.File.Document)
	if err != nil {
		return nil, cases.Document{}, err
	}
	defer func() { _ = body.Close() }()
	staged, err := s.stage(ctx, body, f.File.Name)
	if err != nil {
		return nil, cases.Document{}, err
	}
	return staged, file(staged.Document), nil
}
