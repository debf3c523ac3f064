import Foundation
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Functions that are computed in 64 bits, and random numbers: every instruction set gives the same
/// bits, `Tests/Emulated` those of arm64.
@Suite struct WideKernelTests {
  static let angles = Reference.floats(4099, powers: -149...19, seed: 1)
  static let others = Reference.floats(4099, powers: -60...60, seed: 2)

  func fingerprint(_ x: [Float]) -> UInt64 {
    Reference.fingerprint(x.map { UInt64($0.bitPattern) })
  }

  func map(_ table: KernelTable, _ function: WideFunction, _ x: [Float]) -> [Float] {
    var z = x
    table.wide.map(function, x, &z, x.count)
    return z
  }

  @Test(arguments: KernelTable.supported)
  func anglesHaveTheSameBits(_ table: KernelTable) {
    let cases: [(WideFunction, UInt64, (Double) -> Double)] = [
      (.sine, Reference.Fingerprints.sine, { sin($0) }),
      (.cosine, Reference.Fingerprints.cosine, { cos($0) }),
      (.tangent, Reference.Fingerprints.tangent, { tan($0) }),
    ]
    for (function, expected, exact) in cases {
      let z = map(table, function, Self.angles)
      for (x, z) in zip(Self.angles, z) {
        let value = exact(Double(x))
        #expect((Double(z) - value).magnitude <= 0.501 * Double(Float(value).ulp), "of \(x)")
      }
      #expect(fingerprint(z) == expected, "\(function)")
      // The tail of a row is computed by other code than its body.
      for count in 0..<19 {
        #expect(map(table, function, Array(Self.angles[..<count])) == Array(z[..<count]))
      }
    }
  }

  @Test(arguments: KernelTable.supported)
  func arctangentsHaveTheSameBits(_ table: KernelTable) {
    var z = Self.others
    #expect(table.wide.zip(.arctangent, Self.angles, Self.others, &z, z.count))
    for (i, z) in z.enumerated() {
      let exact = atan2(Double(Self.angles[i]), Double(Self.others[i]))
      #expect((Double(z) - exact).magnitude <= 0.501 * Double(Float(exact).ulp))
    }
    #expect(fingerprint(z) == Reference.Fingerprints.arctangent)
  }

  /// A whole quotient and what it leaves are exact, or the kernel says that one is not.
  @Test(arguments: KernelTable.supported)
  func divisionsAreExact(_ table: KernelTable) {
    let cases: [(WideBinaryFunction, (Double, Double) -> Double)] = [
      (.truncatingRemainder, { $0.truncatingRemainder(dividingBy: $1) }),
      (.flooredRemainder, { $0 - $1 * ($0 / $1).rounded(.down) }),
      (.flooredQuotient, { ($0 / $1).rounded(.down) }),
    ]
    let x = Reference.floats(1031, powers: -3...20, seed: 3)
    let y = Reference.floats(1031, powers: -3...3, seed: 4)
    for (function, exact) in cases {
      var z = x
      #expect(table.wide.zip(function, x, y, &z, z.count))
      for i in z.indices { #expect(z[i] == Float(exact(Double(x[i]), Double(y[i])))) }
      #expect(!table.wide.zip(function, [1, 1e30], [2, 1e-3], &z, 2), "1e33 is too large")
    }
  }

  @Test(arguments: KernelTable.supported)
  func sumsOfExponentialsHaveTheSameBits(_ table: KernelTable) {
    var sums: [UInt64] = []
    for count in [0, 1, 15, 16, 17, 255, 256, 257, 1031] {
      let x = Array(Reference.floats(1031, powers: -9...5, seed: 5)[..<count])
      let shift = Double(x.max() ?? 0)
      let sum = table.wide.sumOfExponentials(x, count, shift)
      let exact = x.reduce(0) { $0 + exp(Double($1) - shift) }
      #expect((sum - exact).magnitude <= 1e-14 * exact)
      sums += [sum.bitPattern]
      #expect(table.wide.sumOfWideExponentials(x.map(Double.init), count, shift) == sum)
    }
    #expect(Reference.fingerprint(sums) == Reference.Fingerprints.sumsOfExponentials)
  }

  @Test(arguments: KernelTable.supported)
  func drawsHaveTheSameBits(_ table: KernelTable) {
    // Past the last block, a stream begins again.
    var words = [UInt32](repeating: 0, count: 4 * 517)
    table.random.philox(.max - 2, 7, 42, &words, 517)
    for block in 0..<517 {
      let counter = UInt64.max - 2 &+ UInt64(block)
      let expected = philoxBlock(
        UInt32(truncatingIfNeeded: counter), UInt32(counter >> 32), 7, 0, 42, 0)
      #expect(
        Array(words[4 * block..<4 * block + 4]) == [
          expected.0, expected.1, expected.2, expected.3,
        ])
    }
    var (uniform, normal) = (words.map(Float.init(bitPattern:)), words.map(Float.init(bitPattern:)))
    table.random.uniform(&uniform, uniform.count)
    for (x, word) in zip(uniform, words) { #expect(x == Float(word & 0xFF_FFFF) / 0x1p24) }
    table.random.normal(&normal, normal.count / 2)
    for i in stride(from: 0, to: words.count, by: 2) {
      let radius = (-2 * log((Double(words[i]) + 1) / 0x1p32)).squareRoot()
      let angle = 2 * Double.pi * Double(words[i + 1]) / 0x1p32
      #expect((Double(normal[i]) - radius * cos(angle)).magnitude < 1e-6)
      #expect((Double(normal[i + 1]) - radius * sin(angle)).magnitude < 1e-6)
    }
    #expect(fingerprint(uniform) == Reference.Fingerprints.uniform)
    #expect(fingerprint(normal) == Reference.Fingerprints.normal)
  }
}
