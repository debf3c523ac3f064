import Foundation
import Kernels
import NN
import Tensor
import Testing
import _TestSupport

/// Weights that cannot be quantized, and quantized files that are damaged, from the command line on.
@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateQuantizedTests {
  private static let layer = "blocks.7.mlp.fc2.weight"
  private let folder: TemporaryFolder
  private var weights: String { folder.file("model/model.safetensors") }

  /// A copy of the shipped model.
  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Fixtures.showcaseModel, toPath: folder.file("model"))
  }

  /// Writes tensors of the model anew, some of them changed or, where they are nil, left out.
  private func change(_ edit: (inout [String: AnyTensor]) throws -> Void) throws {
    var tensors: [String: AnyTensor] = [:]
    let file = try Checkpoint(path: weights)
    for name in file.names { tensors[name] = try file.tensor(named: name) }
    try edit(&tensors)
    try Safetensors.write(tensors, to: weights)
  }

  /// Changes a number of the layer.
  private func set(_ row: Int, _ column: Int, to value: Float) throws {
    try change { tensors in
      var weight = try #require(tensors[Self.layer]).converted(to: Float.self)
      weight[row, column] = Tensor(scalar: value)
      tensors[Self.layer] = AnyTensor(weight)
    }
  }

  private func inspect(_ options: String...) throws -> GenerateResult {
    try GenerateProcess(
      [weights] + options, executable: Bundle.main.bundleURL.appending(path: "inspect")
    ).finish()
  }

  private func draw(_ options: String..., output: String = "l.npy") throws -> GenerateResult {
    try GenerateProcess(
      ["--model", folder.file("model"), "--class", "bag", "--steps", "2", "-o", "/dev/null"]
        + ["--latents-out", folder.file(output)] + options
    ).finish()
  }

  /// One line says what is wrong, and nothing is written.
  private func expectFailure(
    _ result: GenerateResult, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(result.status == 1, sourceLocation: sourceLocation)
    let isTold = result.error.contains(weights) && result.error.contains(message)
    #expect(isTold, "\(result.error)", sourceLocation: sourceLocation)
    #expect(result.error.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
    #expect(try folder.names == ["model"], sourceLocation: sourceLocation)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func weightsThatAreNoNumbersAreNamed(_ value: Float) throws {
    try set(5, 130, to: value)
    let fault = "'\(Self.layer)': row 5 has a weight that is infinite or not a number"
    let target = folder.file("small.safetensors")
    // A group is 384 columns of 8 bits, and 128 of 4 bits.
    for (precision, width, columns) in [
      ("int8", "int8", "0 to 383"), ("w8", "int8", "0 to 383"), ("w4", "int4", "128 to 255"),
    ] {
      let message = "\(fault) in columns \(columns)"
      try expectFailure(try draw("--precision", precision), message)
      try expectFailure(try inspect("--convert", target, "--quantize", width), message)
    }
    try expectFailure(
      try inspect("--convert", target, "--quantize", "int8", "--search-group-sizes"), fault)
  }

  /// Rows of zeros have the scale 1, and groups need not divide the inputs: the file draws the image
  /// that quantizing on loading draws.
  @Test func zerosAndGroupsThatDoNotDivideAreRight() throws {
    try change { tensors in
      var weight = try #require(tensors[Self.layer]).converted(to: Float.self)
      weight[3] = Tensor(zeros: [weight.shape[1]])
      tensors[Self.layer] = AnyTensor(weight)
    }
    #expect(try draw("--precision", "f32", output: "exact.npy").status == 0)
    #expect(try draw("--precision", "int8", output: "loaded.npy").status == 0)
    func latents(_ name: String) throws -> [Float] {
      try NumPyFile.read(folder.file(name)).converted(to: Float.self).elements
    }
    let exact = try latents("exact.npy")
    for size in [384, 128, 100, 7, 100_000] {
      let target = folder.file("small.safetensors")
      let result = try inspect("--convert", target, "--quantize", "int8", "--group-size", "\(size)")
      #expect(result.status == 0, "\(result.error)")
      let scales = try Checkpoint(path: target).tensor(named: Self.layer + "_scale")
        .converted(to: Float.self)
      let inputs = try Checkpoint(path: weights).tensor(named: Self.layer).shape[1]
      #expect(scales.shape[1] == (inputs + size - 1) / size)
      #expect(scales[3].elements.allSatisfy { $0 == 1 })
      let original = folder.file("original")
      try FileManager.default.moveItem(atPath: weights, toPath: original)
      try FileManager.default.moveItem(atPath: target, toPath: weights)
      #expect(try draw(output: "saved.npy").status == 0)
      let saved = try latents("saved.npy")
      if size == 384 { #expect(try saved == latents("loaded.npy")) }
      // Images are of values from -1 to 1.
      let error = zip(saved, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect(-10 * log10(error / Float(exact.count) / 4) > 25, "groups of \(size)")
      // What is quantized is not quantized again.
      let again = try inspect("--convert", target, "--quantize", "int8")
      #expect(again.status == 64 && again.error.contains("is quantized already: it has 'blocks."))
      try FileManager.default.removeItem(atPath: weights)
      try FileManager.default.moveItem(atPath: original, toPath: weights)
    }
  }

  /// A quantized file draws what quantizing on loading draws; modulations have 8 bits in both.
  @Test(arguments: [("int8", "int8"), ("int4", "w4")])
  func filesDrawWhatLoadingDraws(_ width: String, _ precision: String) throws {
    #expect(try draw("--precision", precision, output: "loaded.npy").status == 0)
    let target = folder.file("small.safetensors")
    #expect(try inspect("--convert", target, "--quantize", width).status == 0)
    try FileManager.default.removeItem(atPath: weights)
    try FileManager.default.moveItem(atPath: target, toPath: weights)
    #expect(try draw(output: "saved.npy").status == 0)
    let latents = try ["loaded.npy", "saved.npy"].map {
      try NumPyFile.read(folder.file($0)).converted(to: Float.self).elements
    }
    #expect(latents[0] == latents[1])
  }

  @Test func damagedQuantizedFilesAreNamed() throws {
    let target = folder.file("model/small.safetensors")
    #expect(try inspect("--convert", target, "--quantize", "int8").status == 0)
    try FileManager.default.removeItem(atPath: weights)
    let scales = Self.layer + "_scale"
    for (value, message) in [
      (Float(0), "is 0.0"), (-1, "is -1.0"), (.nan, "is nan"), (.infinity, "is inf"),
    ] {
      try? FileManager.default.removeItem(atPath: weights)
      try FileManager.default.copyItem(atPath: target, toPath: weights)
      try change { tensors in
        var scale = try #require(tensors[scales]).converted(to: Float.self)
        scale[2, 1] = Tensor(scalar: value)
        tensors[scales] = AnyTensor(scale)
      }
      // Other precisions widen the weights first.
      for precision in ["auto", "int8", "w8", "f32"] {
        try expectFailure(
          try draw("--precision", precision), "'\(scales)': the scale of row 2, group 1 \(message)")
      }
    }
    try FileManager.default.removeItem(atPath: weights)
    try FileManager.default.copyItem(atPath: target, toPath: weights)
    try change { $0[scales] = nil }
    try expectFailure(try draw(), "'\(scales)' is missing")
  }
}
