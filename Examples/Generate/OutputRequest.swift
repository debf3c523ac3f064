internal import Foundation
internal import _ExampleCommandLine

/// What the options say of outputs, before it is known which images there are.
struct OutputRequest: Sendable {
  let target: OutputTarget
  let format: OutputFormat
  /// Whether all images are in one picture.
  let isGrid: Bool
  let latents: OutputPattern?
  let previewInterval: Int?
  let isClobbering, skipsExisting: Bool
  /// Whether images show what prompts say, and not classes.
  let isPrompt: Bool

  /// Checks the options against each other.
  ///
  /// - Throws: `UsageError` where one cannot be.
  init(_ o: GenerateOptions, _ arguments: ParsedArguments) throws(UsageError) {
    isPrompt = !arguments[o.prompts].isEmpty || arguments.has(o.promptFile)
    let keys = Item.placeholders(isPrompt: isPrompt)
    let requested = arguments[o.format].flatMap(OutputFormat.init(rawValue:))
    // A calibration draws no images.
    let named = arguments[o.calibrate] == nil ? arguments[o.output] : "/dev/null"
    let target = try OutputTarget(named ?? "generate.\(requested ?? .png)", keys: keys)
    self.target = target
    format = try OutputFormat(of: target.name, requested: requested)
    let namesFiles =
      switch target {
      case .folder, .pattern: true
      default: false
      }
    let namesSubjects = isPrompt || !arguments[o.classes].isEmpty
    isGrid = format == .png && (arguments[o.grid] || !namesSubjects && !namesFiles)
    guard format == .png || !arguments[o.grid] else {
      throw .other("--grid is a PNG image, and not for --format \(format)")
    }
    latents = try arguments[o.latentsOut].map { path throws(UsageError) in
      try requireArrayFile(path)
      return try OutputPattern(path, keys: keys)
    }
    previewInterval = arguments[o.previewInterval]
    (isClobbering, skipsExisting) = (!arguments[o.noClobber], arguments[o.skipExisting])
    guard isClobbering || !skipsExisting else {
      throw .other("--no-clobber refuses the files that --skip-existing passes over; give one")
    }
    if target == .standardOutput {
      guard !arguments[o.json] else {
        throw .other("--json and --output - both mean standard output")
      }
      guard !StandardStream.output.isTerminal else {
        throw .other("--output - is not for a terminal; redirect standard output")
      }
    }
    if previewInterval != nil, target == .standardOutput || target == .nothing {
      throw .other("--preview-every needs an --output with a name, for the names of previews")
    }
  }

  /// Throws, before any work, where no file could be made.
  ///
  /// A folder that the user named with a slash at its end is made where it is missing.
  func prepare() throws {
    switch target {
    case .standardOutput:
      guard !StandardStream.output.isClosed else {
        throw UsageError.other("--output - means standard output, which is closed")
      }
      // The image is written to a temporary file first.
      try checkFolder(FileManager.default.temporaryDirectory.path)
    case .nothing: break
    case .file(let path): try checkFile(path)
    case .folder(let path):
      if !FileManager.default.fileExists(atPath: path) {
        try checkFolder(folder(of: path))
        try makeFolder(path)
      }
      try checkFolder(path)
    case .pattern(let pattern): try checkFolder(pattern.fixedFolder)
    }
    if let latents { try checkFolder(latents.fixedFolder) }
  }
}

/// Throws where a path is not named like an array file.
func requireArrayFile(_ path: String) throws(UsageError) {
  guard [.npy, .safetensors].contains(OutputFormat(path: path)) else {
    throw .other("latents file '\(path)' must end in .npy or .safetensors")
  }
}
