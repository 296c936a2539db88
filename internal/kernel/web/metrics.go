package web

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics count requests by pattern and class of status. Patterns are ours, so their number is bounded. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	series   sync.Map // seriesKey -> series, since looking up labels costs more than counting
}

type seriesKey struct {
	pattern string
	class   int
}

type series struct {
	requests prometheus.Counter
	seconds  prometheus.Observer
}

// NewMetrics registers the counters of requests.
func NewMetrics(registry *prometheus.Registry) *Metrics {
	m := &Metrics{
		registry: registry,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "dygnet_http_requests_total",
			Help: "Requests by route pattern and class of status."}, []string{"pattern", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "dygnet_http_request_seconds",
			Help:    "Time from the request's header to the end of the answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"pattern"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "dygnet_http_requests_in_flight", Help: "Requests under way."}),
	}
	registry.MustRegister(m.requests, m.seconds, m.inFlight)
	return m
}

// Gauge adds a value that is asked for at each scrape. It must be quick.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// Handler serves /metrics. With a token it asks for "Authorization: Bearer TOKEN"; without, the address it listens on must not be public.
func (m *Metrics) Handler(token string) http.Handler {
	h := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
	if token == "" {
		return h
	}
	want := []byte("Bearer " + token)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (m *Metrics) begin() {
	if m != nil {
		m.inFlight.Inc()
	}
}

func (m *Metrics) end(pattern string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.inFlight.Dec()
	key := seriesKey{pattern, status / 100}
	found, ok := m.series.Load(key)
	if !ok {
		found, _ = m.series.LoadOrStore(key, series{
			requests: m.requests.WithLabelValues(pattern, strconv.Itoa(key.class)+"xx"),
			seconds:  m.seconds.WithLabelValues(pattern),
		})
	}
	s := found.(series)
	s.requests.Inc()
	s.seconds.Observe(took.Seconds())
}
