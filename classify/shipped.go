package classify

// Shipped gives the rule set of rules.toml, which is compiled into the program.
func Shipped() *Set { return &shipped }
