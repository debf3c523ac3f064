import _KernelsBaseline
import _KernelsMicro

private func fingerprint(_ x: [Float]) -> UInt64 {
  Reference.fingerprint(x.map { UInt64($0.bitPattern) })
}

/// Units in the last place between a result and the exact one.
private func error(_ result: Float, _ exact: Double) -> Double {
  (Double(result) - exact).magnitude / Double(Float(exact).ulp)
}

/// Functions of 32-bit numbers that are computed in 64 bits, to the bits of every other machine.
func testWideFunctions() {
  var outcome = Outcome("functions in 64 bits")
  let kernels = kernelsBaseline.vector.wide
  let x = Reference.floats(4099, powers: -149...19, seed: 1)
  func expect(
    _ function: WideFunction, _ name: String, _ expected: UInt64, _ exact: (Double) -> Double
  ) {
    let z = written(x.count, canary: canary) { kernels.map(function, x, $0, x.count) }
    for i in x.indices {
      outcome.expect(error(z.elements[i], exact(Double(x[i]))), within: 0.501, "\(name) of \(x[i])")
    }
    outcome.expect(z.isInside && fingerprint(z.elements) == expected, "the bits of \(name)")
  }
  expect(.sine, "sine", Reference.Fingerprints.sine) { sin($0) }
  expect(.cosine, "cosine", Reference.Fingerprints.cosine) { cos($0) }
  expect(.tangent, "tangent", Reference.Fingerprints.tangent) { tan($0) }

  let y = Reference.floats(4099, powers: -60...60, seed: 2)
  let z = written(x.count, canary: canary) { _ = kernels.zip(.arctangent, x, y, $0, x.count) }
  for i in x.indices {
    let exact = atan2(Double(x[i]), Double(y[i]))
    outcome.expect(error(z.elements[i], exact), within: 0.501, "angle of (\(y[i]), \(x[i]))")
  }
  outcome.expect(
    z.isInside && fingerprint(z.elements) == Reference.Fingerprints.arctangent,
    "the bits of arctangents")
  outcome.report(" ulp")
}

/// Whole quotients and what they leave, which are exact.
func testWideDivisions() {
  var outcome = Outcome("divisions in 64 bits")
  let kernels = kernelsBaseline.vector.wide
  let x = Reference.floats(1031, powers: -3...20, seed: 3)
  let y = Reference.floats(1031, powers: -3...3, seed: 4)
  func expect(
    _ function: WideBinaryFunction, _ name: String, _ exact: (Double, Double) -> Double
  ) {
    var areExact = false
    let z = written(x.count, canary: canary) {
      areExact = kernels.zip(function, x, y, $0, x.count)
    }
    outcome.expect(z.isInside && areExact, "\(name): what is exact is said not to be")
    for i in x.indices {
      let isRight = z.elements[i] == Float(exact(Double(x[i]), Double(y[i])))
      outcome.expect(isRight, "\(name) of \(x[i]) and \(y[i]) is \(z.elements[i])")
    }
    var room: [Float] = [0, 0]
    outcome.expect(
      !kernels.zip(function, [1, 1e30], [2, 1e-3], &room, 2), "\(name): 1e33 is too large")
  }
  expect(.truncatingRemainder, "truncating remainder") { $0 - $1 * ($0 / $1).rounded(.towardZero) }
  expect(.flooredRemainder, "remainder") { $0 - $1 * ($0 / $1).rounded(.down) }
  expect(.flooredQuotient, "quotient") { ($0 / $1).rounded(.down) }
  outcome.report()
}

/// Sums of exponentials, to the bits of every other machine.
func testSumsOfExponentials() {
  var outcome = Outcome("sums of exponentials")
  let kernels = kernelsBaseline.vector.wide
  var sums: [UInt64] = []
  for count in [0, 1, 15, 16, 17, 255, 256, 257, 1031] {
    let x = Array(Reference.floats(1031, powers: -9...5, seed: 5)[..<count])
    let shift = Double(x.max() ?? 0)
    let sum = kernels.sumOfExponentials(x, count, shift)
    let exact = x.reduce(0) { $0 + exp(Double($1) - shift) }
    let error = exact == 0 ? sum.magnitude : (sum - exact).magnitude / exact
    outcome.expect(error, within: 1e-14, "of \(count)")
    outcome.expect(
      kernels.sumOfWideExponentials(x.map { Double($0) }, count, shift) == sum, "of 64 bits")
    sums.append(sum.bitPattern)
  }
  outcome.expect(
    Reference.fingerprint(sums) == Reference.Fingerprints.sumsOfExponentials, "the bits of sums")
  outcome.report()
}

/// Random numbers, to the bits of every other machine.
func testDraws() {
  var outcome = Outcome("random numbers")
  let kernels = kernelsBaseline.vector.random
  let blocks = 517
  let words = written(4 * blocks, canary: 0xDEAD_BEEF as UInt32) {
    kernels.philox(.max - 2, 7, 42, $0, blocks)
  }
  outcome.expect(words.isInside, "Philox writes outside")
  for block in 0..<blocks {
    let counter = UInt64.max - 2 &+ UInt64(block)
    let (a, b, c, d) = philoxBlock(
      UInt32(truncatingIfNeeded: counter), UInt32(counter >> 32), 7, 0, 42, 0)
    let isRight = Array(words.elements[4 * block..<4 * block + 4]) == [a, b, c, d]
    outcome.expect(isRight, "block \(block) of Philox")
  }
  func made(_ make: (UnsafeMutablePointer<Float>) -> Void) -> Written<Float> {
    written(words.elements.count, canary: canary) { numbers in
      for (i, word) in words.elements.enumerated() { numbers[i] = Float(bitPattern: word) }
      make(numbers)
    }
  }
  let uniform = made { kernels.uniform($0, 4 * blocks) }
  let normal = made { kernels.normal($0, 2 * blocks) }
  for i in stride(from: 0, to: 4 * blocks, by: 2) {
    let (u, v) = (Double(words.elements[i]), Double(words.elements[i + 1]))
    let (radius, angle) = ((-2 * log((u + 1) / 0x1p32)).squareRoot(), 2 * Double.pi * v / 0x1p32)
    let error = max(
      (Double(normal.elements[i]) - radius * cos(angle)).magnitude,
      (Double(normal.elements[i + 1]) - radius * sin(angle)).magnitude)
    outcome.expect(error, within: 1e-6, "normal numbers of \(u) and \(v)")
    outcome.expect(
      uniform.elements[i] == Float(words.elements[i] & 0xFF_FFFF) / 0x1p24, "uniform number of \(u)"
    )
  }
  outcome.expect(
    uniform.isInside && fingerprint(uniform.elements) == Reference.Fingerprints.uniform,
    "the bits of uniform numbers")
  outcome.expect(
    normal.isInside && fingerprint(normal.elements) == Reference.Fingerprints.normal,
    "the bits of normal numbers")
  outcome.report()
}
