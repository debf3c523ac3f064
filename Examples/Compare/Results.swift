internal import Foundation
internal import Tensor
internal import _ExampleStudy

/// The setup of a comparison, and all that was measured so far.
struct Results: Codable {
  /// A Fréchet distance, and its values on resampled images.
  struct Frechet: Codable, Equatable {
    let value: Double
    let replicates: [Double]
  }

  /// What is known of one candidate.
  struct Entry: Codable, Equatable {
    let candidate: Candidate
    /// The settings that a preset stands for.
    var settings: String?
    /// Why it does not work on this model; nil where it does.
    var failure: String?
    /// Whether its images were drawn and measured.
    var isDrawn = false
    /// The multiply-adds of the blocks' linear layers as papers count them, all images together.
    var multiplyAdds: Double = 0
    /// All multiply-adds that were executed.
    var executed: Double = 0
    var cacheBytes = 0
    /// What each rule caches, and what it did in each step of the first image.
    var trace: [[String]] = []
    /// Nearness to the run of as many steps without a cache, and to the second reference.
    var toReference: Distances?
    var toLongReference: Distances?
    /// Whether the judge finds each image in its class.
    var recognised: [Bool] = []
    /// The Fréchet distance of the judge's features to those of the test set.
    var frechet: Frechet?
    /// The seconds of each round, for the images of one batch.
    var seconds: [Double] = []
    /// The first images, PNG in base64.
    var thumbnails: [String] = []

    init(_ candidate: Candidate) { self.candidate = candidate }
  }

  let setup: Study.Setup
  let referenceSteps: Int
  let machine: Machine
  /// The command that continues it.
  var command: String
  var entries: [Entry] = []
  /// What `--budget` found.
  var search: Search.Found?

  init(setup: Study.Setup, referenceSteps: Int, machine: Machine, command: String) {
    (self.setup, self.referenceSteps) = (setup, referenceSteps)
    (self.machine, self.command) = (machine, command)
  }

  /// Reads results.
  ///
  /// - Throws: `CompareError.results` where the file has none.
  init(path: String) throws(CompareError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(contents(ofFile: path)))
    } catch {
      throw .results(path, reason: Self.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "it has no '\(key.stringValue)'"
    case is DecodingError: "it is not what compare writes"
    default: "it cannot be read"
    }
  }

  /// Checks that results of this comparison may be added.
  ///
  /// - Throws: `CompareError.other`, which names the first thing that differs.
  func require(_ other: Results, path: String) throws(CompareError) {
    func same(_ what: String, _ found: some Equatable, _ asked: some Equatable)
      throws(CompareError)
    {
      guard "\(found)" == "\(asked)" else {
        throw .other(path, what: what, found: "\(found)", asked: "\(asked)")
      }
    }
    try same("model", setup.fingerprint, other.setup.fingerprint)
    try same("precision", setup.precision, other.setup.precision)
    try same("sampler", setup.sampler, other.setup.sampler)
    try same("number of steps", setup.steps, other.setup.steps)
    try same("steps of the second reference", referenceSteps, other.referenceSteps)
    try same("guidance scale", setup.guidanceScale, other.setup.guidanceScale)
    try same("number of images", setup.images, other.setup.images)
    try same("first seed", setup.seed, other.setup.seed)
    try same("batch size", setup.batchSize, other.setup.batchSize)
    try same("list of prompts", setup.prompts, other.setup.prompts)
    func autoencoder(_ setup: Study.Setup) -> String {
      setup.autoencoder.map(Study.Setup.canonicalAutoencoder) ?? "the model's"
    }
    try same("autoencoder", autoencoder(setup), autoencoder(other.setup))
    try same("variant of the weights", setup.variant ?? "none", other.setup.variant ?? "none")
    try same("machine", machine, other.machine)
  }

  /// The entry of a candidate; nil where there is none.
  subscript(_ candidate: Candidate) -> Entry? { entries.first { $0.candidate == candidate } }

  /// Takes an entry in the place of the one of its candidate.
  mutating func update(_ entry: Entry) {
    if let place = entries.firstIndex(where: { $0.candidate == entry.candidate }) {
      entries[place] = entry
    } else {
      entries.append(entry)
    }
  }
}

/// Results that cannot be read, or are those of another comparison.
enum CompareError: Error, Equatable, CustomStringConvertible {
  case results(String, reason: String)
  case other(String, what: String, found: String, asked: String)

  var description: String {
    switch self {
    case .results(let path, let reason): "\(path): these are no results of compare: \(reason)"
    case .other(let path, let what, let found, let asked):
      "\(path) holds results of another \(what): \(found), and this run is of \(asked); "
        + "name another folder with --output, or remove that file"
    }
  }
}
