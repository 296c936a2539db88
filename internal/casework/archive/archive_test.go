package archive_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dygnet/internal/casework/archive"
	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// town is the small municipality with a vault and an exporter.
type town struct {
	*casestest.World
	vault *documents.Vault
	*archive.Exporter
}

func build(t testing.TB, db *store.DB) *town {
	t.Helper()
	w := &town{World: casestest.New(t, db)}
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "key"))
	if err == nil {
		w.vault, err = documents.Open(t.Context(), db, documents.Options{URL: filepath.Join(t.TempDir(), "documents"), Key: key, Clock: w.Clock})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.vault.Close() })
	w.Exporter = archive.New(archive.Config{Cases: w.Service, Vault: w.vault, Journal: w.Log, Directory: w.Org.Directory, Protected: w.World.Protected, TypeText: catalogue.Text,
		Archive: "Kommunen", Number: "212000-0001", Version: "1.0"})
	return w
}

// put stores a document of so many bytes.
func (w *town) put(t testing.TB, name string, content io.Reader) cases.Document {
	t.Helper()
	doc, err := w.vault.Put(t.Context(), content, documents.Meta{Name: name, Limits: documents.Limits{MaxBytes: 1 << 30, Types: []string{documents.AnyType}, Original: true}})
	if err != nil {
		t.Fatal(err)
	}
	return cases.Document{Document: doc.ID, Name: doc.Name, Mime: doc.MIME, Size: doc.Size, SHA256: doc.SHA256}
}

// full is a closed case with everything: so many documents of a size, a mark, a protected party, words that XML cannot hold.
func (w *town) full(t testing.TB, n int, size int64) string {
	t.Helper()
	ctx := t.Context()
	answers := casestest.Broken()
	answers["what"] = []string{"Lampan <är> & \"släckt\""}
	a := w.HandIn(t, answers, func(s *cases.Submission) { s.Person = w.IDs["skyddad"] })
	on := cases.On{Case: a.CaseID}
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	_, err := w.Assign(ctx, w.As("chef"), on, w.IDs["anna"])
	must(err)
	for i := 0; i < n; {
		var files []cases.Document
		for ; len(files) < 10 && i < n; i++ {
			files = append(files, w.put(t, fmt.Sprintf("Ritning %d å.txt", i), io.LimitReader(pattern(i), size)))
		}
		_, err = w.Message(ctx, w.As("anna"), on, "Här är ritningarna.\u0001", files)
		must(err)
	}
	_, err = w.Note(ctx, w.As("anna"), on, "Bara för oss", []cases.Document{w.put(t, "anteckning.txt", strings.NewReader("för oss"))})
	must(err)
	_, err = w.World.Mark(ctx, w.As("chef"), on, cases.Marked, "21 kap. 1 §", "Uppgift om hälsa.")
	must(err)
	_, err = w.Decide(ctx, w.As("anna"), on, cases.Ruling{Key: "lagad", Text: "Lampan är lagad.\nDen lyser <nu>.", To: "avslutad"})
	must(err)
	must(w.Log.Sequence(ctx))
	return a.CaseID
}

// pattern is an endless text of its own for each number.
type pattern int

func (p pattern) Read(b []byte) (int, error) {
	line := fmt.Sprintf("rad i fil %d\n", int(p))
	for i := range b {
		b[i] = line[i%len(line)]
	}
	return len(b), nil
}

var at = time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)

func unpack(t testing.TB, raw []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	return dir
}

func rooms() []fs.FS { return append(casestest.Rooms(), documents.Migrations) }

func TestAPackageHoldsTheWholeCaseAndItsChecksumsHold(t *testing.T) {
	storetest.Each(t, rooms(), func(t *testing.T, db *store.DB) {
		w := build(t, db)
		id := w.full(t, 25, 5000)
		var one, two bytes.Buffer
		written, err := w.Write(t.Context(), &one, id, at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(t.Context(), &two, id, at); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("the same case gave other bytes: %v", err)
		}
		sum := sha256.Sum256(one.Bytes())
		if written.SHA256 != hex.EncodeToString(sum[:]) || written.Bytes != int64(one.Len()) {
			t.Errorf("%+v", written)
		}
		root := filepath.Join(unpack(t, one.Bytes()), archive.Name(written.Number))
		told := checksums(t, filepath.Join(root, "METS.xml"))
		n := 0
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(root, path)
			if rel == "METS.xml" {
				return nil
			}
			raw, err := os.ReadFile(path)
			sum := sha256.Sum256(raw)
			if told[rel] != fmt.Sprintf("%s %d", hex.EncodeToString(sum[:]), len(raw)) {
				t.Errorf("METS says %q of %s", told[rel], rel)
			}
			n++
			return err
		})
		if err != nil || n != len(told) || n+1 != written.Files {
			t.Errorf("%d files, METS has %d, told %d, %v", n, len(told), written.Files, err)
		}
		erms, err := os.ReadFile(filepath.Join(root, "metadata/descriptive/erms.xml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{written.Number, "Ritning 24", "21 kap. 1 §", "Uppgift om hälsa.", "<protectedIdentity>true</protectedIdentity>", "0025.txt", "Person anna", `aggregationType="caseFile"`} {
			if !strings.Contains(string(erms), words) {
				t.Errorf("erms.xml does not say %s", words)
			}
		}
		if strings.Contains(string(erms), "ines@example.se") {
			t.Error("erms.xml has a way to reach somebody with protected personal data")
		}
		for path, words := range map[string]string{"representations/rep1/data/beslut/01.html": "Den lyser &lt;nu&gt;.", "representations/rep1/data/svar.csv": "släckt", "representations/rep1/data/diarium.csv": written.Number + "-1",
			"representations/rep1/data/tidslinje.csv": "Bara för oss", "representations/rep1/data/bevis/0001.json": "dygnet-receipt-v1", "documentation/arendetyp-lampa-v1.json": `"lampa"`, "representations/rep1/data/handlingar/0026.txt": "för oss"} {
			raw, err := os.ReadFile(filepath.Join(root, path))
			if err != nil || !strings.Contains(string(raw), words) {
				t.Errorf("%s does not say %s: %v", path, words, err)
			}
		}
		open := w.HandIn(t, casestest.Broken())
		if _, err := w.Write(t.Context(), io.Discard, open.CaseID, at); !errors.Is(err, archive.ErrOpen) {
			t.Errorf("an open case: %v", err)
		}
		if _, err := w.Write(t.Context(), io.Discard, store.NewID(), at); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no case: %v", err)
		}
	})
}

// checksums are those that METS tells, with the size, by path.
func checksums(t testing.TB, file string) map[string]string {
	t.Helper()
	out := map[string]string{}
	var pending string
	each(t, file, func(e xml.StartElement) {
		a := attributes(e)
		if e.Name.Local == "file" {
			pending = a["CHECKSUM"] + " " + a["SIZE"]
		}
		if e.Name.Local == "mdRef" {
			pending = a["CHECKSUM"] + " " + a["SIZE"]
		}
		if a["href"] != "" {
			out[a["href"]] = pending
		}
	})
	return out
}

func attributes(e xml.StartElement) map[string]string {
	out := map[string]string{}
	for _, a := range e.Attr {
		out[a.Name.Local] = a.Value
	}
	return out
}

func each(t testing.TB, file string, fn func(xml.StartElement)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for d := xml.NewDecoder(f); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			fn(e)
		}
	}
}

// The rules of erms.sch (CITS ERMS 2.1): an attribute that says "other" has another beside it that says what.
func TestFGS_TheRulesOfTheSchematronHold(t *testing.T) {
	w := build(t, storetest.SQLite(t, rooms()...))
	root := w.unpacked(t, w.full(t, 5, 100))
	rules := []struct{ attribute, value, needs string }{
		{"aggregationType", "own_aggregation_definition", "otherAggregationType"}, {"dateType", "Other", "otherDateType"}, {"dateType", "other", "otherDateType"},
		{"directionDefinition", "other", "otherDirectionDefinition"}, {"addressLineType", "other", "otherAddressLineType"}, {"contactLineType", "other", "otherContactLineType"},
		{"agentType", "other", "otherAgentType"}, {"disposalDateType", "other_date", "otherDisposalDateType"}, {"restrictionType", "other_type", "otherRestrictionType"},
		{"relationType", "own_relation_definition", "otherRelationType"},
	}
	seen := 0
	each(t, filepath.Join(root, "metadata/descriptive/erms.xml"), func(e xml.StartElement) {
		a := attributes(e)
		for _, r := range rules {
			if a[r.attribute] != "" {
				seen++
			}
			if a[r.attribute] == r.value && strings.TrimSpace(a[r.needs]) == "" {
				t.Errorf("%s has %s=%q without %s", e.Name.Local, r.attribute, r.value, r.needs)
			}
		}
	})
	if seen == 0 {
		t.Error("the rules had nothing to say")
	}
}

func (w *town) unpacked(t testing.TB, id string) string {
	t.Helper()
	var b bytes.Buffer
	written, err := w.Write(t.Context(), &b, id, at)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(unpack(t, b.Bytes()), archive.Name(written.Number))
}

func TestFGS_APackageOf200DocumentsIsValid(t *testing.T) {
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint (Debian package libxml2-utils) is missing: the package was not validated against the schemas")
	}
	schemas, err := filepath.Abs("../../../../shared/data/fgs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(schemas, "mets.xsd")); err != nil {
		t.Skip("the schemas of ../shared/data/fgs are not here: the package was not validated against them")
	}
	xlink, err := filepath.Abs("testdata/xlink.xsd")
	if err != nil {
		t.Fatal(err)
	}
	w := build(t, storetest.SQLite(t, rooms()...))
	root := w.unpacked(t, w.full(t, 200, 2000))
	work := t.TempDir()
	catalog := fmt.Sprintf(`<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><system systemId="http://www.loc.gov/standards/xlink/xlink.xsd" uri="file://%s"/><uri name="http://www.loc.gov/standards/xlink/xlink.xsd" uri="file://%s"/></catalog>`, xlink, xlink)
	both := fmt.Sprintf(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="http://www.loc.gov/METS/" schemaLocation="%s/mets.xsd"/><xs:import namespace="https://DILCIS.eu/XML/METS/CSIPExtensionMETS" schemaLocation="%s/DILCISExtensionMETS.xsd"/></xs:schema>`, schemas, schemas)
	for name, text := range map[string]string{"catalog.xml": catalog, "both.xsd": both} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	valid := func(schema, file string) error {
		cmd := exec.CommandContext(t.Context(), lint, "--nonet", "--noout", "--schema", schema, file)
		cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(work, "catalog.xml"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %.2000s", err, out)
		}
		return nil
	}
	for file, schema := range map[string]string{"METS.xml": filepath.Join(work, "both.xsd"), "metadata/descriptive/erms.xml": filepath.Join(schemas, "ERMS.xsd")} {
		if err := valid(schema, filepath.Join(root, file)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		raw, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		broken := filepath.Join(work, "broken.xml")
		if err := os.WriteFile(broken, bytes.NewBuffer(bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("caseFile"), []byte("casefile")), []byte(`"SIP"`), []byte(`"SAP"`))).Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if valid(schema, broken) == nil {
			t.Errorf("%s: a broken one is called valid", file)
		}
	}
	if err := exec.CommandContext(t.Context(), lint, "--nonet", "--noout", filepath.Join(root, "metadata/preservation/premis.xml")).Run(); err != nil {
		t.Errorf("premis.xml is not well-formed: %v", err)
	}
}

// highWater keeps the most memory in use that a writer has seen.
type highWater struct {
	n    int64
	most atomic.Uint64
}

func (h *highWater) Write(b []byte) (int, error) {
	if h.n += int64(len(b)); h.n%(4<<20) < int64(len(b)) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		h.most.Store(max(h.most.Load(), m.HeapInuse))
	}
	return len(b), nil
}

// 200 documents of 1 MB stream through the program: at no moment is more than 50 MB in use.
func TestAPackageOf200DocumentsStreamsInFiftyMegabytes(t *testing.T) {
	w := build(t, storetest.SQLite(t, rooms()...))
	id := w.full(t, 200, 1<<20)
	var h highWater
	written, err := w.Write(t.Context(), &h, id, at)
	if err != nil || written.Bytes < 200<<20 {
		t.Fatal(written, err)
	}
	t.Logf("%d MB written, at most %d MB in use", written.Bytes>>20, h.most.Load()>>20)
	if h.most.Load() > 50<<20 || h.most.Load() == 0 {
		t.Errorf("%d MB were in use", h.most.Load()>>20)
	}
}
