import NN
import Tensor

/// The parameters of a golden file's model, which stand below `model`.
struct GoldenWeights: WeightSource {
  let file: SafetensorsFile
  private let prefix = "model."

  init(file: SafetensorsFile) { self.file = file }

  var description: String { file.path }
  var names: [String] {
    file.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
  func tensor(named name: String) throws -> AnyTensor { try file.tensor(named: prefix + name) }
}
