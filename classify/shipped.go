package classify

//go:generate go run -tags bootstrap generate.go
//go:generate go run -tags bootstrap reference_gen.go

// Shipped gives the rule set of rules.toml, which is compiled into the program
// as static data: it costs nothing at start-up.
func Shipped() *Set { return &shipped }

// What the pointers of the generated literal point to.
var isfalse, istrue = false, true
