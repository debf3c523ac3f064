package import Tensor

/// The golden files of `Tests/Fixtures`.
package enum Fixtures {
  /// The root of the repository.
  package static let repository = String(
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/"))

  /// The folder of the model that ships with the examples.
  package static let showcaseModel = repository + "/Examples/ShowcaseModel/fashion-dit"

  /// The path of a golden file.
  package static func path(_ name: String) -> String {
    "\(repository)/Tests/Fixtures/\(name).safetensors"
  }

  /// Opens a golden file.
  package static func open(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(path: path(name))
  }
}

extension SafetensorsFile {
  /// A tensor of this file as `Float`.
  package subscript(_ name: String) -> Tensor<Float> {
    get throws { try tensor(named: name).converted(to: Float.self) }
  }

  /// A tensor of this file as 8-bit levels.
  package func levels(_ name: String) throws -> Tensor<UInt8> {
    try tensor(named: name).converted(to: UInt8.self)
  }

  /// A tensor of this file as whole numbers.
  package func integers(_ name: String) throws -> [Int] {
    try tensor(named: name).converted(to: Int64.self).elements.map(Int.init)
  }
}
