package testenv

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Tomcat runs Apache Tomcat 10 of Debian with its own example applications, which have logins by form, until the test ends. The
// user tomcat has the password secret. It returns the URL of the server.
func Tomcat(t testing.TB) string {
	t.Helper()
	Slow(t, "Tomcat")
	const home, examples = "/usr/share/tomcat10", "/usr/share/tomcat10-examples/examples"
	java := Need(t, "java")
	for _, path := range []string{home + "/bin/bootstrap.jar", examples, "/etc/tomcat10/web.xml"} {
		if _, err := os.Stat(path); err != nil {
			Missing(t, "tomcat10 or tomcat10-examples is not installed: there is no %s", path)
		}
	}
	base, addr := t.TempDir(), FreeAddr(t)
	_, port, _ := strings.Cut(addr, ":")
	defaults, err := os.ReadFile("/etc/tomcat10/web.xml")
	if err != nil {
		Missing(t, "%v", err)
	}
	for name, text := range map[string]string{
		"conf/web.xml": string(defaults),
		"conf/tomcat-users.xml": `<tomcat-users xmlns="http://tomcat.apache.org/xml" version="1.0">
	<role rolename="tomcat"/><user username="tomcat" password="secret" roles="tomcat"/></tomcat-users>`,
		"conf/server.xml": fmt.Sprintf(`<Server port="-1">
	<GlobalNamingResources>
		<Resource name="UserDatabase" auth="Container" type="org.apache.catalina.UserDatabase"
			factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml"/>
	</GlobalNamingResources>
	<Service name="Catalina">
		<Connector port="%s" address="127.0.0.1" protocol="HTTP/1.1" maxThreads="20"/>
		<Engine name="Catalina" defaultHost="localhost">
			<Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase"/>
			<Host name="localhost" appBase="webapps"><Context path="/examples" docBase="%s"/></Host>
		</Engine>
	</Service>
</Server>`, port, examples),
		"logs/none": "", "work/none": "", "webapps/none": "",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(base, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(base, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var said strings.Builder
	server := exec.Command(java, "-Xmx160m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.security.egd=file:/dev/urandom",
		"-Dcatalina.home="+home, "-Dcatalina.base="+base, "-Djava.io.tmpdir="+base+"/work",
		"-cp", home+"/bin/bootstrap.jar:"+home+"/bin/tomcat-juli.jar", "org.apache.catalina.startup.Bootstrap", "start")
	server.Stdout, server.Stderr = &said, &said
	server.WaitDelay = time.Second
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		answer, err := http.Get("http://" + addr + "/examples/")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return "http://" + addr
			}
		}
	}
	t.Fatal("tomcat does not answer")
	return ""
}
