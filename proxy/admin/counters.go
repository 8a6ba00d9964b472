package admin

import (
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// A Label is a pair of values that two labels have, and what that means in words.
type Label struct {
	First, Second string
	Meaning       string
}

// other stands for what is not in a list.
const other = "other"

// Counters are counters of one name and two labels, for pairs of values out of a closed list. They are a [prometheus.Collector].
type Counters struct {
	desc   *prometheus.Desc
	labels []Label
	counts map[[2]string]*atomic.Uint64
	rest   atomic.Uint64
}

func newCounters(name, help, first, second string, labels []Label) *Counters {
	c := &Counters{
		desc:   prometheus.NewDesc(name, help, []string{first, second}, nil),
		labels: labels,
		counts: make(map[[2]string]*atomic.Uint64, len(labels)),
	}
	for _, l := range labels {
		c.counts[[2]string{l.First, l.Second}] = new(atomic.Uint64)
	}
	return c
}

// Inc counts one.
func (c *Counters) Inc(first, second string) {
	if count := c.counts[[2]string{first, second}]; count != nil {
		count.Add(1)
		return
	}
	c.rest.Add(1)
}

// value is the count of one pair.
func (c *Counters) value(first, second string) uint64 {
	if count := c.counts[[2]string{first, second}]; count != nil {
		return count.Load()
	}
	return 0
}

// sum is the count of all pairs with this first value.
func (c *Counters) sum(first string) (sum uint64) {
	for _, l := range c.labels {
		if l.First == first {
			sum += c.value(l.First, l.Second)
		}
	}
	return sum
}

// most is the pair with this first value of which there are most.
func (c *Counters) most(first string) (most Label) {
	for _, l := range c.labels {
		if l.First == first && (most == Label{} || c.value(first, l.Second) > c.value(first, most.Second)) {
			most = l
		}
	}
	return most
}

// Describe implements [prometheus.Collector].
func (c *Counters) Describe(to chan<- *prometheus.Desc) { to <- c.desc }

// Collect implements [prometheus.Collector]. Counts of nothing are there, too: a counter that appears with its first 1 has no increase.
func (c *Counters) Collect(to chan<- prometheus.Metric) {
	for _, l := range c.labels {
		to <- count(c.desc, c.value(l.First, l.Second), l.First, l.Second)
	}
	if rest := c.rest.Load(); rest > 0 {
		to <- count(c.desc, rest, other, other)
	}
}

func count(desc *prometheus.Desc, n uint64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), labels...)
}

// Codes counts answers by their status code. It is a [prometheus.Collector].
type Codes struct {
	desc   *prometheus.Desc
	counts [600]atomic.Uint64 // by code; 0 stands for codes that do not exist
}

func newCodes() *Codes {
	return &Codes{desc: prometheus.NewDesc("tawkproxy_requests_total",
		"Requests, by the status of their answers; 499 is none because the browser had left.", []string{"code"}, nil)}
}

// Inc counts an answer.
func (c *Codes) Inc(status int) {
	if status < 100 || status >= len(c.counts) {
		status = 0
	}
	c.counts[status].Add(1)
}

// class is the count of all codes that begin with a digit.
func (c *Codes) class(digit int) (sum uint64) {
	for i := range 100 {
		sum += c.counts[digit*100+i].Load()
	}
	return sum
}

// Describe implements [prometheus.Collector].
func (c *Codes) Describe(to chan<- *prometheus.Desc) { to <- c.desc }

// Collect implements [prometheus.Collector].
func (c *Codes) Collect(to chan<- prometheus.Metric) {
	for status := range c.counts {
		n := c.counts[status].Load()
		switch {
		case n == 0:
		case status == 0:
			to <- count(c.desc, n, other)
		default:
			to <- count(c.desc, n, strconv.Itoa(status))
		}
	}
}
