// Command shop runs the shop on its own.
package main

import (
	"bytes"
	"flag"
	"log"
	"net/http"
	"os"
	"time"

	"tawkproxy/examples/shop"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address to listen on")
	keyFile := flag.String("key-file", "", "file that holds the key of the session cookie; none: a key that everybody knows")
	dir := flag.String("sessions", "", "existing folder to keep sessions in; none: all of a session is in its cookie")
	pause := flag.Duration("pause", 2*time.Second, "rest of the slow page and the event stream between their parts")
	flag.Parse()

	options := shop.Options{Dir: *dir, Pause: *pause}
	if *keyFile != "" {
		key, err := os.ReadFile(*keyFile)
		if err != nil {
			log.Fatal(err)
		}
		options.Keys = [][]byte{bytes.TrimRight(key, "\r\n")}
	}
	log.Printf("Teapot Palace is open at http://%s/", *listen)
	log.Fatal(http.ListenAndServe(*listen, shop.New(options)))
}
