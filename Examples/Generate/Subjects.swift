internal import DiT
internal import ShowcaseModel
internal import _ExampleCommandLine

/// What the images of a run show, one subject after the other.
enum Subjects: Sendable {
  /// Classes, by their labels.
  case classes([Int], ClassNames)
  /// What prompts say.
  case prompts(Prompts)

  /// The subjects that the options name, of a model whose configuration alone is read.
  ///
  /// - Throws: `UsageError` where the model does not draw such, and what reading it throws.
  init(_ o: GenerateOptions, _ arguments: ParsedArguments, folder: String) throws {
    let names = try DiffusionPipeline.classNames(folder: folder)
    guard names.isEmpty else {
      let options: [(isGiven: Bool, name: String)] = [
        (!arguments[o.prompts].isEmpty, "--prompt"),
        (arguments.has(o.promptFile), "--prompt-file"),
        (arguments.has(o.negativePrompt), "--negative-prompt"),
        (arguments.has(o.textEncoder), "--text-encoder"),
        (arguments.has(o.textPrecision), "--text-precision"),
        (arguments.has(o.embeddings), "--embeddings"),
        (arguments.has(o.saveEmbeddings), "--save-embeddings"),
      ]
      if let option = options.first(where: \.isGiven) {
        throw UsageError.other(
          "\(option.name) is for models that draw from prompts, and this one draws classes: name "
            + "one with --class (--list-classes prints them)")
      }
      let classNames = ClassNames(names)
      self = .classes(
        try classNames.labels(arguments[o.classes], option: o.classes), classNames)
      return
    }
    guard arguments[o.classes].isEmpty else {
      throw UsageError.other(
        "--class is for models that draw classes, and this one draws from prompts: name what to "
          + "draw with --prompt")
    }
    let prompts = try Prompts(o, arguments)
    guard !prompts.texts.isEmpty else {
      throw UsageError.other(
        "name what to draw with --prompt or --prompt-file: the model draws from prompts")
    }
    guard !arguments.has(o.embeddings) || !arguments.has(o.textPrecision) else {
      throw UsageError.other(
        "--text-precision is for a text encoder, and with --embeddings none is read")
    }
    self = .prompts(prompts)
  }

  /// The number of subjects.
  var count: Int {
    switch self {
    case .classes(let labels, _): labels.count
    case .prompts(let prompts): prompts.texts.count
    }
  }

  /// The prompts; nil for classes.
  var prompts: Prompts? { if case .prompts(let prompts) = self { prompts } else { nil } }

  /// The label of a subject; nil for prompts.
  func label(of index: Int) -> Int? {
    if case .classes(let labels, _) = self { labels[index] } else { nil }
  }

  /// A subject in words.
  func caption(of index: Int) -> String {
    switch self {
    case .classes(let labels, let names): names[labels[index]]
    case .prompts(let prompts): inOneLine(prompts.texts[index])
    }
  }

  /// What stands for the placeholders of a file's name that are about the subject.
  func names(of index: Int) -> [String: String] {
    switch self {
    case .classes(let labels, let names):
      ["class": names.fileName(of: labels[index]), "label": "\(labels[index])"]
    case .prompts(let prompts):
      [
        "prompt": prompts.fileName(of: index),
        "index": padded(index + 1, to: "\(prompts.texts.count)".count),
      ]
    }
  }
}
