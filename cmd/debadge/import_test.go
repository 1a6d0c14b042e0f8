package main

import (
	"path/filepath"
	"testing"

	"debadge/web/webtest"
)

// wanted is a list as the United Nations publish it, of one invented company.
const wanted = `<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-05-02T00:00:00.000Z"><ENTITIES><ENTITY><DATAID>1</DATAID><VERSIONNUM>1</VERSIONNUM>
<FIRST_NAME>Red Lantern Trading Invented</FIRST_NAME><UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPe.901</REFERENCE_NUMBER><LISTED_ON>2020-05-06</LISTED_ON>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>`

// TestDataByThePages imports a list with the form of a service, reads the report
// with what was refused, refreshes a register, and finds whom both list.
func TestDataByThePages(t *testing.T) {
	folder := t.TempDir()
	putFile(t, filepath.Join(folder, "un.xml"), wanted)
	manifest := filepath.Join(folder, "registers.yaml")
	putFile(t, manifest, "registers:\n  - {name: maple, format: un, from: [un.xml], lists: [\"list:un-sc\"], max_age_days: 30}\n")
	address, _ := start(t, "--store", "sqlite:"+filepath.Join(folder, "claims.db"), "--manifest", manifest)
	waitUntilReady(t, address)
	list, err := filepath.Abs(filepath.Join("..", "..", "examples", "screening-list.csv"))
	if err != nil {
		t.Fatal(err)
	}
	w := officer{t: t, Browser: webtest.Browse(t, address)}
	w.Allow("422")
	w.Look(1440, false)
	w.Open("/data")
	w.set("#format", "csl")
	w.set("#edition", "9999-05-01")
	w.Choose("#file", list)
	w.Press(`form[action="/data/import"] button`)
	w.AwaitText("is in the future; an edition has the day on which it was published")
	w.Axe("an edition that is not yet")
	if chosen := webtest.Evaluate[string](w.Browser, `document.querySelector("#format").value`); chosen != "csl" {
		t.Errorf("the format that was chosen is %q after the form was refused", chosen)
	}
	w.set("#edition", "2026-05-01")
	w.Choose("#file", list)
	w.Press(`form[action="/data/import"] button`)
	w.Await(`document.querySelector("#job") && !document.querySelector("#job [data-poll]")`)
	w.shows("#job", "done", "Refused rows 1", "Nobody's List", "not imported")
	w.Axe("the report of an import")
	w.Screenshot("import-report-1440-light")
	w.Press("#job .acts a")
	w.Await(`location.pathname === "/data"`)
	w.shows("main", "Entity List", "1 May 2026")
	w.shows("#register", "maple")
	w.set("#register", "maple")
	w.Press(`form[action="/data/refresh"] button`)
	w.Await(`document.querySelector("#job") && !document.querySelector("#job [data-poll]")`)
	w.shows("#job", "done")
	w.Axe("the report of a refresh")
	w.Screenshot("refresh-report-1440-light")
	for _, name := range []string{"Red Lantern Trading Invented", "Example Trading GmbH"} {
		w.find(name, name)
		w.answerIs("is itself listed on")
	}
}
