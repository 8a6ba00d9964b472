package config

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
)

// tokenPlace checks that it is known where tokens are.
func tokenPlace(kind, cookie, header string) error {
	if kind == "jwt" && cookie == "" && header == "" {
		return wrong("write the name of the cookie that holds the token, or set TAWK_JWT_HEADER",
			"is required with TAWK_SESSION=jwt but not set")
	}
	return nil
}

// publicKey brings a key into its usual form: where variables cannot hold line breaks, they are written \n.
func publicKey(key *Secret) error {
	*key = NewSecret(strings.ReplaceAll(key.Reveal(), `\n`, "\n"))
	return nil
}

// tokenKey checks that there is one source of public keys, where the algorithm needs one.
func tokenKey(algorithm string, key Secret, set url.URL) error {
	public := algorithm != "" && !strings.HasPrefix(algorithm, "HS")
	switch found := key.IsSet() || set != (url.URL{}); {
	case public && !found:
		return wrong("write the public key in PEM here, or set TAWK_JWT_JWKS",
			"is required with TAWK_JWT_ALGORITHM=%s but not set", algorithm)
	case found && !public && algorithm != "":
		return wrong("remove it, or change the algorithm",
			"neither this nor TAWK_JWT_JWKS can be used with TAWK_JWT_ALGORITHM=%s", algorithm)
	case key.IsSet() && set != (url.URL{}):
		return wrong("remove one of the two", "TAWK_JWT_JWKS is set too")
	case key.IsSet() && !strings.Contains(key.Reveal(), "-----BEGIN "):
		return wrong("write the whole PEM file, from -----BEGIN on", "is not PEM")
	}
	return nil
}

// keySet checks where the key set is.
func keySet(u url.URL) error {
	switch {
	case u == (url.URL{}), (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil:
		return nil
	case u.Scheme == "":
		return wrong("write file://"+u.EscapedPath(), "is a path without a scheme")
	case u.Scheme == "file" && u.Host == "" && path.IsAbs(u.Path):
		return nil
	}
	return wrong("write https://host/path, or file:///path of a file", "is not the place of a key set")
}

// unchecked makes the word for a claim that tokens do not have an empty one.
func unchecked(claim *string) error {
	if *claim == "none" {
		*claim = ""
	}
	return nil
}

// headerName checks a name: a token by RFC 9110 5.6.2.
func headerName(name string) error {
	if !regexp.MustCompile("^[0-9A-Za-z!#$%&'*+.^_`|~-]*$").MatchString(name) {
		return wrong("write the name alone, such as Authorization", "is not the name of a header")
	}
	return nil
}

func leeway(d time.Duration) error {
	if d < 0 || d > 5*time.Minute {
		return wrong("write a time from 0s to 5m", "is too small or too large")
	}
	return nil
}

// teamDomain brings a team's domain into its usual form.
func teamDomain(domain *string) error {
	*domain = strings.TrimSuffix(strings.TrimPrefix(*domain, "https://"), "/")
	if strings.ContainsAny(*domain, "/:@?# ") || *domain != "" && !strings.Contains(*domain, ".") {
		return wrong("write it as in example.cloudflareaccess.com", "is not a team domain")
	}
	return nil
}

func balancer(arn string) error {
	if arn != "" && (!strings.HasPrefix(arn, "arn:aws") || !strings.Contains(arn, ":loadbalancer/app/")) {
		return wrong("write arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID, as the console shows it",
			"is not the ARN of an application load balancer")
	}
	return nil
}

func iapAudience(audience string) error {
	if audience != "" && !strings.HasPrefix(audience, "/projects/") {
		return wrong("write /projects/NUMBER/global/backendServices/ID or /projects/NUMBER/apps/PROJECT, as the console shows it",
			"is not the audience of an Identity-Aware Proxy")
	}
	return nil
}
