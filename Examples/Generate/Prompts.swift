internal import DiT
internal import Foundation
internal import _ExampleCommandLine

/// The prompts of a run, and what it leads away from.
struct Prompts: Sendable {
  let texts: [String]
  /// What guidance leads away from; nil is what the model has for it.
  let negative: String?

  /// The prompts that the options name, those of the file behind the others.
  ///
  /// - Throws: `UsageError` where the file cannot be read, or a line of it is no prompt.
  init(_ o: GenerateOptions, _ arguments: ParsedArguments) throws(UsageError) {
    var texts = arguments[o.prompts]
    if let path = arguments[o.promptFile] { texts += try Self.lines(of: path) }
    (self.texts, negative) = (texts, arguments[o.negativePrompt])
  }

  /// A prompt as a part of a file's name: its first words.
  func fileName(of index: Int) -> String {
    // Room for the rest of a name, which has 255 bytes in most file systems.
    let limit = 100
    let words = _ExampleCommandLine.fileName(of: texts[index])
    var name = words
    while name.utf8.count > limit { name.removeLast() }
    // Whole words, where the first one is not too long itself.
    if name.count < words.count, let dash = name.lastIndex(of: "-") {
      name = String(name[..<dash])
    }
    return name.isEmpty ? "prompt-\(index + 1)" : name
  }

  /// What of the prompts a text encoder cuts off, in a sentence for each.
  func warnings(_ encoder: T5TextEncoder) -> [String] {
    let named = texts.enumerated().map { ("prompt \($0.offset + 1)", $0.element) }
    return (named + [("the negative prompt", negative ?? "")]).compactMap { name, text in
      encoder.droppedText(of: text).map { rest in
        "\(name) is longer than the \(encoder.tokenLimit) tokens that the model reads; this is cut "
          + "off: '\(inOneLine(rest))'"
      }
    }
  }

  /// The most bytes that a file of prompts may have.
  private static let longestFile = 1 << 24

  /// The lines of a file, each of which is a prompt.
  private static func lines(of path: String) throws(UsageError) -> [String] {
    var rest: ArraySlice<UInt8>
    do {
      // A pipe is welcome, and a device that never ends is not read for ever.
      let data = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        .read(upToCount: longestFile + 1)
      rest = [UInt8](data ?? Data())[...]
    } catch {
      throw .other("--prompt-file: cannot read '\(path)'")
    }
    guard rest.count <= longestFile else {
      throw .other("--prompt-file: '\(path)' has more than \(longestFile) bytes")
    }
    // A mark of the byte order, which some editors put first, belongs to no prompt.
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    var lines = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard !lines.isEmpty else { throw .other("--prompt-file: '\(path)' has no line") }
    var prompts: [String] = []
    for (index, line) in lines.enumerated() {
      func fault(_ what: String) -> UsageError {
        .other("--prompt-file: '\(path)', line \(index + 1): \(what)")
      }
      let bytes = line.last == 0x0D ? line.dropLast() : line
      guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
        throw fault("it is not a text in UTF-8")
      }
      guard !text.allSatisfy(\.isWhitespace) else {
        throw fault("it is empty; a line must hold a prompt")
      }
      prompts.append(text)
    }
    return prompts
  }
}

/// A text without line breaks, to stand in a message.
func inOneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
