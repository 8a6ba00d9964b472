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
	order list.List // of *visit, in which they came
}

// A line is those of one client, longest first.
type line struct {
	client netip.Prefix
	visits list.List // of *visit
	at     int       // in the heap
}

func (q *queue) len() int { return q.order.Len() }

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
	v.queue, v.line, v.place, v.turn = q, l, l.visits.PushBack(v), q.order.PushBack(v)
	heap.Fix(&q.most, l.at)
}

func (q *queue) remove(v *visit) {
	l := v.line
	l.visits.Remove(v.place)
	q.order.Remove(v.turn)
	v.queue, v.line, v.place, v.turn = nil, nil, nil, nil
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

// oldest returns the connection that has waited longest of all, or nil.
func (q *queue) oldest() *visit {
	if q.len() == 0 {
		return nil
	}
	return q.order.Front().Value.(*visit)
}

// all goes through all connections.
func (q *queue) all() iter.Seq[*visit] {
	return func(yield func(*visit) bool) {
		for e := q.order.Front(); e != nil && yield(e.Value.(*visit)); e = e.Next() {
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
