internal import NN
internal import Tensor

/// The folder of an autoencoder, whose configuration is checked and whose weights are not read yet.
struct AutoencoderFolder {
  let path: String
  let configuration: AutoencoderKL.Configuration
  let checkpoint: Checkpoint
  let options: LoadingOptions

  /// The bytes that it takes when it is read.
  var byteCount: Int {
    let entries = checkpoint.entries.filter {
      options.encodesImages || !$0.name.hasPrefix("encoder.")
    }
    return entries.reduce(0) { $0 + $1.shape.product } * MemoryLayout<Float>.stride
  }

  /// Reads the weights.
  func autoencoder() throws -> AutoencoderKL {
    try AutoencoderKL(
      configuration,
      from: Weights(checkpoint, precision: .float32, table: options.table),
      includesEncoder: options.encodesImages)
  }
}

extension LoadingOptions {
  /// The folder of the autoencoder for latents of a denoiser.
  ///
  /// - Parameters:
  ///   - standard: The folder where the options name none.
  ///   - channels: The channels of the denoiser's latents.
  /// - Returns: The folder.
  /// - Throws: An error that names the file, where it cannot be read or is not for such latents.
  func autoencoder(
    else standard: String, forLatentsOf channels: Int
  ) throws -> AutoencoderFolder {
    let folder = try autoencoder.map { try ModelLocation.autoencoderFolder($0) } ?? standard
    let file = folder + "/config.json"
    let configuration = try AutoencoderKL.Configuration(path: file)
    try FileSettings(file: file).require(
      configuration.latentChannels == channels, "latent_channels", configuration.latentChannels,
      "\(channels), the channels that the transformer draws")
    return AutoencoderFolder(
      path: folder, configuration: configuration,
      checkpoint: try Checkpoint(component: folder, variant: variant(of: folder)),
      options: self)
  }
}
