package shop

// A Person is a regular customer.
type Person struct {
	Key   string // in the login form: "ada"
	ID    any    // an int or a string, as it came from the shop's several databases
	Name  string
	Email string
}

// People lists everybody who can log in.
func People() []Person {
	return []Person{
		{"ada", 42, "Ada Lovelace", "ada@example.com"},
		{"jose", "u-7f3", `José "Pepe" O'Neil 😀`, "pepe@example.com"},
		{"script", "x-1", "</script><script>alert(1)</script>", "bobby@example.com"},
	}
}

// person is whom a login form names.
func person(key string) (Person, bool) {
	for _, p := range People() {
		if p.Key == key {
			return p, true
		}
	}
	return Person{}, false
}
