import Foundation
import Testing
import _TestSupport

/// What the pages of the repository point at exists.
@Suite struct DocumentationTests {
  /// The paths of all files, from the root of the repository.
  private static let files: Set<String> = {
    let folders = ["Benchmarks", "Examples", "Scripts", "Sources", "Tests", "docs"]
    let below = folders.flatMap { folder in
      (FileManager.default.enumerator(atPath: "\(Fixtures.repository)/\(folder)")?
        .compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }
    }
    let top = try? FileManager.default.contentsOfDirectory(atPath: Fixtures.repository)
    return Set(below + (top ?? []))
  }()

  /// The pages, without the articles that DocC reads.
  static let pages = files.filter { $0.hasSuffix(".md") && !$0.contains(".docc/") }.sorted()

  /// The lines of a page that are not code.
  private func lines(_ page: String) throws -> [String] {
    var isCode = false
    return try String(contentsOfFile: "\(Fixtures.repository)/\(page)", encoding: .utf8)
      .components(separatedBy: "\n").filter { line in
        if line.hasPrefix("```") { isCode.toggle() }
        return !isCode
      }
  }

  /// The anchors of a page's headings, as GitHub makes them.
  private func anchors(_ page: String) throws -> Set<String> {
    Set(
      try lines(page).filter { $0.hasPrefix("#") }.map { line in
        line.drop { $0 == "#" }.dropFirst().lowercased()
          .filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
          .replacingOccurrences(of: " ", with: "-")
      })
  }

  /// What examples write where nobody says where is no part of the repository.
  @Test func outputsOfExamplesAreIgnored() throws {
    let text = try String(contentsOfFile: Fixtures.repository + "/.gitignore", encoding: .utf8)
    let lines = text.split(separator: "\n")
    for output in [
      "generate*.png", "generate*.npy", "generate*.safetensors", "calibration.json", "digits.png",
      "compare-report/", "block-report/",
    ] {
      #expect(lines.contains("/\(output)"), "\(output)")
    }
    #expect(lines.contains(".*.tmp"))
  }

  @Test(arguments: pages) func linksLeadSomewhere(_ page: String) throws {
    let folder = page.split(separator: "/").dropLast()
    // Code between backticks is no link.
    let text = try lines(page).joined(separator: "\n").replacing(#/`[^`]*`/#, with: "")
    for match in text.matches(of: #/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/#) {
      var parts = folder
      for part in match.1.split(separator: "/") {
        if part == ".." { parts.removeLast() } else { parts.append(part) }
      }
      let target = match.1.isEmpty ? page : parts.joined(separator: "/")
      #expect(Self.files.contains(target), "\(page): \(match.0)")
      guard !match.2.isEmpty, Self.files.contains(target) else { continue }
      #expect(try anchors(target).contains(String(match.2)), "\(page): \(match.0)")
    }
  }

  @Test(arguments: pages) func filesThatAreNamedExist(_ page: String) throws {
    for match in try lines(page).joined(separator: "\n").matches(of: #/`([\w/.+-]+\.swift)`/#) {
      let name = String(match.1)
      let isThere = Self.files.contains { $0 == name || $0.hasSuffix("/\(name)") }
      #expect(isThere, "\(page): \(name)")
    }
  }
}
