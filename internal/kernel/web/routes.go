package web

import "net/http"

// Routes is the innermost handler: it asks mux, tells Frame which route answered, and makes pages of "not found" and "method not
// allowed". One may stand in a route of another: the inner one's pattern counts.
func Routes(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outer := r.Pattern
		if v := visitOf(r.Context()); v != nil {
			defer func() { v.answered(r.Pattern) }()
		}
		g := &gate{ResponseWriter: w, request: r}
		mux.ServeHTTP(g, r)
		if g.missed != 0 {
			if v := visitOf(r.Context()); v != nil {
				v.answered(noRoute)
			}
			r.Pattern = outer
			Error(w, r, statusError(g.missed))
		}
	})
}

// gate holds back the plain answer of a mux that has no route.
type gate struct {
	http.ResponseWriter
	request *http.Request
	missed  int
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (g *gate) Unwrap() http.ResponseWriter { return g.ResponseWriter }

func (g *gate) WriteHeader(status int) {
	if g.request.Pattern == "" && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		g.missed = status
		return
	}
	g.ResponseWriter.WriteHeader(status)
}

func (g *gate) Write(b []byte) (int, error) {
	if g.missed != 0 {
		return len(b), nil
	}
	return g.ResponseWriter.Write(b)
}
