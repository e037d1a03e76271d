package classify

var shipped = Set{}
