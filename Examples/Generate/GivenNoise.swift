internal import DiT
internal import Tensor
internal import _ExampleCommandLine

/// The noise of a file, to start all images of a run from.
struct GivenNoise {
  private let path: String
  private let tensor: Tensor<Float>

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: A `.npy` file, or a `.safetensors` file with `latents`.
  ///   - shape: `[images] + sampleShape`.
  /// - Throws: `ModelError.value` where the file has something else, and what reading it throws.
  init(_ path: String, shape: [Int]) throws {
    let tensor =
      OutputFormat(path: path) == .npy
      ? try NumPyFile.read(path) : try SafetensorsFile(path: path).tensor(named: "latents")
    guard tensor.shape == shape, tensor.scalarType.isFloatingPoint else {
      throw ModelError.value(
        file: path, key: "latents", expected: "floating point of shape \(shape)",
        found: "\(tensor.scalarType.rawValue) of shape \(tensor.shape)")
    }
    (self.path, self.tensor) = (path, tensor.converted(to: Float.self))
  }

  /// The noise of some images.
  func rows(_ indices: [Int]) -> Tensor<Float> {
    guard indices != Array(0..<tensor.shape[0]), !indices.isEmpty else { return tensor }
    return Tensor(concatenating: indices.map { tensor[$0..<$0 + 1] }, axis: 0)
  }

  /// What to tell the user where this does not look like noise; nil where it does.
  ///
  /// Normal noise has the deviation 1, and its neighbours know nothing of each other. Images, and
  /// latents of images, change slowly from one place to the next.
  var warning: String? {
    let count = Double(tensor.count)
    guard count > 1 else { return nil }
    let values = tensor.converted(to: Double.self)
    let mean = values.mean().item
    let centred = values - mean
    let variance = (centred * centred).mean().item
    // Six standard errors, but no less than what a user's own noise may well have.
    let margin = max(0.2, 6 / count.squareRoot())
    let deviation = variance.squareRoot()
    var faults: [String] = []
    if abs(mean) > margin { faults.append("its mean is \(rounded(mean))") }
    if abs(deviation - 1) > margin { faults.append("its deviation is \(rounded(deviation))") }
    let width = tensor.shape[tensor.rank - 1]
    if width > 1, variance > 0 {
      let rows = centred.reshaped([tensor.count / width, width])
      let products = rows[.all, 0..<width - 1] * rows[.all, 1..<width]
      let correlation = products.mean().item / variance
      if abs(correlation) > margin {
        faults.append("neighbours correlate by \(rounded(correlation))")
      }
    }
    guard !faults.isEmpty else { return nil }
    return
      "'\(path)' does not look like normal noise (\(faults.joined(separator: ", "))); to start "
      + "from a finished image use --init-image"
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
