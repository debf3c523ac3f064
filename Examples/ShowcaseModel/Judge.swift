package import Kernels
internal import NN
package import Tensor

/// A small convolutional classifier that judges generated images.
///
/// Three 3 × 3 convolutions, each with ReLU and 2 × 2 max pooling, and two linear layers. Images
/// are kept with their channels last, so that a convolution is a linear layer over neighbourhoods.
package struct Judge: Sendable {
  private let convolutions: [Linear]
  private let features, logits: Linear
  /// The mean of the test set's features, `[128]`, and their covariance, `[128, 128]`.
  let testMean, testCovariance: Tensor<Float>

  /// Opens the shipped classifier, or one in another folder.
  ///
  /// - Throws: An error that names the file, where it is missing or does not fit.
  package init(folder: String) throws {
    let weights = Weights(try SafetensorsFile(path: folder + "/model.safetensors"))
    let channels = [1, 32, 64, 96]
    convolutions = try (1...3).map { i in
      let layer = weights["conv\(i)"]
      let shape = [channels[i], channels[i - 1], 3, 3]
      return Linear(
        weight: try layer.tensor("weight", shape).permuted([0, 2, 3, 1])
          .reshaped([channels[i], 9 * channels[i - 1]]),
        bias: try layer.tensor("bias", [channels[i]]))
    }
    features = try Linear(9 * 96, 128, from: weights["features"])
    logits = try Linear(128, 10, from: weights["logits"])
    testMean = try weights["test_features"].tensor("mean", [128])
    testCovariance = try weights["test_features"].tensor("covariance", [128, 128])
  }

  /// The scores of the ten classes.
  ///
  /// - Parameters:
  ///   - images: `[batch, 28, 28, 1]`, values from -1 to 1.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, 10]`.
  package func callAsFunction(_ images: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    logits(Operand(features(of: images, in: workspace)), in: workspace)
  }

  /// The features that the scores are made of.
  ///
  /// - Parameters:
  ///   - images: `[batch, 28, 28, 1]`, values from -1 to 1.
  ///   - workspace: What to compute with.
  /// - Returns: `[batch, 128]`.
  func features(of images: Tensor<Float>, in workspace: Workspace) -> Tensor<Float> {
    var x = images
    for convolution in convolutions {
      let neighbourhoods = Operand(neighbourhoods(of: x))
      x = pooled(maximum(convolution(neighbourhoods, in: workspace), 0))
    }
    // The layer expects the channels first: [batch, 96 · 3 · 3].
    let flat = x.permuted([0, 3, 1, 2]).reshaped([x.shape[0], -1])
    return maximum(features(Operand(flat), in: workspace), 0)
  }

  /// The share of images whose best score is that of their label.
  ///
  /// - Parameters:
  ///   - images: `[batch, 28, 28, 1]`, values from -1 to 1.
  ///   - labels: The label of each.
  ///   - workspace: What to compute with.
  /// - Returns: From 0 to 1.
  package func accuracy(
    _ images: Tensor<Float>, labels: [Int], in workspace: Workspace
  ) -> Double {
    let right = recognised(images, labels: labels, in: workspace)
    return Double(right.count { $0 }) / Double(max(labels.count, 1))
  }

  /// Whether the best score of each image is that of its label.
  package func recognised(
    _ images: Tensor<Float>, labels: [Int], in workspace: Workspace
  ) -> [Bool] {
    zip(self(images, in: workspace).argmax(axis: 1).elements, labels).map { Int($0) == $1 }
  }

  /// The 3 × 3 pixels around each pixel, zero outside: `[batch, height, width, 9 · channels]`.
  private func neighbourhoods(of x: Tensor<Float>) -> Tensor<Float> {
    let (height, width) = (x.shape[1], x.shape[2])
    let padded = x.padded([(0, 0), (1, 1), (1, 1), (0, 0)], with: 0)
    let shifts = (0..<9).map { shift -> Tensor<Float> in
      let (row, column) = (shift / 3, shift % 3)
      return padded[.all, row..<row + height, column..<column + width]
    }
    return Tensor(concatenating: shifts, axis: 3)
  }

  /// The largest of each 2 × 2 pixels; an odd last row or column is left out.
  private func pooled(_ x: Tensor<Float>) -> Tensor<Float> {
    let (height, width) = (x.shape[1] / 2 * 2, x.shape[2] / 2 * 2)
    return x[.all, 0..<height, 0..<width]
      .reshaped([x.shape[0], height / 2, 2, width / 2, 2, x.shape[3]]).max(axes: [2, 4])
  }
}
