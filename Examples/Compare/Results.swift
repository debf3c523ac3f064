internal import Foundation
internal import _ExampleCommandLine

/// What was compared, and all that was measured so far.
struct Results: Codable {
  /// What a comparison is of; results of another setup are not mixed with it.
  struct Setup: Codable, Equatable {
    let model, fingerprint, precision, sampler: String
    let steps, referenceSteps: Int
    let guidanceScale: Float
    let images, seed: Int
    let prompts: [String]
  }

  /// Where it was measured.
  struct Machine: Codable, Equatable {
    let processor, instructionSet, system: String
    let threads: Int
    let version: String
  }

  /// How near the images of a method are to those of a reference, image by image.
  struct Distances: Codable {
    /// ‖x − reference‖ / ‖reference‖ of the finished samples.
    let latentError: [Double]
    /// In decibels; 100 stands for equal images.
    let psnr: [Double]
    /// From -1 to 1; empty where images are smaller than its window.
    let ssim: [Double]
  }

  /// What is known of one candidate.
  struct Entry: Codable {
    let candidate: Candidate
    /// The settings that a preset stands for.
    var settings: String?
    /// Why it does not work on this model; nil where it does.
    var failure: String?
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
    var frechetDistance: Double?
    /// The seconds of each round, for the images of one batch.
    var seconds: [Double] = []
    /// The first images, PNG in base64.
    var thumbnails: [String] = []

    init(_ candidate: Candidate) { self.candidate = candidate }

    /// Whether its images were drawn and measured, or cannot be.
    var isDrawn: Bool { failure != nil || !thumbnails.isEmpty }
  }

  let setup: Setup
  let machine: Machine
  /// The command that continues it.
  let command: String
  var entries: [Entry] = []
  /// What `--budget` found, in words.
  var search: [String] = []

  /// Reads results.
  ///
  /// - Throws: `CompareError.results` where the file is none.
  init(path: String) throws {
    do {
      self = try JSONDecoder().decode(
        Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw CompareError.results(path, reason: Self.reason(error))
    }
  }

  init(setup: Setup, machine: Machine, command: String) {
    (self.setup, self.machine, self.command) = (setup, machine, command)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "it has no '\(key.stringValue)'"
    case is DecodingError: "it is not what compare writes"
    default: "it cannot be read"
    }
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

/// What keeps a comparison from its results.
enum CompareError: Error, CustomStringConvertible {
  case results(String, reason: String)
  case otherSetup(String)

  var description: String {
    switch self {
    case .results(let path, let reason): "\(path): these are no results of compare: \(reason)"
    case .otherSetup(let path):
      "\(path) holds results of another model or of other settings; name another folder with "
        + "--output, or remove it"
    }
  }
}
