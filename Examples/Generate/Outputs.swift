internal import Foundation
internal import _ExampleCommandLine

/// Which file each image of a run goes to.
struct Outputs: Sendable {
  /// Where something goes.
  enum Place: Sendable {
    /// Each image into a file of its own.
    case each(OutputPattern)
    /// All into one file.
    case together(String)
    /// All to standard output.
    case standardOutput
    /// Nowhere.
    case nothing

    /// Whether images wait for one another.
    var isTogether: Bool {
      switch self {
      case .together, .standardOutput: true
      case .each, .nothing: false
      }
    }

    var isNothing: Bool { if case .nothing = self { true } else { false } }

    var isStandardOutput: Bool { if case .standardOutput = self { true } else { false } }
  }

  let request: OutputRequest
  let images, latents: Place
  /// What names of previews begin with.
  private let previewStem: String
  /// The number of all images of the run.
  private let count: Int

  /// The files of a run.
  ///
  /// - Parameters:
  ///   - request: What the options say.
  ///   - count: The number of all images of the run.
  ///   - shard: The share of them that is drawn; files of several images are named after it.
  /// - Throws: `UsageError` where the images do not go where they should.
  init(_ request: OutputRequest, count: Int, shard: Shard?) throws(UsageError) {
    (self.request, self.count) = (request, count)
    let keys = Item.placeholders(isPrompt: request.isPrompt)
    let name = Item.defaultName(isPrompt: request.isPrompt)
    let isEach = request.format == .png && !request.isGrid
    let part = shard.flatMap { $0.count > 1 ? "-\($0.number)-of-\($0.count)" : nil } ?? ""
    switch request.target {
    case .nothing: (images, previewStem) = (.nothing, "")
    case .standardOutput:
      guard !isEach || count == 1 else {
        throw .other(
          "--output - takes one file, not \(count) images; add --grid, or --format npy")
      }
      (images, previewStem) = (.standardOutput, "")
    case .file(let path):
      let (stem, ending) = Self.split(path, format: request.format)
      previewStem = stem + "-preview"
      if !isEach {
        images = .together(stem + part + ending)
      } else if count > 1 {
        images = .each(OutputPattern(stem + "-", key: "number", ending: ending))
      } else {
        images = .each(OutputPattern(file: stem + ending))
      }
    case .folder(let folder):
      previewStem = folder + "preview"
      images =
        request.isGrid
        ? .together(folder + "generate" + part + ".png")
        : .each(try OutputPattern("\(folder)\(name).\(request.format)", keys: keys))
    case .pattern(let pattern):
      guard !request.isGrid else {
        throw .other("--grid makes one image; '\(pattern)' names one for each")
      }
      let (stem, ending) = Self.split(pattern.description, format: request.format)
      previewStem = pattern.fixedFolder + "/preview"
      images = .each(try OutputPattern(stem + ending, keys: keys))
    }
    latents =
      request.latents.map { pattern in
        guard pattern.keys.isEmpty else { return .each(pattern) }
        let path = pattern.description
        let (stem, ending) = Self.split(path, format: OutputFormat(path: path) ?? .npy)
        return .together(stem + part + ending)
      } ?? .nothing
    if request.skipsExisting {
      let places = [images, latents].filter { !$0.isNothing }
      guard !places.isEmpty, !places.contains(where: \.isTogether) else {
        throw .other(
          "--skip-existing needs a file for each image: "
            + (request.isPrompt ? "" : "name classes, or ") + "give --output FOLDER/ or a pattern "
            + "such as \(name).png, also to --latents-out")
      }
    }
  }

  /// A path without its ending, and the ending of the format.
  private static func split(
    _ path: String, format: OutputFormat
  ) -> (stem: String, ending: String) {
    guard OutputFormat(path: path) == format, let dot = path.lastIndex(of: ".") else {
      return (path, ".\(format)")
    }
    return (String(path[..<dot]), String(path[dot...]))
  }

  /// The path of an image's own file at a place; nil where it has none.
  func path(of item: Item, at place: Place) -> String? {
    if case .each(let pattern) = place { pattern.path(item.names(of: count)) } else { nil }
  }

  /// The paths of an image's own files.
  func paths(of item: Item) -> [String] {
    [images, latents].compactMap { path(of: item, at: $0) }
  }

  /// Whether the files of an image are there.
  func exist(for item: Item) -> Bool {
    let paths = paths(of: item)
    return !paths.isEmpty && paths.allSatisfy { FileManager.default.fileExists(atPath: $0) }
  }

  /// Where the preview of a batch after a step goes.
  ///
  /// - Parameters:
  ///   - first: The first image of the batch.
  ///   - isOnly: Whether the run has one batch.
  ///   - step: The number of steps before.
  ///   - stepCount: The number of steps of the run.
  /// - Returns: The path.
  func previewPath(first: Item, isOnly: Bool, step: Int, stepCount: Int) -> String {
    let part = isOnly ? "" : "-" + padded(first.number, to: max(4, "\(count)".count))
    return "\(previewStem)\(part)-step-\(padded(step + 1, to: "\(stepCount)".count)).png"
  }

  /// Throws, before any work, where an output could not be written, and makes the folders that a
  /// pattern names.
  ///
  /// - Parameters:
  ///   - items: The images that are to be drawn.
  ///   - previews: The paths of previews.
  /// - Throws: `OutputError`, or `UsageError` where two images have one file.
  func check(_ items: [Item], previews: [String]) throws {
    var paths: [String] = []
    for place in [images, latents] {
      switch place {
      case .each: paths += items.compactMap { path(of: $0, at: place) }
      case .together(let path): paths.append(path)
      case .standardOutput, .nothing: break
      }
    }
    for folder in Set(paths.map(folder(of:))).sorted() { try makeFolder(folder) }
    try requireDistinct(paths)
    try checkOutputs(paths + previews, clobber: request.isClobbering)
  }

  private func requireDistinct(_ paths: [String]) throws(UsageError) {
    var (folders, seen): ([String: String], Set<String>) = ([:], [])
    for path in paths {
      let folder = folder(of: path)
      let canonical = folders[folder] ?? canonical(folder)
      folders[folder] = canonical
      guard seen.insert(canonical + "/" + lastName(of: path)).inserted else {
        throw .other(
          "two outputs are one file, '\(path)'; {seed} or {number} in a name tells images apart")
      }
    }
  }
}
