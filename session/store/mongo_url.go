package store

import (
	"cmp"
	"errors"
	"net"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"
)

// A mongoAddress is what a URL says, as far as it does so without asking anybody.
type mongoAddress struct {
	url      string
	hosts    []string // of the URL, not those that DNS names in its place
	database string
}

// usualMongo is the database of URLs that name none.
const usualMongo = "test"

// errMongoURL stands for the driver's errors, which may quote the password.
var errMongoURL = errors.New("not a MongoDB URL like mongodb://user:password@host:27017/database; " +
	"characters such as /, : and @ in a password are written %2F, %3A and %40")

// parseMongo checks a URL. To the driver, that of a name in DNS is valid only once DNS has answered; here it is checked as if that had.
func parseMongo(rawURL string) (mongoAddress, error) {
	static, isSRV := rawURL, false
	if rest, ok := strings.CutPrefix(rawURL, connstring.SchemeMongoDBSRV+"://"); ok {
		isSRV = true
		static = connstring.SchemeMongoDB + "://" + withoutSRV(rest)
	}
	parsed, err := connstring.ParseAndValidate(static)
	if err != nil {
		return mongoAddress{}, errMongoURL
	}
	if len(parsed.UnknownOptions) > 0 {
		return mongoAddress{}, errors.New("a parameter of the URL that MongoDB's driver does not know")
	}
	if isSRV {
		if _, _, err := net.SplitHostPort(parsed.Hosts[0]); err == nil || len(parsed.Hosts) > 1 {
			return mongoAddress{}, errors.New("mongodb+srv:// takes one name without a port, of which DNS has the servers")
		}
	}
	// This reads the files that it names.
	if err := options.Client().ApplyURI(static).Validate(); err != nil {
		return mongoAddress{}, errors.New("a parameter of the URL that MongoDB's driver does not take, or a file in tlsCAFile or tlsCertificateKeyFile " +
			"that cannot be read")
	}
	return mongoAddress{url: rawURL, hosts: parsed.Hosts, database: cmp.Or(parsed.Database, usualMongo)}, nil
}

// withoutSRV takes out of a URL's rest the parameters that only those with a name in DNS may have.
func withoutSRV(rest string) string {
	before, query, ok := strings.Cut(rest, "?")
	if !ok {
		return rest
	}
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		if !strings.HasPrefix(strings.ToLower(pair), "srv") {
			kept = append(kept, pair)
		}
	}
	return before + "?" + strings.Join(kept, "&")
}

// options are the driver's for a store that is read now and then. It asks DNS, if the URL is one of a name there.
func (a mongoAddress) options(timeout time.Duration) *options.ClientOptions {
	o := options.Client().ApplyURI(a.url)
	o.SetMinPoolSize(0).SetMaxPoolSize(mostConnections)
	if o.AppName == nil {
		o.SetAppName("tawkproxy")
	}
	if timeout > 0 {
		o.SetServerSelectionTimeout(timeout)
	}
	if o.ConnectTimeout == nil {
		o.SetConnectTimeout(dialTime)
	}
	if o.MaxConnIdleTime == nil {
		o.SetMaxConnIdleTime(connectionAge)
	}
	return o
}
