package screen

import "sync"

// cache keeps answers that were given not long ago: those of two generations
// of so many entries, of which the older one is dropped when the younger one is
// full. So its memory is bounded whatever the file holds.
type cache[V any] struct {
	most int

	mu         sync.Mutex
	young, old map[string]V
}

func newCache[V any](most int) *cache[V] {
	return &cache[V]{most: most, young: map[string]V{}}
}

func (c *cache[V]) get(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.young[key]; ok {
		return v, true
	}
	v, ok := c.old[key]
	if ok {
		c.put(key, v) // it is in use, so it lives on
	}
	return v, ok
}

func (c *cache[V]) add(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(key, v)
}

func (c *cache[V]) put(key string, v V) {
	if len(c.young) >= c.most {
		c.old, c.young = c.young, make(map[string]V, c.most)
	}
	c.young[key] = v
}
