package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// connections is how many browsers there are, unless said otherwise. Each asks again as soon as it has its answer.
const connections = 16

// load has so many clients ask for the same thing all the time. It returns how long each answer took, sorted, and all together.
func load(ctx context.Context, address string, request []byte, clients int, lasts time.Duration) (each []time.Duration, all time.Duration, err error) {
	var wait sync.WaitGroup
	results, errs := make([][]time.Duration, clients), make([]error, clients)
	begin := time.Now()
	for i := range clients {
		wait.Go(func() {
			c := client{address: address}
			defer c.close()
			for start := begin; len(results[i]) == 0 || start.Sub(begin) < lasts && ctx.Err() == nil; {
				a, err := c.exchange(request, nil)
				if err == nil && a.status != "200" {
					err = fmt.Errorf("the answer is %s", a.status)
				}
				if err != nil {
					errs[i] = err
					return
				}
				now := time.Now()
				results[i] = append(results[i], now.Sub(start))
				start = now
			}
		})
	}
	wait.Wait()
	all = time.Since(begin)
	each = slices.Concat(results...)
	slices.Sort(each)
	for _, err := range append(errs, ctx.Err()) {
		if err != nil {
			return nil, 0, err
		}
	}
	return each, all, nil
}
