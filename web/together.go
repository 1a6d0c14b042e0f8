package web

import (
	"context"
	"sync"
)

// atOnce is how many questions of one page are asked at the same time.
const atOnce = 8

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
	turns := make(chan struct{}, atOnce)
	for _, ask := range asks {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
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
