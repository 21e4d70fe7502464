package effects

import (
	"sync"
	"sync/atomic"
)

// parallel does n independent things on so many threads. Each leaves what it
// finds in a place of its own, so the result does not depend on their order.
func parallel(n, threads int, do func(i int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, threads) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wait.Wait()
}
