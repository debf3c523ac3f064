public import Kernels
public import Tensor

/// Weights that do not fit a model.
public enum WeightError: Error, Equatable, CustomStringConvertible {
  /// A tensor of the model is not in the file.
  case missing(file: String, tensor: String)
  /// A tensor has another shape than the model's.
  case shape(file: String, tensor: String, expected: [Int], found: [Int])
  /// A tensor does not hold numbers of the kind that the model needs.
  case scalarType(file: String, tensor: String, expected: String, found: ScalarType)
  /// Weights cannot be quantized, or quantized weights of the file are not valid.
  case quantization(file: String, tensor: String, QuantizationError)
  /// Tensors of the file have no place in the model.
  case unexpected(file: String, tensors: [String])

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .missing(let file, let tensor):
      "\(file): tensor '\(tensor)' is missing"
    case .shape(let file, let tensor, let expected, let found):
      "\(file): tensor '\(tensor)' has shape \(found), the model needs \(expected)"
    case .scalarType(let file, let tensor, let expected, let found):
      "\(file): tensor '\(tensor)' holds \(found.rawValue), the model needs \(expected)"
    case .quantization(let file, let tensor, let error): "\(file): tensor '\(tensor)': \(error)"
    case .unexpected(let file, let tensors):
      "\(file): \(tensors.count) tensors have no place in the model: "
        + tensors.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        + (tensors.count > 5 ? ", …" : "")
    }
  }
}
