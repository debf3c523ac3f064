internal import NN
internal import Tensor

/// The shapes of a checkpoint of the original code, from which the sizes of the model are read.
struct CheckpointShapes {
  private let shapes: [String: [Int]]
  private let path: String

  /// The shapes of all tensors.
  init(_ checkpoint: Checkpoint) {
    shapes = Dictionary(
      checkpoint.entries.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    path = checkpoint.path
  }

  /// The names of all tensors.
  var names: Dictionary<String, [Int]>.Keys { shapes.keys }

  /// The shape of a tensor.
  ///
  /// - Throws: `WeightError` where it is missing, `ModelError` where it has another rank or an
  ///   extent that no model has.
  subscript(_ name: String, rank rank: Int) -> [Int] {
    get throws {
      guard let shape = shapes[name] else { throw WeightError.missing(file: path, tensor: name) }
      guard shape.count == rank, shape.allSatisfy({ (1...1_048_576).contains($0) }) else {
        throw ModelError.value(
          file: path, key: name, expected: "of \(rank) dimensions, none of them empty",
          found: "of shape \(shape)")
      }
      return shape
    }
  }

  /// The side of the square of a number of patches.
  func side(ofSquare count: Int, _ name: String, patch: Int) throws(ModelError) -> Int {
    let side = Int(Double(count).squareRoot())
    guard side * side == count, side <= 256, patch <= 256 else {
      throw .value(
        file: path, key: name, expected: "of a square of at most 65536 tokens",
        found: "of \(count) tokens")
    }
    return side
  }

  /// The number of heads of the published model of a width; no shape tells it.
  func headCount(width: Int, _ name: String) throws(ModelError) -> Int {
    let counts = [384: 6, 768: 12, 1024: 16, 1152: 16]
    guard let count = counts[width] else {
      throw .value(
        file: path, key: name, expected: "of width \(counts.keys.sorted())",
        found: "of width \(width)")
    }
    return count
  }

  /// The number of items of a list, each of which has a tensor.
  func count(of list: String, _ tensor: String) -> Int {
    (0..<shapes.count).prefix { shapes["\(list).\($0).\(tensor)"] != nil }.count
  }
}
