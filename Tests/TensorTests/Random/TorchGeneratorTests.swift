import Foundation
import Tensor
import Testing

@Suite struct TorchGeneratorTests {
  let fixtures: SafetensorsFile

  init() throws { fixtures = try SafetensorsFile(path: Fixtures.path("random.safetensors")) }

  func expected<Scalar>(
    _ name: String, of _: Scalar.Type = Scalar.self
  ) throws -> Tensor<Scalar> {
    try #require(try fixtures.tensor(named: name).tensor(of: Scalar.self))
  }

  func expectClose(_ found: Tensor<Float>, _ name: String) throws {
    try expectClose(
      found.elements.map(Double.init), expected(name, of: Float.self).elements.map(Double.init),
      name, 4e-6)
  }

  func expectClose(_ found: Tensor<Double>, _ name: String) throws {
    try expectClose(found.elements, expected(name).elements, name, 1e-14)
  }

  private func expectClose(
    _ found: [Double], _ expected: [Double], _ name: String, _ tolerance: Double
  ) throws {
    try #require(found.count == expected.count, "\(name)")
    let error = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(error <= tolerance, "\(name): \(error)")
  }

  /// The file has fresh generators' draws, named `<draw>.<seed>.<count>`.
  @Test func matchesFreshGenerators() throws {
    var counts: [String: Int] = [:]
    for name in fixtures.names {
      let parts = name.split(separator: ".")
      let number = Int(parts[1]) ?? 0
      var generator = TorchGenerator(seed: UInt64(number))
      switch parts[0] {
      case "randn": try expectClose(generator.normal([Int(parts[2]) ?? 0]), name)
      case "randn64":
        try expectClose(generator.normal([Int(parts[2]) ?? 0], of: Double.self), name)
      case "rand":
        #expect(try generator.uniform([Int(parts[2]) ?? 0]).elements == expected(name).elements)
      case "rand64":
        let found = generator.uniform([Int(parts[2]) ?? 0], of: Double.self)
        #expect(try found.elements == expected(name).elements, "\(name)")
      case "randint32":
        let words = (0..<16).map { _ in Int64(generator.next32()) }
        #expect(try words == expected(name).elements, "\(name)")
      case "randint":
        let found = generator.integers([16], below: Int64(parts[2]) ?? 1)
        #expect(try found.elements == expected(name).elements, "\(name)")
      default: continue
      }
      counts[String(parts[0]), default: 0] += 1
    }
    #expect(counts.count == 6 && counts.values.allSatisfy { $0 >= 4 }, "\(counts)")
  }

  struct Sequence: Decodable {
    struct Draw: Decodable {
      let draw: String
      let n: Int
      let high: Int64?
    }

    let seed: UInt64
    let draws: [Draw]
  }

  @Test func matchesMixedSequences() throws {
    let json = try #require(fixtures.metadata["sequences"])
    let sequences = try JSONDecoder().decode([Sequence].self, from: Data(json.utf8))
    #expect(sequences.count == 6)
    for (k, sequence) in sequences.enumerated() {
      var generator = TorchGenerator(seed: sequence.seed)
      for (i, draw) in sequence.draws.enumerated() {
        let name = "sequence.\(k).\(i)"
        var integers: [Int64]?
        switch draw.draw {
        case "randn": try expectClose(generator.normal([draw.n]), name)
        case "randn64": try expectClose(generator.normal([draw.n], of: Double.self), name)
        case "rand":
          #expect(try generator.uniform([draw.n]).elements == expected(name).elements, "\(name)")
        case "rand64":
          let found = generator.uniform([draw.n], of: Double.self)
          #expect(try found.elements == expected(name).elements, "\(name)")
        case "randint":
          integers = generator.integers([draw.n], below: try #require(draw.high)).elements
        case "int31": integers = (0..<draw.n).map { _ in Int64(generator.next32() & 0x7FFF_FFFF) }
        case "int63":
          integers = (0..<draw.n).map { _ in Int64(generator.next() & UInt64(Int64.max)) }
        case "raw64": integers = (0..<draw.n).map { _ in Int64(bitPattern: generator.next()) }
        case "raw32": integers = (0..<draw.n).map { _ in Int64(generator.next32()) }
        case "manual_seed": generator = TorchGenerator(seed: UInt64(draw.n))
        default: Issue.record("unknown draw \(draw.draw)")
        }
        if let integers { #expect(try integers == expected(name).elements, "\(name)") }
      }
      let state = try expected("sequence.\(k).state", of: UInt8.self).elements
      // The number kept is a result of arithmetic, which differs in its last bits.
      let kept = 5024..<5032
      #expect(generator.state.count == state.count)
      #expect(generator.state[..<kept.lowerBound] == state[..<kept.lowerBound], "\(k)")
      #expect(generator.state[kept.upperBound...] == state[kept.upperBound...], "\(k)")
      let numbers = [generator.state, state].map { bytes in
        Double(bitPattern: bytes[kept].reversed().reduce(0) { $0 << 8 | UInt64($1) })
      }
      #expect(abs(numbers[0] - numbers[1]) < 1e-14)
    }
  }

  @Test func copiesDrawTheSame() {
    var generator = TorchGenerator(seed: 7)
    _ = generator.normal([3])
    var copy = generator
    #expect(generator.normal([2, 3]).elements == copy.normal([2, 3]).elements)
    #expect(generator.state == copy.state)
    _ = copy.next32()
    #expect(generator.state != copy.state)
  }
}
