package proxy

import (
	"container/heap"
	"container/list"
	"iter"
	"net/netip"
)

// A queue is connections that wait for a request, by the clients that have them.
type queue struct {
	lines map[netip.Prefix]*line
	most  lineHeap
	n     int
}

// A line is those of one client, longest first.
type line struct {
	client netip.Prefix
	visits list.List // of *visit
	at     int       // in the heap
}

func (q *queue) len() int { return q.n }

func (q *queue) push(v *visit) {
	l := q.lines[v.client]
	if l == nil {
		if q.lines == nil {
			q.lines = make(map[netip.Prefix]*line)
		}
		l = &line{client: v.client}
		q.lines[v.client] = l
		heap.Push(&q.most, l)
	}
	v.queue, v.line, v.place = q, l, l.visits.PushBack(v)
	heap.Fix(&q.most, l.at)
	q.n++
}

func (q *queue) remove(v *visit) {
	l := v.line
	l.visits.Remove(v.place)
	v.queue, v.line, v.place = nil, nil, nil
	q.n--
	if l.visits.Len() > 0 {
		heap.Fix(&q.most, l.at)
		return
	}
	heap.Remove(&q.most, l.at)
	delete(q.lines, l.client)
}

// longest returns the connection that has waited longest of those of the client who has most, how many that one has, or nil.
func (q *queue) longest() (v *visit, of int) {
	if len(q.most) == 0 {
		return nil, 0
	}
	l := q.most[0]
	return l.visits.Front().Value.(*visit), l.visits.Len()
}

// all goes through all connections.
func (q *queue) all() iter.Seq[*visit] {
	return func(yield func(*visit) bool) {
		for _, l := range q.most {
			for e := l.visits.Front(); e != nil; e = e.Next() {
				if !yield(e.Value.(*visit)) {
					return
				}
			}
		}
	}
}

// lineHeap implements heap.Interface. The client with the most connections stands first; of equals the one that has waited longest.
type lineHeap []*line

func (h lineHeap) Len() int { return len(h) }

func (h lineHeap) Less(i, j int) bool {
	a, b := &h[i].visits, &h[j].visits
	if a.Len() != b.Len() {
		return a.Len() > b.Len()
	}
	return a.Len() > 0 && a.Front().Value.(*visit).since.Before(b.Front().Value.(*visit).since)
}

func (h lineHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

func (h *lineHeap) Push(l any) {
	l.(*line).at = len(*h)
	*h = append(*h, l.(*line))
}

func (h *lineHeap) Pop() any {
	last := len(*h) - 1
	l := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return l
}
