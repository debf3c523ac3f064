import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct ImageTests {
  static let sources = ["images", "wide"]

  static let pools:
    [(name: String, layer: @Sendable (Tensor<Float>, Workspace?) -> Tensor<Float>)] = [
      ("max-pool", { MaxPool2d(2)($0, in: $1) }),
      ("max-pool-all", { MaxPool2d(3, stride: 2, padding: 1, roundsUp: true)($0, in: $1) }),
      ("max-pool-adaptive", { MaxPool2d(.adaptive(height: 3, width: 4))($0, in: $1) }),
      ("average-pool", { AveragePool2d(2)($0, in: $1) }),
      ("average-pool-all", { AveragePool2d(3, stride: 2, padding: 1, roundsUp: true)($0, in: $1) }),
      (
        "average-pool-valid",
        { AveragePool2d(3, stride: 2, padding: 1, countsPadding: false)($0, in: $1) }
      ),
      ("average-pool-adaptive", { AveragePool2d(.adaptive(height: 3, width: 4))($0, in: $1) }),
      ("average-pool-global", { AveragePool2d(.global)($0, in: $1) }),
    ]

  @Test(arguments: sources, pools.indices)
  func poolingMatchesPyTorch(_ source: String, _ index: Int) throws {
    let golden = try LayerCase(source)
    let pool = Self.pools[index]
    let (x, expected) = try (golden.x.channelsLast, golden[pool.name].channelsLast)
    for table in KernelTable.supported {
      let y = pool.layer(x, Workspace(threads: 2, table: table))
      #expect(y.shape == expected.shape)
      #expect(relativeError(y.elements, expected.elements) < 1e-6)
    }
    #expect(pool.layer(x, nil).elements == pool.layer(x, Workspace(threads: 1)).elements)
  }

  /// A NaN is the largest number of every window that has one, infinity or not.
  @Test(arguments: [Float.infinity, -Float.infinity, 1, 0] as [Float])
  func maximumOfNaNIsNaN(_ other: Float) {
    for place in 0..<4 {
      var x = [Float](repeating: other, count: 4)
      x[place] = .nan
      #expect(MaxPool2d(2)(Tensor(x, shape: [1, 2, 2, 1])).elements[0].isNaN)
    }
    let infinite = Tensor([Float.infinity, other, -Float.infinity, 0], shape: [1, 2, 2, 1])
    #expect(MaxPool2d(2)(infinite).elements == [.infinity])
  }

  static let modes: [(name: String, interpolation: Interpolation)] = [
    ("nearest", .nearest), ("nearest-exact", .nearestExact), ("bilinear", .bilinear),
    ("bicubic", .bicubic),
  ]

  @Test(arguments: sources, modes.indices)
  func interpolationMatchesPyTorch(_ source: String, _ index: Int) throws {
    let golden = try LayerCase(source)
    let (name, mode) = Self.modes[index]
    let x = try golden.x.channelsLast
    for (height, width) in [(4, 13), (11, 3), (1, 1)] {
      func expect(_ suffix: String, corners: Bool = false, antialias: Bool = false) throws {
        let expected = try golden["\(name)\(suffix).\(height)x\(width)"].channelsLast
        let y = interpolated(
          x, height: height, width: width, mode, alignsCorners: corners, antialias: antialias)
        #expect(y.shape == expected.shape)
        #expect(
          relativeError(y.elements, expected.elements) < 2e-6, "\(name)\(suffix) \(y.shape)")
      }
      try expect("")
      guard mode == .bilinear || mode == .bicubic else { continue }
      try expect("-corners", corners: true)
      try expect("-antialias", antialias: true)
    }
    guard source == "images" else { return }
    for factor in [0.7, 1.7, 2] {
      let text = factor == 2 ? "2" : "\(factor)"
      let expected = try golden["\(name).by-\(text)"].channelsLast
      let y = Upsample(factor, mode)(x)
      #expect(y.shape == expected.shape)
      #expect(relativeError(y.elements, expected.elements) < 2e-6, "\(name) by \(factor)")
    }
  }
}
