import Foundation
import Kernels
import NN
import Tensor
import Testing
import _TestSupport

/// The files that fuzzing of quantized layers begins with: each is read, or refused by the name of
/// the tensor that is at fault.
@Suite struct QuantizedFileTests {
  static let folder = "\(Fixtures.repository)/Tests/Fuzz/Seeds/quantized"

  /// What each file is refused for; nil where it is read.
  static let faults: [String: String?] = [
    "eight-bits": nil, "four-bits": nil, "extremes": nil, "wide": nil, "wide-zeros": nil,
    "wide-huge": nil, "scale-tiny": nil, "scale-huge": nil,
    // Groups that do not divide the inputs, or have more than all: the last one takes what is left.
    "group-1": nil, "group-3": nil, "group-10": nil, "group-11": nil, "group-2147483647": nil,
    // Of both forms, that of 4 bits is taken.
    "both": nil,
    "wide-nan": "weight': row 0 has a weight that is infinite or not a number",
    "wide-infinite": "weight': row 0 has a weight that is infinite or not a number",
    "four-bits-of-zero": "weight_packed': ",
    "scale-zero": "weight_scale': the scale of row 0, group 0 is 0",
    "scale-negative": "weight_scale': the scale of row 0, group 0 is -1",
    "scale-nan": "weight_scale': the scale of row 0, group 0 is nan",
    "scale-infinite": "weight_scale': the scale of row 0, group 0 is inf",
    "scale-missing": "weight_scale' is missing",
    "scale-whole": "weight_scale' holds int32",
    "scale-short": "weight_scale' has shape [3, 2]",
    "group-missing": "weight_group_size' is missing",
    "group-0": "weight_group_size': groups have at least one input, not 0",
    "group--4": "weight_group_size': groups have at least one input, not -4",
    "weight-wide": "weight' holds int32",
    "weight-short": "weight' has shape [3, 9]",
    "weight-missing": "weight' is missing",
    "bias-missing": "bias' is missing",
  ]

  @Test func everyFileIsListed() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
    #expect(Set(names) == Set(Self.faults.keys))
  }

  @Test(arguments: faults.keys.sorted(), [Precision.int8, .weights8])
  func isReadOrRefused(_ name: String, _ precision: Precision) throws {
    let weights = Weights(
      try Checkpoint(path: "\(Self.folder)/\(name)"), precision: precision)["blocks.0.fc1"]
    guard let fault = Self.faults[name] ?? nil else {
      let workspace = Workspace(threads: 1, precision: precision)
      let result = try Linear(10, 3, from: weights)(
        Tensor(repeating: 1, shape: [2, 10]), in: workspace)
      #expect(result.shape == [2, 3])
      return
    }
    do {
      _ = try Linear(10, 3, from: weights)
      Issue.record("it was read")
    } catch {
      #expect("\(error)".contains("'blocks.0.fc1.\(fault)"), "\(error)")
    }
  }

  /// Both forms are the numbers that they stand for: `q · scale` in groups of four, 4, 4 and 2.
  @Test(arguments: [("eight-bits", Precision.weights8), ("four-bits", .weights4)])
  func holdsWhatItStandsFor(_ name: String, _ precision: Precision) throws {
    let checkpoint = try Checkpoint(path: "\(Self.folder)/\(name)")
    func tensor(_ name: String) throws -> AnyTensor {
      try checkpoint.tensor(named: "blocks.0.fc1.\(name)")
    }
    let numbers: [Float] =
      precision == .weights8
      ? try tensor("weight").converted(to: Float.self).elements
      : try tensor("weight_packed").converted(to: Int32.self).elements.flatMap {
        [Float($0 % 16 - 8), Float($0 / 16 - 8)]
      }
    let scales = try tensor("weight_scale").converted(to: Float.self).elements
    let expected = numbers.enumerated().map { $1 * scales[$0 / 10 * 3 + $0 % 10 / 4] }
    let layer = try Linear(
      10, 3, from: Weights(checkpoint, precision: precision)["blocks.0.fc1"])
    let weight = try #require(layer.parameters.first { $0.name == "weight" }).tensor
    #expect(weight.elements == expected)
  }
}
