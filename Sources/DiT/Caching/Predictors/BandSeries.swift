internal import Foundation
internal import Kernels
internal import Tensor

/// Maps of tokens whose low frequencies are the last ones and whose high frequencies are forecast
/// by a series.
///
/// Reference: [Liu et al., 2025](https://arxiv.org/abs/2510.08669), FreqCa.
struct BandSeries: CachePredictor {
  private let bands: TokenBands
  private var low: Tensor<Float>?
  private var high: DifferenceSeries

  init(_ bands: TokenBands, high: DifferenceSeries) { (self.bands, self.high) = (bands, high) }

  mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    let low = bands.coefficients(of: value, in: context.workspace)
    let rest = linearCombination(
      [(1, value), (-1, bands.maps(of: low, in: context.workspace))], in: context.workspace)
    high.record(rest, context)
    self.low = low
  }

  mutating func value(_ context: CacheContext) -> Tensor<Float> {
    let low = context.rows(of: require(low, "band series: there is no value to go on from"))
    return linearCombination(
      [(1, bands.maps(of: low, in: context.workspace)), (1, high.value(context))],
      in: context.workspace)
  }

  mutating func reset() {
    low = nil
    high.reset()
  }

  var keepsHistory: Bool { high.keepsHistory }
  var byteCount: Int { (low?.byteCount ?? 0) + high.byteCount }

  func capacity(elements: Int, inputs: Int) -> Int {
    high.capacity(elements: elements, inputs: inputs)
      + elements / bands.basis.shape[1] * bands.basis.shape[0]
  }
}

/// The low frequencies of maps of tokens, by the cosine transform (DCT-II).
struct TokenBands {
  /// The cosine waves of low frequency, of unit length: `[waves, tokens]`.
  let basis: Tensor<Float>

  /// The bands of maps of a size.
  ///
  /// - Parameters:
  ///   - grid: The rows and columns of tokens.
  ///   - cutoff: The largest distance of a low frequency from zero, as a share of the largest.
  init(grid: (rows: Int, columns: Int), cutoff: Double) {
    func squared(_ vertical: Int, _ horizontal: Int) -> Double {
      Double(vertical * vertical + horizontal * horizontal)
    }
    let limit = cutoff * cutoff * squared(grid.rows - 1, grid.columns - 1)
    func wave(_ frequency: Int, _ count: Int) -> [Double] {
      let size = ((frequency == 0 ? 1 : 2) / Double(count)).squareRoot()
      return (0..<count).map {
        size * cos(.pi * Double((2 * $0 + 1) * frequency) / Double(2 * count))
      }
    }
    var waves: [[Float]] = []
    for vertical in 0..<grid.rows {
      for horizontal in 0..<grid.columns where squared(vertical, horizontal) <= limit {
        let (rows, columns) = (wave(vertical, grid.rows), wave(horizontal, grid.columns))
        waves.append(rows.flatMap { row in columns.map { Float(row * $0) } })
      }
    }
    basis = Tensor(waves.flatMap { $0 }, shape: [waves.count, grid.rows * grid.columns])
  }

  /// The coefficients of the low waves, `[rows, waves, width]`, in maps `[rows, tokens, width]`.
  func coefficients(of tokens: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    matmul(basis.broadcast(to: [tokens.shape[0]] + basis.shape), tokens, in: workspace)
  }

  /// The maps `[rows, tokens, width]` that have the coefficients `[rows, waves, width]`.
  func maps(of coefficients: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    let waves = basis.transposed()
    return matmul(
      waves.broadcast(to: [coefficients.shape[0]] + waves.shape), coefficients, in: workspace)
  }
}
