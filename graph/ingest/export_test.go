package ingest

// InBatches makes change sets of about n items.
func (o Options) InBatches(n int) Options {
	o.batch = n
	return o
}
