internal import DiT

/// The prompts of a run as the model reads them.
struct EncodedPrompts: Sendable {
  /// The condition of each prompt that is drawn and what guidance leads away from, by the prompt's
  /// place among the subjects.
  private let prompts, negatives: [Int: Condition]
  /// How long it took to encode them.
  let seconds: Double

  /// Encodes the prompts of the images that are drawn, or looks them up in the file that has them; nil
  /// where there are none.
  ///
  /// - Throws: What reading the text encoder throws, and `ModelError` where the file lacks a prompt or
  ///   is not for the model.
  init?(_ settings: Settings) throws {
    guard let prompts = settings.subjects.prompts, !settings.items.isEmpty else { return nil }
    let start = ContinuousClock.now
    let places = Set(settings.items.map(\.subject)).sorted()
    let bar = LoadingBar("encoding", quiet: settings.isQuiet || settings.tellsSteps)
    defer { bar.clear() }
    let found = try settings.pipeline.conditions(
      for: places.map { prompts.texts[$0] }, negativePrompt: prompts.negative,
      encodedIn: settings.encodedTexts, threads: settings.threads,
      progress: { done, count in bar.advance(to: done, of: count) })
    self.prompts = Dictionary(uniqueKeysWithValues: zip(places, found.prompts))
    negatives = Dictionary(uniqueKeysWithValues: zip(places, found.negatives))
    seconds = start.duration(to: .now) / .seconds(1)
  }

  /// What images of some prompts are to show.
  func conditions(of places: [Int]) -> [Condition] { places.compactMap { prompts[$0] } }

  /// What guidance leads each of them away from.
  func negatives(of places: [Int]) -> [Condition] { places.compactMap { negatives[$0] } }
}
