package web

import (
	"context"
	"sync"
)

// together asks several things at once, and returns the error of the first one
// that fails, which ends the others.
func together(ctx context.Context, asks ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		all   sync.WaitGroup
		fails sync.Once
		first error
	)
	for _, ask := range asks {
		all.Go(func() {
			if err := ask(ctx); err != nil {
				fails.Do(func() {
					first = err
					cancel()
				})
			}
		})
	}
	all.Wait()
	return first
}
