import DiT
import Foundation
import Kernels
import Tensor
import Testing
import _TestSupport

@testable import NN

@Suite struct GroupSizeSearchTests {
  /// Every choice of layers with few candidates.
  private func best(_ layers: [[GroupSizeSearch.Choice]], within limit: Int) -> Double? {
    let all = layers.reduce([[]]) { chosen, layer in
      chosen.flatMap { part in layer.map { part + [$0] } }
    }
    return all.filter { $0.reduce(0) { $0 + $1.scales } <= limit }
      .map { $0.reduce(0) { $0 + $1.error } }.min()
  }

  /// A price for scales finds what trying everything does, up to the choice of one layer.
  @Test func findsTheBestChoices() throws {
    var numbers = SampleNumbers(seed: 61)
    for _ in 0..<50 {
      let layers = (0..<5).map { _ in
        [32, 64, 128, 288].map { size in
          GroupSizeSearch.Choice(
            size: size, scales: 4608 / size,
            error: Double(numbers.next() + 2) * Double(size).squareRoot())
        }
      }
      let limit = 5 * 36
      let found = GroupSizeSearch.best(layers, within: limit)
      #expect(found.reduce(0) { $0 + $1.scales } <= limit)
      let error = found.reduce(0) { $0 + $1.error }
      let least = try #require(best(layers, within: limit))
      let largestGain = layers.map { ($0.map(\.error).max() ?? 0) }.max() ?? 0
      #expect(error >= least && error <= least + largestGain)
    }
  }

  /// With as many scales, the error is no larger than that of one size everywhere.
  @Test(arguments: [(QuantizedMatrix.Width.fourBits, 128), (.eightBits, 384)])
  func improvesAModel(_ width: QuantizedMatrix.Width, _ groupSize: Int) throws {
    let path = Fixtures.showcaseModel + "/model.safetensors"
    let checkpoint = try Checkpoint(path: path)
    let plain = CheckpointQuantizer(width: width, groupSize: groupSize)
    let searched = try GroupSizeSearch(budget: groupSize)(checkpoint, for: plain)
    func measured(_ quantizer: CheckpointQuantizer) throws -> (scales: Int, error: Double) {
      var (scales, total) = (0, 0.0)
      for entry in checkpoint.entries {
        guard let width = quantizer.width(of: entry.name, shape: entry.shape) else { continue }
        let weight = try checkpoint.tensor(named: entry.name).converted(to: Float.self)
        let size = quantizer.groupSizes[entry.name] ?? groupSize
        let matrix = try QuantizedMatrix(weight, width: width, groupSize: size)
        let error = weight - matrix.tensor
        scales += matrix.scales.count
        total += Double((error * error).sum().item / (weight * weight).sum().item)
      }
      return (scales, total)
    }
    let (before, after) = (try measured(plain), try measured(searched))
    #expect(after.scales <= before.scales && after.error < before.error)
    print(
      "squared errors of weights: \(after.error), groups of \(groupSize) everywhere: \(before.error)"
    )
  }

  @Test func layersThatAreComputedAsOneShareASize() {
    let name = GroupSizeSearch.jointName
    #expect(name("a.0.attn1.to_q.weight") == name("a.0.attn1.to_v.weight"))
    #expect(name("a.0.attn1.to_q.weight") != name("a.1.attn1.to_q.weight"))
    #expect(name("a.0.attn1.to_q.weight") != name("a.0.attn2.to_q.weight"))
  }
}
