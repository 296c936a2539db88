package documents_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	_ "gocloud.dev/blob/memblob"
	"pgregory.net/rapid"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var migrations = []fs.FS{documents.Migrations}

var anything = documents.Limits{MaxBytes: 1 << 40, Types: []string{documents.AnyType}, Original: true}

type place struct {
	*documents.Vault
	db     *store.DB
	folder string
	clock  *calendar.Fake
	key    documents.MasterKey
}

func newKey(t testing.TB) documents.MasterKey {
	t.Helper()
	key, err := documents.GenerateMasterKey(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func open(t testing.TB, db *store.DB, o documents.Options) *documents.Vault {
	t.Helper()
	v, err := documents.Open(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func vault(t testing.TB, db *store.DB, scanner documents.Scanner) place {
	t.Helper()
	p := place{db: db, folder: filepath.Join(t.TempDir(), "documents"), key: newKey(t),
		clock: calendar.NewFake(time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC))}
	p.Vault = open(t, db, documents.Options{URL: p.folder, Key: p.key, Clock: p.clock, Scanner: scanner})
	return p
}

func put(t testing.TB, v *documents.Vault, content []byte) documents.Document {
	t.Helper()
	doc, err := v.Put(t.Context(), bytes.NewReader(content), documents.Meta{Name: "brev.bin", By: "p1", Limits: anything})
	if err != nil {
		t.Fatalf("putting %d bytes: %v", len(content), err)
	}
	return doc
}

func read(t testing.TB, v *documents.Vault, id string) ([]byte, error) {
	t.Helper()
	_, r, err := v.Open(t.Context(), id)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read
	return io.ReadAll(r)
}

func shred(t testing.TB, p place, id string) {
	t.Helper()
	err := p.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return p.Shred(ctx, tx, id) })
	if err != nil {
		t.Fatal(err)
	}
}

func noise(n int) []byte {
	b := make([]byte, n)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(b)
	return b
}

func TestWhatIsPutInComesOut(t *testing.T) {
	storetest.Each(t, migrations, func(t *testing.T, db *store.DB) {
		p := vault(t, db, nil)
		rapid.Check(t, func(r *rapid.T) {
			content := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(r, "content")
			content = bytes.Repeat(content, rapid.SampledFrom([]int{1, 2, 500}).Draw(r, "times"))
			doc := put(t, p.Vault, content)
			got, err := read(t, p.Vault, doc.ID)
			if err != nil || !bytes.Equal(got, content) {
				r.Fatalf("%d bytes came out as %d: %v", len(content), len(got), err)
			}
			if known, err := p.Get(t.Context(), db, doc.ID); err != nil || known != doc || doc.Size != int64(len(content)) {
				r.Fatalf("the database knows %+v, put gave %+v: %v", known, doc, err)
			}
		})
	})
}

func TestWhatIsStoredTellsNothing(t *testing.T) {
	p := vault(t, storetest.SQLite(t, migrations...), nil)
	content := []byte(strings.Repeat("hemligt ", 10_000))
	a, b := put(t, p.Vault, content), put(t, p.Vault, content)
	if a.Blob == b.Blob {
		t.Error("equal files have equal names in the storage")
	}
	stored := blobFile(t, p, a)
	if info, err := os.Stat(stored); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("stored with mode %v, %v", info.Mode(), err)
	}
	cipher, err := os.ReadFile(stored)
	if err != nil || bytes.Contains(cipher, []byte("hemligt")) {
		t.Errorf("plaintext on disk (%v)", err)
	}
	if spooled, err := os.ReadDir(filepath.Join(p.folder, ".spool")); err != nil || len(spooled) != 0 {
		t.Errorf("left in the spool: %v %v", spooled, err)
	}
}

func blobFile(t testing.TB, p place, doc documents.Document) string {
	t.Helper()
	return filepath.Join(p.folder, doc.Blob[:2], doc.Blob)
}

func TestATamperedOrMissingBlobIsDetected(t *testing.T) {
	p := vault(t, storetest.SQLite(t, migrations...), nil)
	content := noise(200_000)
	doc, other := put(t, p.Vault, content), put(t, p.Vault, []byte("other"))
	path := blobFile(t, p, doc)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := func(what string) {
		t.Helper()
		if got, err := read(t, p.Vault, doc.ID); !errors.Is(err, documents.ErrDamaged) || bytes.Equal(got, content) {
			t.Errorf("%s: read gave %d bytes and %v", what, len(got), err)
		}
		var bad []string
		n, err := p.Check(t.Context(), func(id string, err error) { bad = append(bad, id) })
		if err != nil || n != 2 || len(bad) != 1 || bad[0] != doc.ID {
			t.Errorf("%s: check found %v in %d: %v", what, bad, n, err)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		at := rapid.IntRange(0, len(whole)-1).Draw(r, "at")
		changed := bytes.Clone(whole)
		changed[at] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			r.Fatal(err)
		}
		if _, err := read(t, p.Vault, doc.ID); !errors.Is(err, documents.ErrDamaged) {
			r.Fatalf("changed at %d: %v", at, err)
		}
	})
	for what, file := range map[string][]byte{"cut": whole[:len(whole)-1], "cut at a piece": whole[:len(whole)/2], "longer": append(bytes.Clone(whole), 0), "empty": {}} {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		damaged(what)
	}
	swapped, err := os.ReadFile(blobFile(t, p, other))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, swapped, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged("another document's bytes")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	damaged("missing")
	if got, err := read(t, p.Vault, other.ID); err != nil || string(got) != "other" {
		t.Errorf("the other document: %q %v", got, err)
	}
}

func TestAHashChangedInTheDatabaseIsDetected(t *testing.T) {
	storetest.Each(t, migrations, func(t *testing.T, db *store.DB) {
		p := vault(t, db, nil)
		doc := put(t, p.Vault, []byte("avtal"))
		for _, change := range []string{`UPDATE document SET sha256 = '` + strings.Repeat("0", 64) + `'`, `UPDATE document SET size = 4`} {
			do(t, db, change)
			if _, err := read(t, p.Vault, doc.ID); !errors.Is(err, documents.ErrDamaged) {
				t.Errorf("%s: %v", change, err)
			}
		}
	})
}

func do(t testing.TB, db *store.DB, query string, args ...any) {
	t.Helper()
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAShreddedDocumentCannotBeRead(t *testing.T) {
	storetest.Each(t, migrations, func(t *testing.T, db *store.DB) {
		p := vault(t, db, nil)
		doc, other := put(t, p.Vault, []byte("gallras")), put(t, p.Vault, []byte("bevaras"))
		shred(t, p, doc.ID)
		shred(t, p, doc.ID)
		if _, err := read(t, p.Vault, doc.ID); !errors.Is(err, documents.ErrShredded) {
			t.Errorf("reading: %v", err)
		}
		known, err := p.Get(t.Context(), db, doc.ID)
		if err != nil || known.Name != "" || known.SHA256 != "" || known.Shredded != p.clock.Now() {
			t.Errorf("still known: %+v %v", known, err)
		}
		var keys int
		if err := db.QueryRow(t.Context(), `SELECT count(*) FROM document_key`).Scan(&keys); err != nil || keys != 1 {
			t.Errorf("%d keys left, %v", keys, err)
		}
		if n, err := p.Check(t.Context(), func(id string, err error) { t.Error(id, err) }); n != 1 || err != nil {
			t.Errorf("checked %d, %v", n, err)
		}
		if got, err := read(t, p.Vault, other.ID); err != nil || string(got) != "bevaras" {
			t.Errorf("the other document: %q %v", got, err)
		}
	})
}

func TestAShreddedKeyIsGoneFromTheDatabaseFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + path, Migrations: migrations, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	p := vault(t, db, nil)
	doc := put(t, p.Vault, []byte("gallras"))
	var sealed []byte
	if err := db.QueryRow(t.Context(), `SELECT sealed FROM document_key WHERE document_id = $1`, doc.ID).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	shred(t, p, doc.ID)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(raw, sealed[24:]) {
			t.Errorf("the key is still in %s", filepath.Base(file))
		}
	}
}

func TestAStagedFileComesWithItsTransactionOrNotAtAll(t *testing.T) {
	storetest.Each(t, migrations, func(t *testing.T, db *store.DB) {
		p := vault(t, db, nil)
		staged, err := p.Stage(t.Context(), strings.NewReader("bilaga"), documents.Meta{Name: "a.txt", Limits: anything})
		if err != nil {
			t.Fatal(err)
		}
		boom := errors.New("boom")
		insert := func(then error) error {
			return db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				return errors.Join(p.Insert(ctx, tx, staged), then)
			})
		}
		if err := insert(boom); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if _, err := read(t, p.Vault, staged.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("after rollback: %v", err)
		}
		if err := insert(nil); err != nil {
			t.Fatal(err)
		}
		if got, err := read(t, p.Vault, staged.ID); err != nil || string(got) != "bilaga" {
			t.Errorf("after commit: %q %v", got, err)
		}
	})
}

func TestAKeyOpensOnlyItsOwnDocument(t *testing.T) {
	p := vault(t, storetest.SQLite(t, migrations...), nil)
	a, b := put(t, p.Vault, []byte("a")), put(t, p.Vault, []byte("b"))
	do(t, p.db, `UPDATE document_key SET sealed = (SELECT sealed FROM document_key WHERE document_id = $1) WHERE document_id = $2`, a.ID, b.ID)
	do(t, p.db, `UPDATE document SET sha256 = (SELECT sha256 FROM document WHERE id = $1) WHERE id = $2`, a.ID, b.ID)
	if _, err := read(t, p.Vault, b.ID); !errors.Is(err, documents.ErrDamaged) {
		t.Errorf("opened with another's key: %v", err)
	}
}

func TestABucketHoldsDocumentsToo(t *testing.T) {
	db := storetest.SQLite(t, migrations...)
	clock := calendar.NewFake(calendar.System().Now())
	v := open(t, db, documents.Options{URL: "mem://", Key: newKey(t), Clock: clock})
	content := noise(300_000)
	doc, gone := put(t, v, content), put(t, v, []byte("gallras"))
	if got, err := read(t, v, doc.ID); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	shred(t, place{Vault: v, db: db}, gone.ID)
	clock.Advance(25 * time.Hour)
	if n, err := v.Sweep(t.Context(), 24*time.Hour); n != 1 || err != nil {
		t.Errorf("%d went: %v", n, err)
	}
	if n, err := v.Check(t.Context(), func(id string, err error) { t.Error(id, err) }); n != 1 || err != nil {
		t.Errorf("checked %d: %v", n, err)
	}
}

func TestAnAddressThatCannotBeOpenedIsSaidSo(t *testing.T) {
	db := storetest.SQLite(t, migrations...)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"", "file://host/path", "file:///" + file, "nosuch://bucket", file + "/below"} {
		_, err := documents.Open(t.Context(), db, documents.Options{URL: address, Key: newKey(t), Clock: calendar.System()})
		if err == nil {
			t.Errorf("%q was opened", address)
		}
	}
	if _, err := documents.Open(t.Context(), db, documents.Options{URL: t.TempDir(), Clock: calendar.System()}); err == nil {
		t.Error("opened without a key")
	}
}

func TestWhatACallerDoesNotTakeIsRefused(t *testing.T) {
	p := vault(t, storetest.SQLite(t, migrations...), nil)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 100, 100)), nil); err != nil {
		t.Fatal(err)
	}
	photos := documents.Limits{MaxBytes: 1 << 20, Types: []string{documents.JPEG, documents.HEIC}}
	small, few := photos, photos
	small.MaxBytes, few.MaxPixels = 100, 9_999
	heic := "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
	boom := errors.New("boom")
	for _, test := range []struct {
		problem string
		in      io.Reader
		limits  documents.Limits
		want    error
	}{
		{"too-large", bytes.NewReader(photo.Bytes()), small, documents.TooLargeError{Limit: 100}},
		{"pixels", bytes.NewReader(photo.Bytes()), few, documents.PixelsError{Width: 100, Height: 100, Limit: 9_999}},
		{"broken", bytes.NewReader(photo.Bytes()[:photo.Len()/2]), photos, documents.BrokenError{Why: "ends before the picture does"}},
		{"broken", strings.NewReader(""), photos, documents.BrokenError{Why: "empty file"}},
		{"type", strings.NewReader("hej"), photos, nil},
		{"heic", strings.NewReader(heic), photos, nil},
		{"", iotest.ErrReader(boom), photos, boom},
		{"", io.MultiReader(bytes.NewReader(photo.Bytes()[:300]), iotest.ErrReader(boom)), photos, boom},
	} {
		_, err := p.Put(t.Context(), test.in, documents.Meta{Name: "x", Limits: test.limits})
		if err == nil || documents.Problem(err) != test.problem || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("want %q, %v; got %q, %v", test.problem, test.want, documents.Problem(err), err)
		}
	}
	if spooled, err := os.ReadDir(filepath.Join(p.folder, ".spool")); err != nil || len(spooled) != 0 {
		t.Errorf("left in the spool: %v %v", spooled, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Put(cancelled, strings.NewReader("x"), documents.Meta{Limits: anything}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestPhotosAreCleanedUnlessTheOriginalIsWanted(t *testing.T) {
	p := vault(t, storetest.SQLite(t, migrations...), nil)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	loaded := append(bytes.Clone(photo.Bytes()), "59.99N 15.81E"...)
	for _, original := range []bool{false, true} {
		limits := documents.Limits{MaxBytes: 1 << 20, Types: []string{documents.JPEG}, Original: original}
		doc, err := p.Put(t.Context(), bytes.NewReader(loaded), documents.Meta{Name: "IMG_1.exe", Limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(t, p.Vault, doc.ID)
		if err != nil || bytes.Contains(got, []byte("15.81E")) != original || doc.Name != "IMG_1.exe.jpg" || doc.MIME != documents.JPEG {
			t.Errorf("original %v: %q %v %+v", original, got[len(got)-20:], err, doc)
		}
	}
}

func TestALargeFileTakesLittleMemory(t *testing.T) {
	p := vault(t, storetest.SQLite(t, migrations...), nil)
	const size, bound = 200 << 20, 50 << 20
	var peak uint64
	watch := func(r io.Reader) io.Reader {
		n := 0
		return readerFunc(func(b []byte) (int, error) {
			if n++; n%512 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse+m.StackInuse)
			}
			return r.Read(b)
		})
	}
	doc, err := p.Put(t.Context(), watch(generated(size)), documents.Meta{Name: "stor", Limits: anything})
	if err != nil {
		t.Fatal(err)
	}
	_, r, err := p.Open(t.Context(), doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // only read
	if n, err := io.Copy(io.Discard, watch(r)); n != size || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if peak == 0 || peak > bound {
		t.Errorf("%d MB in use at the most", peak>>20)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func generated(size int64) io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{2}), size) }

func BenchmarkPutAndOpen(b *testing.B) {
	p := vault(b, storetest.SQLite(b, migrations...), nil)
	const size = 200 << 20
	content := noise(size)
	var doc documents.Document
	b.Run("put", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			doc = put(b, p.Vault, content)
		}
	})
	b.Run("open", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			_, r, err := p.Open(b.Context(), doc.ID)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				b.Fatal(err)
			}
			_ = r.Close()
		}
	})
	b.Run("put-small", func(b *testing.B) {
		for b.Loop() {
			put(b, p.Vault, content[:20_000])
		}
	})
}
