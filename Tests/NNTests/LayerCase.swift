import Kernels
import NN
import Tensor
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// A case of the golden file of layers: what goes in, what PyTorch makes of it, and the parameters.
struct LayerCase {
  let name: String
  private let file: SafetensorsFile

  init(_ name: String) throws {
    (self.name, file) = (name, try Fixtures.open("layers"))
  }

  /// What goes in.
  var x: Tensor<Float> { get throws { try self["x"] } }
  /// What PyTorch makes of it.
  var y: Tensor<Float> { get throws { try self["y"] } }

  /// A tensor of the case.
  subscript(_ key: String) -> Tensor<Float> { get throws { try file["\(name).\(key)"] } }

  /// The parameters.
  var weights: Weights { weights(.float32) }

  /// The parameters, to be multiplied in some precision, by the kernels of a table.
  func weights(_ precision: Precision, _ table: KernelTable = .active) -> Weights {
    Weights(file, precision: precision, table: table)[name]["layer"]
  }

  /// The names and values of the parameters, as PyTorch lists them.
  var parameters: [String: Tensor<Float>] {
    get throws {
      let prefix = "\(name).layer."
      return Dictionary(
        uniqueKeysWithValues: try file.names.filter { $0.hasPrefix(prefix) }.map {
          (String($0.dropFirst(prefix.count)), try file[$0])
        })
    }
  }
}
