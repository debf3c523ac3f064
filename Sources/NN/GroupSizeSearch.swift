internal import Kernels
public import Tensor

/// A search for the number of inputs that share a scale, one for each layer, as Q-DiT has it
/// ([arXiv 2406.17343](https://arxiv.org/abs/2406.17343)).
///
/// Smaller groups are more exact but have more scales, and some layers gain more from them than
/// others. Q-DiT searches by the FID of samples. This search needs only the weights: it minimizes
/// the sum over layers of the squared error of a layer's weights over their squared norm, which is
/// the relative error of its outputs for uncorrelated inputs. The file has no more scales than with
/// groups of one size everywhere.
public struct GroupSizeSearch: Sendable {
  /// The sizes to choose from.
  public var candidates: [Int]
  /// The group size that sets the budget: no more scales than with groups of this size everywhere.
  public var budget: Int

  /// A search among Q-DiT's sizes and larger ones, which save the scales that smaller ones take.
  public init(
    candidates: [Int] = [32, 64, 96, 128, 192, 288, 384, 576, 1152],
    budget: Int = 384
  ) {
    (self.candidates, self.budget) = (candidates, budget)
  }

  /// The number of scales and the error of a layer with groups of a size.
  struct Choice: Equatable {
    let size: Int
    /// The scales of the layer, and its error.
    let scales: Int
    let error: Double
  }

  /// Searches the layers of a checkpoint that a quantizer quantizes.
  ///
  /// - Parameters:
  ///   - checkpoint: The checkpoint.
  ///   - quantizer: What the layers are quantized with.
  ///   - progress: Called after each layer, with the number of those done and of all; what it throws
  ///     ends the search.
  /// - Returns: The quantizer with the sizes that were found.
  /// - Throws: `WeightError` where a weight is infinite or NaN, and what reading the file throws.
  public func callAsFunction(
    _ checkpoint: Checkpoint, for quantizer: CheckpointQuantizer,
    progress: (_ done: Int, _ count: Int) throws -> Void = { _, _ in }
  ) throws -> CheckpointQuantizer {
    let layers = checkpoint.entries.filter {
      $0.scalarType?.isFloatingPoint == true
        && quantizer.width(of: $0.name, shape: $0.shape) != nil
    }
    // Layers that are computed as one have groups of one size.
    var names: [String: [String]] = [:]
    var choices: [String: [Choice]] = [:]
    for (index, entry) in layers.enumerated() {
      let found = try self.choices(entry, checkpoint, quantizer)
      let key = Self.jointName(entry.name)
      names[key, default: []].append(entry.name)
      choices[key] = choices[key].map { zip($0, found).map(Self.sum) } ?? found
      try progress(index + 1, layers.count)
    }
    let keys = choices.keys.sorted()
    let layerChoices = keys.compactMap { choices[$0] }
    let uniform = layerChoices.compactMap(\.last)
    var best = Self.best(layerChoices, within: uniform.reduce(0) { $0 + $1.scales })
    // The search may leave scales unused; groups of one size may then be better.
    if Self.error(uniform) < Self.error(best) { best = uniform }
    var result = quantizer
    for (key, choice) in zip(keys, best) {
      for name in names[key] ?? [] { result.groupSizes[name] = choice.size }
    }
    return result
  }

  /// The candidates of a layer, and then the size of the budget.
  private func choices(
    _ entry: TensorEntry, _ checkpoint: Checkpoint, _ quantizer: CheckpointQuantizer
  ) throws -> [Choice] {
    let (outputs, inputs) = (entry.shape[0], entry.shape[1])
    let tensor = try checkpoint.tensor(named: entry.name)
    defer { tensor.discardPages() }
    let weight = tensor.converted(to: Float.self)
    let length = max(Double((weight * weight).sum().item), .leastNormalMagnitude)
    return try (candidates + [budget]).map { size in
      do throws(QuantizationError) {
        let width = quantizer.width(of: entry.name, shape: entry.shape) ?? quantizer.width
        let error = weight - (try QuantizedMatrix(weight, width: width, groupSize: size).tensor)
        return Choice(
          size: size, scales: outputs * ((inputs + size - 1) / size),
          error: Double((error * error).sum().item) / length)
      } catch {
        throw WeightError.quantization(file: checkpoint.path, tensor: entry.name, error)
      }
    }
  }

  private static func error(_ choices: [Choice]) -> Double { choices.reduce(0) { $0 + $1.error } }

  private static func sum(_ a: Choice, _ b: Choice) -> Choice {
    Choice(size: a.size, scales: a.scales + b.scales, error: a.error + b.error)
  }

  /// The name of a layer, with one name for the layers of queries, keys and values.
  static func jointName(_ name: String) -> String {
    let parts = name.split(separator: ".").map {
      ["to_q", "to_k", "to_v", "q", "k", "v"].contains($0) ? "qkv" : String($0)
    }
    return parts.joined(separator: ".")
  }

  /// Choices with at most `limit` scales and a small sum of errors: no choices with as many scales
  /// have a smaller one.
  ///
  /// This is Lagrange's relaxation: each scale has a price, which makes the choices of layers
  /// independent, and the price is raised until the limit holds.
  static func best(_ layers: [[Choice]], within limit: Int) -> [Choice] {
    func chosen(_ price: Double) -> [Choice] {
      layers.compactMap { layer in
        layer.min {
          let (a, b) = (
            $0.error + price * Double($0.scales), $1.error + price * Double($1.scales)
          )
          return (a, $0.scales) < (b, $1.scales)
        }
      }
    }
    func fits(_ choices: [Choice]) -> Bool { choices.reduce(0) { $0 + $1.scales } <= limit }
    if fits(chosen(0)) { return chosen(0) }
    var (low, high) = (0.0, 1e6)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if fits(chosen(middle)) { high = middle } else { low = middle }
    }
    return chosen(high)
  }
}
