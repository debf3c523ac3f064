// What the tests take from the C library, which Embedded Swift has no module for.

@_extern(c, "exp") func exp(_ x: Double) -> Double
@_extern(c, "log") func log(_ x: Double) -> Double
@_extern(c, "tanh") func tanh(_ x: Double) -> Double
@_extern(c, "erf") func erf(_ x: Double) -> Double
@_extern(c, "erfc") func erfc(_ x: Double) -> Double
@_extern(c, "sin") func sin(_ x: Double) -> Double
@_extern(c, "cos") func cos(_ x: Double) -> Double
@_extern(c, "tan") func tan(_ x: Double) -> Double
@_extern(c, "atan2") func atan2(_ y: Double, _ x: Double) -> Double
@_extern(c, "exit") func exit(_ code: Int32)
