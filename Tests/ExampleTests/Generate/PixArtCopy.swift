import Foundation
import _TestSupport

extension TemporaryFolder {
  /// The golden folder of PixArt.
  static let pixArt = Fixtures.repository + "/Tests/Fixtures/pixart/folder"

  /// A copy of the golden folder of PixArt with some texts of its files replaced; its path.
  func pixArt(replacing edits: (file: String, text: String, by: String)...) throws -> String {
    let copy = file("pixart")
    try FileManager.default.copyItem(atPath: Self.pixArt, toPath: copy)
    for edit in edits {
      let url = URL(filePath: "\(copy)/\(edit.file)")
      let text = try String(contentsOf: url, encoding: .utf8)
      try Data(text.replacing(edit.text, with: edit.by).utf8).write(to: url)
    }
    return copy
  }
}
