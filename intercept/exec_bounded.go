package intercept

// bounded is a map that holds at most a number of entries and forgets the
// oldest first, so that a session of any length needs the same memory. It is
// not safe for concurrent use.
type bounded[K comparable, V any] struct {
	values map[K]V
	order  []K // a ring of the keys by age
	next   int
}

func newBounded[K comparable, V any](limit int) *bounded[K, V] {
	return &bounded[K, V]{values: make(map[K]V), order: make([]K, 0, limit)}
}

func (b *bounded[K, V]) get(k K) (V, bool) {
	v, ok := b.values[k]
	return v, ok
}

// put sets a value, and returns the one that was forgotten for it. Setting a
// key again does not make it younger.
func (b *bounded[K, V]) put(k K, v V) (oldest V, forgotten bool) {
	if _, ok := b.values[k]; ok {
		b.values[k] = v
		return oldest, false
	}
	if len(b.order) < cap(b.order) {
		b.order = append(b.order, k)
	} else {
		oldest, forgotten = b.values[b.order[b.next]], true
		delete(b.values, b.order[b.next])
		b.order[b.next] = k
		b.next = (b.next + 1) % len(b.order)
	}
	b.values[k] = v
	return oldest, forgotten
}
