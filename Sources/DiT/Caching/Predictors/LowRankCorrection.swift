internal import Kernels
public import Tensor

/// The last value of a linear layer, corrected for the change of its input by a low-rank matrix.
///
/// `y = y₀ + A · B · (x - x₀)`, where `A · B` approximates the layer's weights.
///
/// Reference: [Chen et al., 2025](https://arxiv.org/abs/2505.05829), ICC.
public struct LowRankCorrection: CachePredictor {
  private let factors: [CacheSite: LowRankFactors]
  private var own: LowRankFactors?
  private var last: (input: Tensor<Float>, value: Tensor<Float>)?

  /// A predictor that has seen nothing yet.
  ///
  /// - Parameter factors: The factors of the weights of each site.
  init(_ factors: [CacheSite: LowRankFactors]) { self.factors = factors }

  /// The predictor of one layer.
  public func placed(at site: CacheSite) -> any CachePredictor {
    var predictor = self
    predictor.own = factors[site]
    return predictor
  }

  /// Keeps what it needs of a computed value.
  public mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    last = (context.input, value)
  }

  /// The corrected value.
  public mutating func value(_ context: CacheContext) -> Tensor<Float> {
    let last = require(last, "low-rank correction: there is no value")
    let own = require(own, "low-rank correction: the layer has no factors")
    let workspace = context.workspace
    let change = linearCombination(
      [(1, context.input), (-1, context.rows(of: last.input))], in: workspace)
    return linearCombination(
      [(1, context.rows(of: last.value)), (1, own(change, in: workspace))], in: workspace)
  }

  /// Forgets the value.
  public mutating func reset() { last = nil }

  /// The bytes of the value, the input and the factors.
  public var byteCount: Int {
    let kept = last.map { $0.input.byteCount + $0.value.byteCount } ?? 0
    return kept + (own?.count ?? 0) * MemoryLayout<Float>.stride
  }
  /// A value, an input and the factors.
  public func capacity(elements: Int, inputs: Int) -> Int {
    elements + inputs + (own?.count ?? 0)
  }
  /// What the factors multiply where a layer is reused.
  public func cost(_ action: CacheSchedule.Action, of full: MultiplyAdds) -> MultiplyAdds {
    MultiplyAdds(linear: action == .reuse ? (own?.share ?? 0) * full.linear : 0)
  }
}

/// Two matrices whose product approximates the weights of a linear layer.
///
/// Where the layer is several side by side, each has its own two.
struct LowRankFactors: Sendable {
  /// `[inputs, parts · rank]`.
  let down: Tensor<Float>
  /// `[rank, outputs / parts]` for each part.
  let up: [Tensor<Float>]

  /// Factors of weights.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs]`.
  ///   - parts: The number of layers that stand side by side.
  ///   - rank: The rank, at most that of a part.
  ///   - magnitudes: The mean magnitudes of the outputs and then of the inputs, whose square roots
  ///     weight the channels in the error; nil weights all alike.
  /// - Throws: `LinearAlgebraError` where weights are not finite.
  init(
    _ weight: Tensor<Float>, parts: Int, rank: Int, magnitudes: [Double]?
  ) throws(LinearAlgebraError) {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let size = outputs / parts
    let outputScales = Self.scales(magnitudes?.prefix(outputs), count: outputs)
    let inputScales = Self.scales(magnitudes?.suffix(inputs), count: inputs)
    var (down, up) = ([Tensor<Float>](), [Tensor<Float>]())
    for part in 0..<parts {
      let rows = part * size..<(part + 1) * size
      let outputScales = outputScales[rows].reshaped([size, 1])
      let svd = try (weight[rows] * outputScales * inputScales)
        .lowRankSVD(rank: min(rank, size, inputs))
      up.append((svd.u * svd.values / outputScales).permuted([1, 0]).copied())
      down.append((svd.vTransposed / inputScales).permuted([1, 0]))
    }
    (self.down, self.up) = (Tensor(concatenating: down, axis: 1), up)
  }

  /// The square roots of magnitudes, at least a thousandth of the largest; ones for nil.
  private static func scales(_ magnitudes: ArraySlice<Double>?, count: Int) -> Tensor<Float> {
    guard let roots = magnitudes?.map({ $0.squareRoot() }) else {
      return Tensor(Array(repeating: 1, count: count), shape: [count])
    }
    let least = max((roots.max() ?? 0) / 1000, 1e-6)
    return Tensor(roots.map { Float(max($0, least)) }, shape: [count])
  }

  /// The multiply-adds of both factors as a share of those of the layer.
  var share: Double {
    let (inputs, outputs) = (down.shape[0], up.reduce(0) { $0 + $1.shape[1] })
    return Double(count) / Double(inputs * outputs)
  }

  /// The elements of both factors.
  var count: Int { down.count + up.reduce(0) { $0 + $1.count } }

  /// The products of rows, `[rows, tokens, inputs]`, with both factors.
  func callAsFunction(_ x: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    func product(_ x: Tensor<Float>, _ matrix: Tensor<Float>) -> Tensor<Float> {
      matmul(x, matrix.broadcast(to: [x.shape[0]] + matrix.shape), in: workspace)
    }
    let hidden = product(x, down)
    let rank = up[0].shape[0]
    let parts = up.enumerated().map { part, matrix in
      product(hidden[.all, .all, part * rank..<(part + 1) * rank], matrix)
    }
    return parts.count == 1 ? parts[0] : Tensor(concatenating: parts, axis: 2)
  }
}
