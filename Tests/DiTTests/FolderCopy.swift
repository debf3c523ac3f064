import Foundation
import Tensor
import _TestSupport

/// A copy of a golden folder of diffusers, to be changed; it goes with its owner.
final class FolderCopy {
  let path: String

  init(_ name: String = "safetensors") throws {
    path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.copyItem(atPath: "\(FolderTests.folders)/\(name)", toPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Removes a file or folder.
  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

  /// Gives a file another name.
  func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: file(name), toPath: file(other))
  }

  /// Writes a text.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
  }

  /// Replaces a part of a text.
  func replace(_ part: String, with other: String, in name: String) throws {
    let text = try String(contentsOfFile: file(name), encoding: .utf8)
    try write(text.replacing(part, with: other), to: name)
  }

  /// The tensors of a file.
  func tensors(_ name: String) throws -> [String: AnyTensor] {
    let weights = try SafetensorsFile(path: file(name))
    return try Dictionary(
      uniqueKeysWithValues: weights.names.map { ($0, try weights.tensor(named: $0)) })
  }
}
