// Package web is the pages of debadge for people: server-rendered HTML over the
// REST API, with a style sheet and small ES modules that are part of the binary.
//
// The pages are a client of the API and nothing more. Each request of a browser
// becomes requests of the API in the same process, with the credential of whoever
// is signed in: so roles, limits, policies and the audit log are the API's, and
// no page knows more than the API tells.
//
// Everything that a page shows is in its address: whom it is about, as_of,
// known_at, policy, filters. Every page works without script; scripts only
// spare the reader a load. A failure is a page that says so, never an empty one.
//
// # How a page is added
//
//   - A handler, func(v *visit) error, in a file named for the page, and a line in
//     Site.routes. It asks v.ask (an api/client.Client with the visitor's
//     credential) and ends with v.render("name", view{Title: …, Data: …}), or
//     returns an error, which becomes a failure page. What the client lacks is
//     added to api/client.
//   - A template, templates/name.html, that defines "main". It sees the *sheet:
//     .Title, .Data (the page's own), .Q (as_of, known_at and policy of the
//     address), .Me (who is signed in, .Me.May "decide"), .Link "/path" "name"
//     "value"… (an address that keeps .Q). In a range, $ is the sheet. Parts that
//     every page can use are in templates/parts.html: "action", "status",
//     "notice", "question" (the form of as_of, known_at and policy).
//   - All words are in texts/en.json: {{t "key" args…}} in a template, text("key",
//     args…) in Go; {0} stands for the first argument. {{tk "action" .Action}} is
//     the text action.block and so on. A test finds keys that are missing or not
//     used.
//   - What a script exchanges is a template "part-NAME" of the page, inside of an
//     element with the id NAME. A form with data-live="NAME" (or several names, with
//     spaces between) then asks for those parts alone while its fields change, puts
//     them in place and keeps the address in step: no script of the page's own is
//     needed. Otherwise a module goes into
//     assets/, and the view names it: view{Modules: []string{"explore.js"}}.
//   - No style attribute, no inline script, no script-made style element: the
//     content security policy forbids them. Presentation attributes of SVG are fine.
//   - A line in pages() of pages_test.go: the page is then opened in a real
//     Chromium at 360 and 1440 pixels, light and dark, and checked by axe-core, for
//     errors on the console, and for requests to anywhere else.
//     DEBADGE_SCREENSHOTS names a folder for pictures of it. Walks of
//     their own use webtest.Browse.
package web
