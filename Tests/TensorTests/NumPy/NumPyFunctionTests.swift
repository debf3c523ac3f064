import Tensor
import Testing

/// Elementwise functions, against NumPy.
@Suite struct NumPyFunctionTests {
  let numpy: NumPyResults

  init() throws { numpy = try NumPyResults() }

  @Test func transcendental() throws {
    let functions: [(String, (Tensor<Double>) -> Tensor<Double>)] = [
      ("exp", { $0.exp() }), ("exp2", { $0.exp2() }), ("expm1", { $0.expMinusOne() }),
      ("log", { $0.log() }), ("log2", { $0.log2() }), ("log10", { $0.log10() }),
      ("log1p", { $0.logOnePlus() }), ("sqrt", { $0.squareRoot() }), ("cbrt", { $0.cubeRoot() }),
      ("sin", { $0.sin() }), ("cos", { $0.cos() }), ("tan", { $0.tan() }),
      ("arcsin", { $0.asin() }),
      ("arccos", { $0.acos() }), ("arctan", { $0.atan() }), ("sinh", { $0.sinh() }),
      ("cosh", { $0.cosh() }), ("tanh", { $0.tanh() }), ("arcsinh", { $0.asinh() }),
      ("arccosh", { $0.acosh() }), ("arctanh", { $0.atanh() }), ("reciprocal", { $0.reciprocal() }),
      ("square", { $0.squared() }), ("sinc", { $0.sinc() }), ("deg2rad", { $0.radians() }),
      ("rad2deg", { $0.degrees() }),
    ]
    for (name, function) in functions { try expectFunction(name, function) }
  }

  func expectFunction(
    _ name: String, _ function: (Tensor<Double>) -> Tensor<Double>
  ) throws {
    try numpy.expectElementwise(name, tolerance: 1e-14, function)
    // The other types compute the same, as exactly as they can.
    let x = try numpy.input("special")
    let exact = function(x)
    func expect<Scalar: TensorFloatingPoint>(_ result: Tensor<Scalar>, _ tolerance: Double) {
      for (y, z) in zip(result.wide.elements, exact.elements)
      where !(y.isNaN && z.isNaN) && y != z {
        #expect((y - z).magnitude <= tolerance * max(z.magnitude, 1), "\(name) \(Scalar.self)")
      }
    }
    let float = x.converted(to: Float.self)
    switch name {
    case "exp": expect(float.exp(), 3e-7)
    case "sin": expect(float.sin(), 3e-7)
    case "log1p":
      expect(float.logOnePlus(), 3e-7)
      expect(x.converted(to: Float16.self).logOnePlus(), 1e-3)
      expect(x.converted(to: BFloat16.self).logOnePlus(), 8e-3)
    case "tanh": expect(float.tanh(), 3e-7)
    default: break
    }
  }

  @Test func roundingAndSigns() throws {
    try numpy.expectElementwise("rint") { $0.rounded() }
    try numpy.expectElementwise("floor") { $0.floor() }
    try numpy.expectElementwise("ceil") { $0.ceil() }
    try numpy.expectElementwise("trunc") { $0.truncated() }
    try numpy.expectElementwise("round1") { $0.rounded(decimals: 1) }
    try numpy.expectElementwise("sign") { $0.sign() }
    try numpy.expectElementwise("abs") { $0.absolute() }
    try numpy.expectElementwise("negative") { -$0 }
    try numpy.expectElementwise("heaviside") { $0.step(atZero: 0.5) }
    try numpy.expectElementwise("clip") { $0.clamped(to: -1...1) }
    try numpy.expectElementwise("nan_to_num") { $0.replacingNonfinite() }
    try numpy.expectElementwise("isnan") { $0.isNaN().wide }
    try numpy.expectElementwise("isfinite") { $0.isFinite().wide }
    try numpy.expectElementwise("isinf") { $0.isInfinite().wide }
    try numpy.expectElementwise("signbit") { $0.isSignMinus().wide }
    try numpy.expectElementwise("fraction") { $0.fraction() }
    // Zeros keep their signs, in every type.
    let zeros: Tensor<Double> = [-0.5, -0.0, 0.25]
    func expectSigns<Scalar: TensorFloatingPoint>(_ scalar: Scalar.Type) {
      let x = zeros.converted(to: scalar)
      for y in [x.rounded(), x.ceil(), x.truncated(), x.rounded(.awayFromZero).fraction()] {
        #expect(y.isSignMinus() == [true, true, false] && y[1] == 0, "\(Scalar.self)")
      }
      #expect(x.absolute().isSignMinus().any() == false)
    }
    expectSigns(Float.self)
    expectSigns(Double.self)
    expectSigns(Float16.self)
    expectSigns(BFloat16.self)
    try numpy.expectElementwise("isclose") {
      $0.isClose(to: $0.rounded(), relative: 0.1, absolute: 0.2).wide
    }
    try numpy.expectElementwise("isclose_nan") { $0.isClose(to: $0, nanIsEqual: true).wide }
    try numpy.expectElementwise("select") { $0.where($0 .> 1, else: (-$0).where($0 .> 0, else: 7)) }
    try numpy.expectElementwise("where") { $0.where($0 .> 0, else: 9) }
  }

  @Test func partsOfNumbers() throws {
    try numpy.expectElementwise("spacing", tolerance: 0) { $0.spacing() }
    try numpy.expectElementwise("frexp_significand", tolerance: 0) {
      $0.significandsAndExponents().significands
    }
    try numpy.expectElementwise("frexp_exponent") { $0.significandsAndExponents().exponents.wide }
    try numpy.expectElementwise("ldexp", tolerance: 0) { $0.timesPowers(ofTwo: -3) }
    // Of infinity NumPy has NaN.
    try numpy.expectElementwise("i0", tolerance: 4e-15) { x in
      x.besselI0().where(.!x.isInfinite(), else: .nan)
    }
    func expect<Scalar: TensorFloatingPoint>(_ scalar: Scalar.Type, least: Double, next: Double) {
      let x = Tensor<Double>([0.375, -12, 0, least]).converted(to: scalar)
      let (significands, exponents) = x.significandsAndExponents()
      #expect(
        significands.wide == [0.75, -0.75, 0, 0.5] && exponents[..<3] == Tensor<Int32>([-1, 4, 0]))
      #expect(significands.timesPowers(ofTwo: exponents) == x)
      #expect(x.spacing()[2].wide.item == least && x.spacing()[0].wide.item == next)
    }
    expect(Double.self, least: .leastNonzeroMagnitude, next: 0x1p-54)
    expect(Float.self, least: 0x1p-149, next: 0x1p-25)
    expect(Float16.self, least: 0x1p-24, next: 0x1p-12)
    expect(BFloat16.self, least: 0x1p-133, next: 0x1p-9)
    let far = Tensor<Int32>([.max, .min, 127])
    #expect(Tensor<Float>([1]).timesPowers(ofTwo: far) == [.infinity, 0, 0x1p127])
  }

  @Test func twoOperands() throws {
    try numpy.expectElementwise("power-", tolerance: 1e-14) { pow($0, -1.5) }
    try numpy.expectElementwise("power", tolerance: 1e-14) { pow($0, 3) }
    try numpy.expectElementwise("remainder") { $0.flooredRemainder(dividingBy: 0.7) }
    try numpy.expectElementwise("remainder-") { $0.flooredRemainder(dividingBy: -0.7) }
    try numpy.expectElementwise("fmod") { $0.truncatingRemainder(dividingBy: 0.7) }
    try numpy.expectElementwise("floor_divide") { $0.flooredQuotient(dividingBy: -0.7) }
    try numpy.expectElementwise("arctan2") { atan2($0, 0.5) }
    try numpy.expectElementwise("hypot") { hypot($0, 2) }
    try numpy.expectElementwise("copysign") { copySign(2, $0) }
    try numpy.expectElementwise("nextafter", tolerance: 0) { nextAfter($0, 1) }
    try numpy.expectElementwise("logaddexp") { logAddExp($0, 0.3) }
    try numpy.expectElementwise("logaddexp2") { logAddExp2($0, 0.3) }
    try numpy.expectElementwise("fmax") { maximumNumber($0, 0.3) }
    try numpy.expectElementwise("fmin") { minimumNumber($0, 0.3) }
    try numpy.expectElementwise("maximum") { maximum(0.3, $0) }
    try numpy.expectElementwise("minimum") { minimum(0.3, $0) }
  }

  @Test func wholeNumbers() throws {
    let a = Tensor<Int8>([7, -7, 0, -128, 5], shape: [5, 1])
    let b: Tensor<Int8> = [2, -2, 0, 3, -1]
    let shifts: Tensor<Int8> = [0, 1, 7, 8]
    let exponents: Tensor<Int8> = [0, 1, 2, 5]
    try numpy.expect((a & b).wide, "int_and")
    try numpy.expect((a | b).wide, "int_or")
    try numpy.expect((a ^ b).wide, "int_xor")
    try numpy.expect(gcd(a, b).wide, "int_gcd")
    try numpy.expect(lcm(a, b).wide, "int_lcm")
    try numpy.expect(a.flooredQuotient(dividingBy: b).wide, "int_floor_divide")
    try numpy.expect(a.flooredRemainder(dividingBy: b).wide, "int_remainder")
    try numpy.expect((a % b).wide, "int_fmod")
    try numpy.expect((a << shifts).wide, "int_left")
    try numpy.expect((a >> shifts).wide, "int_right")
    try numpy.expect(pow(a, exponents).wide, "int_power")
    try numpy.expect((~a).wide, "int_invert")
    try numpy.expect(a.bitCount().wide, "int_count")
  }

  /// Every type of whole numbers, against the operators of two numbers.
  @Test func wholeNumbersOfEveryType() {
    func expect<Scalar: TensorInteger>(_ scalar: Scalar.Type) {
      let values: [Scalar] = [0, 1, 2, 3, 7, 100, .max, .min, .max - 1]
      let (column, row) = (Tensor(values, shape: [values.count, 1]), Tensor(values))
      func each(_ function: (Scalar, Scalar) -> Scalar) -> [Scalar] {
        values.flatMap { a in values.map { b in function(a, b) } }
      }
      #expect((column & row).elements == each { $0 & $1 })
      #expect((column | row).elements == each { $0 | $1 })
      #expect((column ^ row).elements == each { $0 ^ $1 })
      #expect((column + row).elements == each { $0 &+ $1 })
      #expect((~row).elements == values.map { ~$0 })
      #expect(row.sorted().elements == values.sorted())
      #expect(row.cumulativeMax(axis: 0).elements.last == .max)
      #expect(row.sum().item == values.reduce(0) { $0 &+ $1 })
      #expect(row.argmax() == values.firstIndex(of: .max))
    }
    expect(Int8.self)
    expect(Int16.self)
    expect(Int32.self)
    expect(Int64.self)
    expect(UInt8.self)
    expect(UInt16.self)
    expect(UInt32.self)
    expect(UInt64.self)
  }
}
