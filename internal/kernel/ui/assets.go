package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:assets/dist
var dist embed.FS

// ErrAssets says that the server was built without its stylesheet and scripts.
var ErrAssets = errors.New("stylesheet and scripts are missing: run `make assets`, then build again")

// AssetsPath is the root of the addresses Assets serves.
const AssetsPath = "/assets/"

// Assets is the stylesheet, scripts and icon of one municipality, ready to be served from memory. Use NewAssets.
type Assets struct {
	urls  map[string]string // by logical name: "app.css"
	files map[string]asset  // by the last part of the address
}

// asset is one file with everything a response needs.
type asset struct {
	body      []byte
	zipped    func() []byte // the body compressed, once, when it is first asked for
	kind, tag string
}

// NewAssets makes the stylesheet of the theme and hashes everything, once, at start. It refuses a theme that fails
// Check and returns ErrAssets when the build has not been run.
func NewAssets(theme Theme) (*Assets, error) {
	files, err := fs.Sub(dist, "assets/dist")
	if err != nil {
		return nil, fmt.Errorf("opening the assets: %w", err)
	}
	return newAssets(files, theme)
}

func newAssets(files fs.FS, theme Theme) (*Assets, error) {
	if err := theme.Check(); err != nil {
		return nil, fmt.Errorf("checking the theme: %w", err)
	}
	raw, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAssets
	}
	var manifest map[string]string
	if err == nil {
		err = json.Unmarshal(raw, &manifest)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of assets: %w", err)
	}
	a := &Assets{urls: map[string]string{}, files: map[string]asset{}}
	for name, file := range manifest {
		body, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, fmt.Errorf("reading asset %s: %w", name, err)
		}
		switch name {
		case "app.css":
			body = append(body, theme.css()...)
		case "favicon.svg":
			body = bytes.ReplaceAll(body, []byte(NeutralTheme().Accent.String()), []byte(theme.Accent.String()))
		}
		a.add(name, body)
	}
	for _, name := range []string{"app.css", "app.js", "map.css", "map.js", "favicon.svg"} {
		if a.urls[name] == "" {
			return nil, fmt.Errorf("%w (%s is not among them)", ErrAssets, name)
		}
	}
	return a, nil
}

// add takes in a file under an address that changes with its content.
func (a *Assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	file := strings.TrimSuffix(name, ext) + "." + tag + ext
	kind := mime.TypeByExtension(ext)
	if ext == ".js" {
		kind = "text/javascript; charset=utf-8"
	}
	a.urls[name] = AssetsPath + file
	a.files[file] = asset{body: body, zipped: sync.OnceValue(func() []byte { return zip(body) }), kind: kind, tag: `"` + tag + `"`}
}

// zip compresses as well as gzip can. Writing to memory does not fail.
func zip(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// URL returns the address of a file by its logical name ("app.css"), or "" if there is none.
func (a *Assets) URL(name string) string {
	if a == nil {
		return ""
	}
	return a.urls[name]
}

// ServeHTTP answers GET and HEAD of AssetsPath. An address holds the hash of its content, so that browsers keep it for a year.
// It sends gzip to those that take it, 304 for a known ETag, and 404 for anything else.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a.files[strings.TrimPrefix(r.URL.Path, AssetsPath)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", file.kind)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("ETag", file.tag)
	header.Set("Vary", "Accept-Encoding")
	header.Set("X-Content-Type-Options", "nosniff")
	if strings.Contains(r.Header.Get("If-None-Match"), file.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := file.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = file.zipped()
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader went away: nothing to do about it
	}
}
