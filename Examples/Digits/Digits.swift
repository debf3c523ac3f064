// Two small models of handwritten digits, ported from PyTorch. Their Python is in train_digits.py
// beside this file; docs/porting.md walks through both.
//
//     swift run -c release digits                 # draws digits.png
import Foundation
import NN
import Tensor
import _ExampleCommandLine

/// Reads digits: two convolutions with batch norm, ReLU and pooling, and a linear layer.
struct Classifier: Layer {
  let conv1, conv2: Conv2d
  let norm1, norm2: BatchNorm
  let pool = MaxPool2d(2)
  let fc: Linear

  init(from weights: Weights) throws {
    conv1 = try Conv2d(1, 16, size: 3, padding: 1, bias: false, from: weights["conv1"])
    norm1 = try BatchNorm(16, from: weights["norm1"])
    conv2 = try Conv2d(16, 32, size: 3, padding: 1, bias: false, from: weights["conv2"])
    norm2 = try BatchNorm(32, from: weights["norm2"])
    fc = try Linear(32 * 2 * 2, 10, from: weights["fc"])
  }

  /// The scores of the ten digits, `[batch, 10]`, of images, `[batch, 8, 8, 1]`.
  func callAsFunction(_ images: Tensor<Float>) -> Tensor<Float> {
    var x = pool(norm1(conv1(images), activation: .relu))
    x = pool(norm2(conv2(x), activation: .relu))
    return fc(x.channelsFirst.reshaped([x.shape[0], -1]))
  }
}

/// Draws digits: the decoder of a variational autoencoder that is told the label.
struct Decoder: Layer {
  let label: Embedding
  let fc: Linear
  let up1, up2: ConvTranspose2d
  let norm1, norm2: GroupNorm
  let out: Conv2d

  init(from weights: Weights) throws {
    label = try Embedding(10, 16, from: weights["label"])
    fc = try Linear(8 + 16, 32 * 2 * 2, from: weights["fc"])
    up1 = try ConvTranspose2d(32, 32, size: 4, stride: 2, padding: 1, from: weights["up1"])
    norm1 = try GroupNorm(32, groups: 4, from: weights["norm1"])
    up2 = try ConvTranspose2d(32, 16, size: 4, stride: 2, padding: 1, from: weights["up2"])
    norm2 = try GroupNorm(16, groups: 4, from: weights["norm2"])
    out = try Conv2d(16, 1, size: 3, padding: 1, from: weights["out"])
  }

  /// The images, `[batch, 8, 8, 1]`, of latents, `[batch, 8]`, and labels, `[batch]`.
  func callAsFunction(_ z: Tensor<Float>, _ labels: Tensor<Int64>) -> Tensor<Float> {
    let x = fc(Tensor(concatenating: [z, label(labels)], axis: 1), activation: .silu)
    var images = x.reshaped([-1, 32, 2, 2]).channelsLast
    images = norm1(up1(images), activation: .silu)
    images = norm2(up2(images), activation: .silu)
    return sigmoid(out(images))
  }
}

/// Both models, as their file has them.
struct Digits {
  let classifier: Classifier
  let decoder: Decoder
  /// How far the results are from PyTorch's, which the file has for a few inputs.
  let error: Float

  init(path: String) throws {
    let file = try SafetensorsFile(path: path)
    let weights = Weights(file)
    classifier = try Classifier(from: weights["classifier"])
    decoder = try Decoder(from: weights["decoder"])

    let check = weights["check"]
    let labels = try file.tensor(named: "check.label").converted(to: Int64.self)
    let images = decoder(try check.tensor("z", [5, 8]), labels)
    let expected = try check.tensor("image", [5, 1, 8, 8]).channelsLast
    let logits = try check.tensor("logits", [5, 10])
    error = max(
      (images - expected).absolute().max().elements[0],
      (classifier(images) - logits).absolute().max().elements[0])
    check.leaveOut()
    try weights.finish()
  }

  /// Draws each digit with each of some latents, and reads it.
  ///
  /// - Parameter z: `[columns, 8]`.
  /// - Returns: The images, ten rows of them, `[10 · columns, 8, 8, 1]`, and what was read in them.
  func draw(_ z: Tensor<Float>) -> (images: Tensor<Float>, read: Tensor<Int64>) {
    let columns = z.shape[0]
    let labels = Tensor<Int64>(range: 0..<10).reshaped([10, 1]).broadcast(to: [10, columns])
    let latents = z.reshaped([1, columns, 8]).broadcast(to: [10, columns, 8])
    let images = decoder(latents.reshaped([-1, 8]), labels.reshaped([-1]))
    return (images, classifier(images).argmax(axis: 1))
  }
}

/// Latents on a circle between two of random numbers, so that neighbours look alike.
func handwritings(_ count: Int, seed: UInt64) -> Tensor<Float> {
  var generator = TorchGenerator(seed: seed)
  let (a, b) = (generator.normal([8]), generator.normal([8]))
  return Tensor(
    stacking: (0..<count).map { i in
      let angle = 2 * Float.pi * Float(i) / Float(count)
      return a * cos(angle) + b * sin(angle)
    })
}

/// One image of images side by side, `[rows · height, columns · width]`.
func grid(_ images: Tensor<Float>, rows: Int) -> Tensor<UInt8> {
  let (height, width) = (images.shape[1], images.shape[2])
  let columns = images.shape[0] / rows
  let lines = images.reshaped([rows, columns, height, width]).permuted([0, 2, 1, 3])
  let levels = minimum(maximum(lines * 255, 0), 255).rounded()
  return levels.reshaped([rows * height, columns * width]).converted(to: UInt8.self)
}

@main
enum Main {
  static let command = Command(
    "digits", version: "0.1.0",
    summary: "Draws handwritten digits, and reads them: two models ported from PyTorch.",
    options: ())

  static func main() async {
    await runExample(command) { _ in
      let (path, output) = ("Examples/Digits/digits.safetensors", "digits.png")
      guard FileManager.default.fileExists(atPath: path) else {
        throw UsageError.other("there is no '\(path)' here: run it in the folder of the clone")
      }
      try checkOutputs([output], clobber: true)
      let digits = try Digits(path: path)
      let count = digits.classifier.parameterCount + digits.decoder.parameterCount
      let (images, read) = digits.draw(handwritings(16, seed: 7))
      let right = read.elements.enumerated().count { Int($0.element) == $0.offset / 16 }
      let large = interpolated(Tensor(scalar: 1) - images, height: 40, width: 40, .bicubic)
      try PNG.write(grid(large, rows: 10), to: output)
      try StandardStream.output.write(
        """
        \(path): \(count) numbers; results are within \(digits.error) of PyTorch's
        \(right) of \(read.count) digits drawn are read as what they are
        \(output)

        """)
    }
  }
}
