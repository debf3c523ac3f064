import Foundation
import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct GroupNormTests {
  /// Images around the edges of chunks and blocks; channels around those of vectors.
  static let cases: [(shape: [Int], groups: Int)] = [
    ([1, 1, 1, 1], 1), ([1, 1, 1, 8], 2), ([2, 1, 3, 6], 3), ([3, 5, 7, 12], 4),
    ([1, 4, 4, 16], 16), ([1, 16, 16, 32], 32), ([1, 16, 17, 33], 11), ([2, 15, 17, 64], 32),
    ([1, 17, 16, 21], 7),
    ([1, 31, 33, 34], 2), ([2, 23, 29, 5], 5), ([1, 13, 79, 3], 1), ([1, 32, 32, 96], 32),
    ([3, 8, 64, 17], 1), ([1, 2, 128, 160], 32), ([1, 64, 8, 7], 7),
  ]

  @Test(arguments: KernelTable.supported, [Activation.identity, .silu, .geluTanh])
  func matchesReference(_ table: KernelTable, _ activation: Activation) {
    var numbers = SampleNumbers(seed: 24)
    let workspace = Workspace(threads: 2, table: table)
    for (shape, groups) in Self.cases {
      let channels = shape[3]
      let x = numbers.next(shape.reduce(1, *)).map { 3 * $0 + 5 }
      let (weight, bias) = (numbers.next(channels), numbers.next(channels))
      let result = groupNorm(
        Tensor(x, shape: shape), groups: groups, weight: Tensor(weight), bias: Tensor(bias),
        epsilon: 1e-6, activation: activation, padding: Padding(1), in: workspace)
      #expect(result.shape == shape)
      let plain = Reference.groupNormalized(
        x, batch: shape[0], channels: channels, groups: groups, epsilon: 1e-6)
      let expected = plain.enumerated().map {
        let (normal, channel) = ($0.element, $0.offset % channels)
        return applied(activation, to: normal * Double(weight[channel]) + Double(bias[channel]))
      }
      #expect(relativeError(result.tensor(in: workspace).elements, expected) < 5e-6)
    }
  }

  private func applied(_ activation: Activation, to x: Double) -> Double {
    switch activation {
    case .silu: x / (1 + exp(-x))
    case .geluTanh: x / (1 + exp(-1.595_769_121_605_731 * (x + 0.044715 * x * x * x)))
    default: x
    }
  }

  /// Sums of a quarter of a million pixels whose mean is far from zero.
  @Test(arguments: KernelTable.supported)
  func isExactForLargeImages(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 25)
    let (side, channels, groups) = (512, 8, 2)
    let x = (0..<side * side * channels).map { i in
      // A slow slope over the image, and channels apart from each other.
      20 + numbers.next() + Float(i) / Float(side * side * channels) + Float(i % channels)
    }
    let workspace = Workspace(threads: 2, table: table)
    let result = groupNorm(
      Tensor(x, shape: [1, side, side, channels]), groups: groups, epsilon: 1e-6, in: workspace)
    let expected = Reference.groupNormalized(
      x, batch: 1, channels: channels, groups: groups, epsilon: 1e-6)
    #expect(relativeError(result.tensor(in: workspace).elements, expected) < 1e-5)
  }

  /// A chunk that begins with outliers has as exact moments as any other.
  @Test(arguments: KernelTable.supported)
  func isExactWithOutliers(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 26)
    let (shape, channels) = ([1, 64, 64, 4], 4)
    var x = numbers.next(shape.reduce(1, *))
    for i in 0..<16 * channels { x[i] = 1e4 }
    let workspace = Workspace(threads: 1, table: table)
    let result = groupNorm(
      Tensor(x, shape: shape), groups: 1, epsilon: 1e-6, in: workspace)
    let expected = Reference.groupNormalized(
      x, batch: 1, channels: channels, groups: 1, epsilon: 1e-6)
    #expect(relativeError(result.tensor(in: workspace).elements, expected) < 5e-6)
  }

  /// Images are the same bits alone, in any batch, on any number of threads, with any padding.
  @Test(arguments: KernelTable.supported)
  func imagesDoNotDependOnTheirBatch(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 27)
    let shape = [3, 37, 41, 24]
    let x = Tensor(numbers.next(shape.reduce(1, *)), shape: shape)
    func bits(_ x: Tensor<Float>, threads: Int, padding: Padding = .none) -> [UInt32] {
      let workspace = Workspace(threads: threads, table: table)
      return groupNorm(
        x, groups: 8, epsilon: 1e-6, activation: .silu, padding: padding, in: workspace
      ).tensor(in: workspace).bits
    }
    let all = bits(x, threads: 1)
    for threads in 2...4 { #expect(bits(x, threads: threads, padding: Padding(1)) == all) }
    let count = all.count / 3
    for image in 0..<3 {
      #expect(
        bits(x[image..<image + 1], threads: 2)
          == Array(all[image * count..<(image + 1) * count]))
    }
  }

  @Test func refusesGroupsThatDoNotDivide() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = groupNorm(
        Tensor(repeating: 0, shape: [1, 2, 2, 6]), groups: 4, epsilon: 1e-6,
        in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("group norm: [1, 2, 2, 6] are no images with 4 groups"))
  }

  @Test func refusesAWeightOfAnotherLength() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = groupNorm(
        Tensor(repeating: 0, shape: [1, 2, 2, 6]), groups: 2,
        weight: Tensor(repeating: 0, shape: [5]), epsilon: 1e-6, in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("weight [5] and bias [] do not fit [1, 2, 2, 6]"))
  }
}
