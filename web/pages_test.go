package web_test

import (
	"fmt"
	"testing"

	"debadge/web/webtest"
)

// page is one that is looked at in a browser, in all its looks.
type page struct {
	name, path string
	status     string // a failure that is meant, such as 404
}

// pages are all pages, and their states that look different.
func pages() []page {
	return []page{
		{name: "look-up", path: "/"},
		{name: "look-up-found", path: "/?q=kr2280"},
		{name: "look-up-nothing", path: "/?q=nothing+of+this+name"},
		{name: "look-up-lines", path: "/?lines=kr2280+x2%0A%E6%B5%AA%E6%BD%AE%0Anothing+like+this%0Amini+4+pro"},
		{name: "subject", path: "/entities/product:aivres:kr2280-x2"},
		{name: "subject-clear", path: "/entities/product:aivres:kr2280-x2?as_of=2023-02-28"},
		{name: "subject-denied", path: "/entities/product:cogito:specta-air"},
		{name: "subject-former", path: "/entities/company:lorex-technology"},
		{name: "unknown", path: "/entities/product:nobody:nothing"},
		{name: "policies", path: "/policies"},
		{name: "data", path: "/data"},
		{name: "data-conflicts", path: "/data/conflicts"},
		{name: "data-sources", path: "/data/sources"},
		{name: "data-changes", path: "/data/changes?since=0"},
		{name: "claim", path: "/claims/claim:aivres-kr2280-x1-rebrand"},
		{name: "claim-form", path: "/claims/new"},
		{name: "claim-correct", path: "/claims/new?corrects=claim:aivres-kr2280-x1-rebrand"},
		{name: "source", path: "/sources/source:us-csl-2022"},
		{name: "reach", path: "/entities/company:inspur-group/reach"},
		{name: "reach-filtered", path: "/entities/list:us-bis-entity-list/reach?order=brand&action=review"},
		{name: "list", path: "/entities/list:us-bis-entity-list"},
		{name: "explore", path: "/explore/product:aivres:kr2280-x2"},
		{name: "explore-hub", path: "/explore/company:inspur-group?down=company:inspur-group&up=company:inspur-group&limit=24"},
		{name: "sign-in", path: "/sign-in"},
		{name: "nowhere", path: "/no/such/page", status: "404"},
		{name: "wrong-day", path: "/?q=kr2280&as_of=2024-13-01", status: "422"},
	}
}

// TestPages looks at every page as people do: on a telephone and on a desk, in
// light and in dark.
func TestPages(t *testing.T) {
	s := serve(t, nil)
	window := webtest.Browse(t, s.URL)
	for _, p := range pages() {
		t.Run(p.name, func(t *testing.T) {
			b := window.Tab(t)
			if p.status != "" {
				b.Allow(p.status)
			}
			for _, width := range []int{360, 1440} {
				for _, dark := range []bool{false, true} {
					b.Look(width, dark)
					b.Open(p.path)
					look := map[bool]string{false: "light", true: "dark"}[dark]
					name := fmt.Sprintf("%s-%d-%s", p.name, width, look)
					b.Axe(name)
					if wide := webtest.Evaluate[int](b, "document.documentElement.scrollWidth"); wide > width {
						beyond := webtest.Evaluate[[]string](b, fmt.Sprintf(`[...document.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > %d).map(e => e.outerHTML.slice(0, 80))`, width))
						t.Errorf("%s is %d pixels wide: %q", name, wide, beyond)
					}
					if b.Moves() {
						t.Errorf("%s: something moves for a reader who asks for less motion", name)
					}
					b.Screenshot(name)
				}
			}
		})
	}
}
