package cases_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"dygnet/internal/casework/cases"
)

func TestAReferenceMeansTheCasesItBeginsLike(t *testing.T) {
	s := cases.NewSecrets([]byte("0123456789abcdef0123456789abcdef"))
	rapid.Check(t, func(t *rapid.T) {
		var key uuid.UUID
		copy(key[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key"))
		key[6], key[8] = key[6]&0x0f|0x70, key[8]&0x3f|0x80
		id, err := s.CaseID(key.String())
		if err != nil {
			t.Fatal(err)
		}
		ref := s.Reference(id)
		for _, typed := range []string{ref, strings.ToLower(ref), strings.ReplaceAll(ref, "-", " "), strings.ReplaceAll(ref, "0", "O")} {
			if prefix, ok := s.Referred(typed); !ok || len(prefix) != 18 || !strings.HasPrefix(id, prefix) {
				t.Fatalf("%q of %s means %q", typed, id, prefix)
			}
		}
	})
	for _, other := range []string{"", "V", "KS 2026/00001", "V-UUUU-0000-0000", "V-0000-0000-000", "VÅ 2026/00001"} {
		if _, ok := s.Referred(other); ok {
			t.Errorf("%q is no reference", other)
		}
	}
}
