internal import DiT
internal import Foundation
internal import _ExampleCommandLine

/// What was asked for, as the parameters of an image hold it.
struct AskedText {
  /// The prompts or the names of the classes, for people and other programs.
  let prompt, negativePrompt: String
  /// What else it takes to ask for the same again.
  let fields: [ImageParameters.Field]

  /// The text of some subjects.
  ///
  /// - Parameters:
  ///   - subjects: The subjects of the run.
  ///   - places: Which of them are in the file.
  ///   - learned: What the model has learned for no text; nil where it has none.
  init(_ subjects: Subjects, _ places: [Int], learned: Condition?) {
    switch subjects {
    case .classes(let labels, let names):
      let labels = places.map { labels[$0] }
      prompt = labels.map { names[$0] }.joined(separator: "; ")
      negativePrompt = ""
      fields = [.init("Class", labels.map { "\($0)" }.joined(separator: " "))]
    case .prompts(let prompts):
      let texts = places.map { prompts.texts[$0] }
      prompt = texts.joined(separator: "\n")
      negativePrompt = prompts.negative ?? ""
      var fields: [ImageParameters.Field] = []
      if prompts.negative == nil, learned != nil {
        fields.append(.init("Unconditional", "learned"))
      }
      // What a reader would not find again in the form that all programs know.
      let read = ImageParameters(
        text: ImageParameters(
          prompt: prompt, negativePrompt: negativePrompt,
          fields: ["A1", "B2", "C3"].map { .init($0, $0) }
        ).text)
      if texts.count != 1 || read.prompt != prompt {
        fields.append(.init("Prompts", Self.json(texts)))
      }
      if read.negativePrompt != negativePrompt {
        fields.append(.init("Negative", Self.json([negativePrompt])))
      }
      self.fields = fields
    }
  }

  /// A list of texts in JSON.
  private static func json(_ texts: [String]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(texts)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
