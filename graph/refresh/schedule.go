package refresh

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"
)

// Run refreshes the enabled registers of a manifest on their schedules, one at a
// time, until the context ends. A register without a schedule is left to the
// command line. Told is called after each.
func (r *Refresher) Run(ctx context.Context, m Manifest, told func(Outcome, error)) error {
	type due struct {
		register Register
		schedule cron.Schedule
		next     time.Time
	}
	var all []*due
	for _, reg := range m.Registers {
		if !reg.Enabled || reg.Schedule == "" {
			continue
		}
		schedule, err := cron.ParseStandard(reg.Schedule)
		if err != nil {
			return err
		}
		all = append(all, &due{reg, schedule, schedule.Next(r.Clock().UTC())})
	}
	for len(all) > 0 {
		first := all[0]
		for _, d := range all {
			if d.next.Before(first.next) {
				first = d
			}
		}
		timer := time.NewTimer(first.next.Sub(r.Clock()))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		told(r.Refresh(ctx, first.register, Options{Rows: maxRows}))
		first.next = first.schedule.Next(r.Clock().UTC())
	}
	<-ctx.Done()
	return nil
}

// maxRows is how many changed findings of a scheduled refresh are told one by one.
const maxRows = 100
