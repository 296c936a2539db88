package cases

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"dygnet/internal/kernel/store"
)

// referenceMark begins every provisional reference.
const referenceMark = "V"

// CaseID is the ID that a submission will have as a case; ErrKey if the key is no UUIDv7.
func (s Secrets) CaseID(key string) (string, error) {
	id, err := uuid.Parse(key)
	if err != nil || id.Version() != 7 {
		return "", ErrKey
	}
	return s.caseID(id), nil
}

// Reference is what a submission is called before its case has a number, "V-01KA-8F3Q-7B2M": the first 60 bits of the case's ID that are
// not the same for all, in the alphabet of follow codes. It opens the case with the code, as the number does, also after it has one.
func (s Secrets) Reference(caseID string) string {
	id, err := uuid.Parse(caseID)
	if err != nil {
		return ""
	}
	bits := binary.BigEndian.Uint64(id[:8])
	bits = bits>>16<<12 | bits&0xfff
	var text [12]byte
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = referenceDigits[bits&31]
		bits >>= 5
	}
	return referenceMark + "-" + string(text[:4]) + "-" + string(text[4:8]) + "-" + string(text[8:])
}

const referenceDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Referred is how the IDs begin that a provisional reference means; false if it is none. It forgives what follow codes forgive.
func (s Secrets) Referred(reference string) (prefix string, ok bool) {
	plain, ok := strings.CutPrefix(plainCode(reference), referenceMark)
	if !ok || len(plain) != 12 {
		return "", false
	}
	var bits uint64
	for _, c := range plain {
		at := strings.IndexRune(referenceDigits, c)
		if at < 0 {
			return "", false
		}
		bits = bits<<5 | uint64(at)
	}
	hex := fmt.Sprintf("%015x", bits)
	return hex[:8] + "-" + hex[8:12] + "-7" + hex[12:], true
}

// referred are the cases that a provisional reference means, nil if it is none; of one that leads nowhere an empty list.
func (s *Service) referred(ctx context.Context, reference string) ([]string, error) {
	prefix, ok := s.secrets.Referred(reference)
	if !ok {
		return nil, nil
	}
	ids, err := store.All(ctx, s.db, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT id FROM cases WHERE id BETWEEN $1 AND $2 LIMIT 20`, prefix+"-0000-000000000000", prefix+"-ffff-ffffffffffff")
	if err != nil {
		return nil, fmt.Errorf("opening a case by reference: %w", err)
	}
	if ids == nil {
		ids = []string{}
	}
	return ids, nil
}
