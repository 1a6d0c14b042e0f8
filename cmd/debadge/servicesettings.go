package main

import "time"

// serviceFlags are the values of the settings of the service.
type serviceFlags struct {
	config string

	anonymous                                         string
	oidcIssuer, oidcAudience, oidcRoleClaim, oidcName string
	oidcSkew                                          time.Duration
	oidcClient, oidcScopes                            string

	tlsCert, tlsKey      string
	trustedProxies       []string
	proxyHeader          string
	corsOrigins          []string
	webhookAllow         []string
	rateLimit, rateBurst int
	maxPerCaller, maxAll int
	maxAnswers           int

	policyFolder string
	maxLag       time.Duration
	otlpEndpoint string
	pprof        string
}

// What the service takes by default of one caller, and of all.
const (
	defaultRate      = 1000
	defaultPerCaller = 256
	defaultInAll     = 1024

	// answersWaiting is how many answers a processor has under way where they wait
	// for the store most of the time.
	answersWaiting = 16
)

const defaultMaxLag = 10 * time.Second

// serviceSettings are the rows of serve, and of the commands that look at its
// configuration.
func serviceSettings() []setting {
	serve := []string{"serve"}
	return []setting{
		{"config", "DEBADGE_CONFIG", "FILE", func(f *flags) any { return &f.config }, "", "settings in YAML, by the names of their flags", []string{everywhere}},
		{"", "DEBADGE_NEO4J_PASSWORD_FILE", "", nil, "", "a file with the password at the Neo4j server", nil},

		{"anonymous", "DEBADGE_ANONYMOUS", "ROLE", func(f *flags) any { return &f.anonymous }, "", "what requests without a credential may do: a role, or none (default: none; with --demo on a loopback address admin)", serve},
		{"oidc-issuer", "DEBADGE_OIDC_ISSUER", "URL", func(f *flags) any { return &f.oidcIssuer }, "", "take the tokens of this OpenID Connect issuer", serve},
		{"oidc-audience", "DEBADGE_OIDC_AUDIENCE", "NAME", func(f *flags) any { return &f.oidcAudience }, "", "whom those tokens must be for; required with an issuer", serve},
		{"oidc-role-claim", "DEBADGE_OIDC_ROLE_CLAIM", "CLAIM", func(f *flags) any { return &f.oidcRoleClaim }, "roles", "where roles stand in a token: a claim, or a path such as realm_access.roles", serve},
		{"oidc-name-claim", "DEBADGE_OIDC_NAME_CLAIM", "CLAIM", func(f *flags) any { return &f.oidcName }, "sub", "whom a token names, as the log and the audit log will name the caller", serve},
		{"oidc-skew", "DEBADGE_OIDC_SKEW", "DURATION", func(f *flags) any { return &f.oidcSkew }, time.Minute, "how far the issuer's clock and this one may differ", serve},
		{"oidc-client", "DEBADGE_OIDC_CLIENT", "ID", func(f *flags) any { return &f.oidcClient }, "", "let people sign in to the pages at the issuer, as this client of it; /sign-in/callback is where it sends them back", serve},
		{"oidc-scopes", "DEBADGE_OIDC_SCOPES", "SCOPES", func(f *flags) any { return &f.oidcScopes }, "profile", "what the client asks for beside openid, with spaces between", serve},
		{"", "DEBADGE_OIDC_CLIENT_SECRET", "", nil, "", "the client's secret at the issuer; a public client has none", nil},
		{"", "DEBADGE_OIDC_CLIENT_SECRET_FILE", "", nil, "", "a file with that secret", nil},
		{"", "DEBADGE_SESSION_KEY", "", nil, "", "at least 32 characters that seal the sessions of the pages; replicas share it (default: made anew at each start, which signs everybody out)", nil},
		{"", "DEBADGE_SESSION_KEY_FILE", "", nil, "", "a file with that key", nil},

		{"tls-cert", "DEBADGE_TLS_CERT", "FILE", func(f *flags) any { return &f.tlsCert }, "", "answer over TLS with this certificate and what it was issued by, in PEM; read again when it changes", serve},
		{"tls-key", "DEBADGE_TLS_KEY", "FILE", func(f *flags) any { return &f.tlsKey }, "", "the key of the certificate, in PEM", serve},
		{"trusted-proxy", "DEBADGE_TRUSTED_PROXY", "CIDR", func(f *flags) any { return &f.trustedProxies }, []string(nil), "believe this address or network what it says of where requests come from; may be repeated", serve},
		{"proxy-header", "DEBADGE_PROXY_HEADER", "HEADER", func(f *flags) any { return &f.proxyHeader }, "x-forwarded-for", "where it says so: x-forwarded-for (with x-forwarded-proto) or forwarded; the other one is ignored", serve},
		{"cors-origin", "DEBADGE_CORS_ORIGIN", "ORIGIN", func(f *flags) any { return &f.corsOrigins }, []string(nil), "let pages of this origin, such as https://page.example, ask from a browser; may be repeated", serve},

		{"webhook-allow", "DEBADGE_WEBHOOK_ALLOW", "CIDR", func(f *flags) any { return &f.webhookAllow }, []string(nil), "let webhooks reach this address or network though it is not on the public internet; may be repeated", serve},

		{"rate-limit", "DEBADGE_RATE_LIMIT", "N", func(f *flags) any { return &f.rateLimit }, defaultRate, "requests a second that are taken of one key, token or address; 0 is no limit", serve},
		{"rate-burst", "DEBADGE_RATE_BURST", "N", func(f *flags) any { return &f.rateBurst }, 0, "how many more at once; 0 is twice the rate", serve},
		{"max-requests-per-caller", "DEBADGE_MAX_REQUESTS_PER_CALLER", "N", func(f *flags) any { return &f.maxPerCaller }, defaultPerCaller, "requests of one key, token or address at the same time; 0 is no limit", serve},
		{"max-requests", "DEBADGE_MAX_REQUESTS", "N", func(f *flags) any { return &f.maxAll }, defaultInAll, "requests at the same time; 0 is no limit", serve},
		{"max-answers", "DEBADGE_MAX_ANSWERS", "N", func(f *flags) any { return &f.maxAnswers }, 0, "answers that are computed at the same time; more wait, and are turned away where it would take too long (default: as many as there are processors, with --read direct 16 times as many)", serve},

		{"policies", "DEBADGE_POLICIES", "FOLDER", func(f *flags) any { return &f.policyFolder }, "", "policies that questions can name, a file each in YAML or JSON; read again on SIGHUP", serve},
		{"max-lag", "DEBADGE_MAX_LAG", "DURATION", func(f *flags) any { return &f.maxLag }, defaultMaxLag, "for how long the index may be behind the store before the service says that it is not ready", serve},
		{"otlp-endpoint", "DEBADGE_OTLP_ENDPOINT", "URL", func(f *flags) any { return &f.otlpEndpoint }, "", "send traces there, as OpenTelemetry over HTTP (default: nowhere)", serve},
		{"", "DEBADGE_OTLP_HEADERS", "", nil, "", "headers to send with traces, such as authorization=Bearer …, with commas between", nil},
		{"", "DEBADGE_OTLP_HEADERS_FILE", "", nil, "", "a file with those headers", nil},
		{"pprof", "DEBADGE_PPROF", "HOST:PORT", func(f *flags) any { return &f.pprof }, "", "answer the profiler of Go there, which must be a loopback address (default: nowhere)", serve},
	}
}

// secrets are the settings that are given in the environment, or in a file that
// NAME_FILE names, and in no other way: flags are seen by everybody on the
// machine, and files of settings are passed around.
func secrets() []string {
	return []string{"DEBADGE_NEO4J_PASSWORD", "DEBADGE_OTLP_HEADERS", "DEBADGE_OIDC_CLIENT_SECRET", "DEBADGE_SESSION_KEY"}
}
