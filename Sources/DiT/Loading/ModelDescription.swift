/// What a model folder's `config.json` says.
struct ModelDescription: Decodable {
  let architecture: String
  let layout: String
  let inputSize: Int
  let patchSize: Int
  let inChannels: Int
  let hiddenSize: Int
  let depth: Int
  let numHeads: Int
  let mlpRatio: Double
  let numClasses: Int
  let learnSigma: Bool
  let id2label: [String: String]?
  let latent: Bool?
  let imageRange: [Float]?
  let imageCrop: [Int]?
  let diffusion: Diffusion
  let sampler: Sampler?

  /// The training noise.
  struct Diffusion: Decodable {
    let numTrainTimesteps: Int
    let betaSchedule: String
    let betaStart: Double
    let betaEnd: Double
    let predictionType: String
  }

  /// The settings that the model is meant to be sampled with.
  struct Sampler: Decodable {
    let name: String?
    let steps: Int?
    let timestepSpacing: String?
    let guidanceScale: Float?
  }

  /// The sizes of the model.
  ///
  /// - Parameter file: The file to name in an error.
  /// - Returns: Sizes that go together.
  /// - Throws: `ModelError.value` where a number is out of range or two do not go together.
  func configuration(file: String) throws(ModelError) -> DiffusionTransformer.Configuration {
    let require = FileSettings(file: file).require
    let sizes = 1...65_536
    try require(architecture == "DiT", "architecture", architecture, "DiT")
    try require(layout == "facebookresearch", "layout", layout, "facebookresearch")
    for (key, size) in [
      ("input_size", inputSize), ("patch_size", patchSize), ("in_channels", inChannels),
      ("hidden_size", hiddenSize), ("depth", depth), ("num_heads", numHeads),
      ("num_classes", numClasses), ("diffusion.num_train_timesteps", diffusion.numTrainTimesteps),
    ] {
      try require(sizes.contains(size), key, size, "1 to 65536")
    }
    try FileSettings(file: file).requirePatches(patchSize, side: inputSize, key: "input_size")
    try require(
      hiddenSize % numHeads == 0, "num_heads", numHeads, "a divisor of hidden_size \(hiddenSize)")
    try require(hiddenSize % 4 == 0, "hidden_size", hiddenSize, "a multiple of 4")
    let hiddenWidth = (Double(hiddenSize) * mlpRatio).rounded(.down)
    try require((1...1_048_576).contains(hiddenWidth), "mlp_ratio", mlpRatio, "a positive factor")
    try require(
      diffusion.betaSchedule == "linear", "diffusion.beta_schedule", diffusion.betaSchedule,
      "linear")
    try require(
      diffusion.predictionType == "epsilon", "diffusion.prediction_type",
      diffusion.predictionType, "epsilon")
    for (key, beta) in [
      ("diffusion.beta_start", diffusion.betaStart), ("diffusion.beta_end", diffusion.betaEnd),
    ] {
      try require(0 < beta && beta < 1, key, beta, "between 0 and 1")
    }
    try require(latent != true, "latent", true, "false: the model draws pixels")
    return DiffusionTransformer.Configuration(
      inputSize: .square(inputSize), channels: inChannels, patchSize: patchSize, width: hiddenSize,
      depth: depth, headCount: numHeads, hiddenWidth: Int(hiddenWidth), classCount: numClasses,
      learnsSigma: learnSigma)
  }

  /// The part of a sample that is the image: top, left, height, width.
  ///
  /// - Parameter file: The file to name in an error.
  /// - Returns: The rows and the columns of a sample that are the image.
  /// - Throws: `ModelError.value` where it is not within the sample.
  func crop(file: String) throws(ModelError) -> (rows: Range<Int>, columns: Range<Int>) {
    let crop = imageCrop ?? [0, 0, inputSize, inputSize]
    guard crop.count == 4, crop.allSatisfy({ (0...inputSize).contains($0) }), crop[2] > 0,
      crop[3] > 0, crop[0] + crop[2] <= inputSize, crop[1] + crop[3] <= inputSize
    else {
      throw .value(
        file: file, key: "image_crop", expected: "top, left, height and width within \(inputSize)",
        found: "\(crop)")
    }
    return (crop[0]..<crop[0] + crop[2], crop[1]..<crop[1] + crop[3])
  }

  /// The values of black and white.
  ///
  /// - Parameter file: The file to name in an error.
  /// - Returns: The value of black and that of white.
  /// - Throws: `ModelError.value` where they are not two growing numbers.
  func range(file: String) throws(ModelError) -> ClosedRange<Float> {
    let range = imageRange ?? [-1, 1]
    guard range.count == 2, range[0] < range[1], range.allSatisfy(\.isFinite) else {
      throw .value(
        file: file, key: "image_range", expected: "two growing numbers", found: "\(range)")
    }
    return range[0]...range[1]
  }
}
