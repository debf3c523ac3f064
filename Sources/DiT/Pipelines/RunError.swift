/// A request that a model cannot serve, or a run that went wrong.
public enum RunError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to draw.
  case noConditions
  /// A condition is not for the model.
  case condition(String, expected: String)
  /// There is not one negative condition for each sample.
  case negatives(expected: Int, found: Int)
  /// The model has no condition for guidance to lead away from, and the request names none.
  case nothingToGuideFrom
  /// There are prompts, and no text encoder to read them.
  case noTextEncoder
  /// The model cannot draw samples of a size.
  case size(SampleSize, expected: String)
  /// The model cannot draw images of a size in pixels.
  case imageSize(SampleSize, expected: String)
  /// The noise has another shape than the samples.
  case noise(expected: String, found: [Int])
  /// The latents of the initial image, or its mask, have another shape than the samples.
  case initialImage(expected: [Int], found: [Int])
  /// There is not one generator for each sample.
  case generators(expected: Int, found: Int)
  /// The guidance scale is not a finite number.
  case guidance(Float)
  /// The sampler needs another number of channels than the model predicts.
  case channels(expected: ClosedRange<Int>, found: Int, sampler: String)
  /// The interval between previews is not positive.
  case previewInterval
  /// The samples are no longer numbers.
  case notFinite(step: Int)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .noConditions: "there is no condition, so there is nothing to draw"
    case .condition(let condition, let expected):
      "\(condition) is no condition of this model, which takes \(expected)"
    case .negatives(let expected, let found):
      "\(found) negative conditions cannot serve \(expected) samples"
    case .nothingToGuideFrom:
      "guidance needs a negative condition for each sample: the model has none of its own"
    case .noTextEncoder:
      "the model has no text encoder: name a folder with 'text_encoder' and 'tokenizer', or give "
        + "texts that were encoded before"
    case .size(let size, let expected):
      "the model cannot draw samples of \(size); it draws \(expected)"
    case .imageSize(let size, let expected):
      "the model cannot draw images of \(size) pixels; it draws \(expected)"
    case .noise(let expected, let found): "the noise has shape \(found), not \(expected)"
    case .initialImage(let expected, let found):
      "the initial image, or its mask, has shape \(found), not \(expected)"
    case .generators(let expected, let found):
      "\(found) generators cannot serve \(expected) samples"
    case .guidance(let scale): "the guidance scale must be a finite number, not \(scale)"
    case .channels(let expected, let found, let sampler):
      "sampler '\(sampler)' needs \(expected.lowerBound) to \(expected.upperBound) predicted "
        + "channels, the model has \(found)"
    case .previewInterval: "the interval between previews must be at least 1"
    case .notFinite(let step): "step \(step): the latents are no longer finite numbers"
    }
  }
}
