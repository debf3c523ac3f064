internal import Tensor

/// A predictor that forecasts nothing: it measures how far attention that shares something would be
/// from what it is in each step.
///
/// A row has the error of one half for both, then, for each of the steps before, the errors of its
/// result, of a window with its residual, and of the same with one half for both. An error is the
/// squared distance relative to the variance of the result.
struct SharingErrors: CachePredictor {
  /// An error that no threshold accepts.
  static let impossible = 1e9

  let reach, window: Int
  private var past: [(value: Tensor<Float>, residual: Tensor<Float>)] = []
  private var rows: [[Double]] = []

  init(reach: Int, tokens: Int) {
    (self.reach, window) = (reach, SharedAttention.window(tokens))
  }

  mutating func record(_ value: Tensor<Float>, _ context: CacheContext) {
    let near = context.part(BranchPart(conditionalOnly: false, window: window))
    let half = context.isGuided ? 0..<value.shape[0] / 2 : 0..<0
    func halfError(_ value: Tensor<Float>, from exact: Tensor<Float>) -> Double {
      half.isEmpty
        ? Self.impossible
        : error(Tensor(concatenating: [value[half], value[half]], axis: 0), from: exact)
    }
    var row = [halfError(value, from: value)]
    for lag in 0..<reach {
      guard lag < past.count else {
        row += Array(repeating: Self.impossible, count: 3)
        continue
      }
      let windowed = near + past[lag].residual
      row += [
        error(past[lag].value, from: value), error(windowed, from: value),
        halfError(windowed, from: value),
      ]
    }
    rows.append(row)
    past = [(value, value - near)] + past.prefix(reach - 1)
  }

  private func error(_ value: Tensor<Float>, from exact: Tensor<Float>) -> Double {
    let difference = value - exact
    let variance = exact.variance(axes: nil).item
    return Double((difference * difference).mean(axes: nil).item) / Double(max(variance, 1e-30))
  }

  mutating func value(_ context: CacheContext) -> Tensor<Float> {
    require(past.first?.value, "sharing errors: there is no value")
  }

  mutating func reset() {}
  var keepsHistory: Bool { true }
  var byteCount: Int { past.reduce(0) { $0 + $1.value.byteCount + $1.residual.byteCount } }
  func capacity(elements: Int, inputs: Int) -> Int { 2 * reach * elements }
  var measurement: [[Double]]? { rows }
}
