internal import Kernels
public import Tensor

/// A search for the number of inputs that share a scale, one for each layer, as Q-DiT has it
/// ([arXiv 2406.17343](https://arxiv.org/abs/2406.17343)).
///
/// Smaller groups are more exact and have more scales, but how much a layer gains differs, and larger
/// groups may even be better by chance. Q-DiT searches by the FID of samples; this one by a local
/// error, which needs the weights alone: the squared error of a layer's weights over their squared
/// length, which is that of its results for inputs that do not correlate. It finds the smallest sum
/// of these for which there are no more scales than with groups of one size everywhere.
public struct GroupSizeSearch: Sendable {
  /// The sizes to choose from.
  public var candidates: [Int]
  /// The size whose number of scales is the most that there may be.
  public var budget: Int

  /// A search among Q-DiT's sizes.
  public init(candidates: [Int] = [32, 64, 96, 128, 192, 288], budget: Int = 128) {
    (self.candidates, self.budget) = (candidates, budget)
  }

  /// What a size costs and gives in a layer.
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
    // What is left of the scales may have done more good with one size.
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

  /// The name of a layer, the same for those of queries, keys and values.
  static func jointName(_ name: String) -> String {
    let parts = name.split(separator: ".").map {
      ["to_q", "to_k", "to_v", "q", "k", "v"].contains($0) ? "qkv" : String($0)
    }
    return parts.joined(separator: ".")
  }

  /// Choices with no more scales than `limit` whose sum of errors is small: the smallest that there
  /// is for the number of scales that they have.
  ///
  /// A price of a scale makes the choices of layers independent of each other; it is raised as far as
  /// needed.
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
