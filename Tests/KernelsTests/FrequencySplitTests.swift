@testable import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct FrequencySplitTests {
  /// The real part of the inverse transform of the frequencies that are kept, in 64 bits.
  private func reference(
    _ maps: Tensor<Float>, keeping keeps: (Int, Int) -> Bool
  ) -> Tensor<Double> {
    let (height, width) = (maps.shape[maps.rank - 2], maps.shape[maps.rank - 1])
    let spectrum = maps.converted(to: Double.self).fft2().map { $0.fftShifted(axes: [-2, -1]) }
    let mask = (0..<height * width).map { i in
      keeps(i / width - height / 2, i % width - width / 2) ? 1.0 : 0
    }
    return (spectrum * Tensor(mask, shape: [height, width]))
      .map { $0.inverseFFTShifted(axes: [-2, -1]) }.inverseFFT2().real
  }

  @Test(arguments: KernelTable.supported)
  func matchesFourierTransforms(_ table: KernelTable) {
    var numbers = SampleNumbers(seed: 51)
    for shape in [[1, 1], [3, 8, 8], [2, 4, 32, 32], [1, 2, 7, 12], [2, 5, 9], [1, 64, 48]] {
      let maps = Tensor(numbers.next(shape.product), shape: shape)
      let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
      let radius = min(height, width) / 5
      let rules: [(Int, Int) -> Bool] = [
        { $0 * $0 + $1 * $1 <= radius * radius }, { _, _ in true }, { _, _ in false },
        // Not the same for opposite frequencies.
        { ($0 * 7 + $1 * 3) % 5 >= 1 },
        { vertical, horizontal in vertical == -(height / 2) || horizontal == 1 },
      ]
      for (index, keeps) in rules.enumerated() {
        let split = FrequencySplit(height: height, width: width, table: table, keeping: keeps)
        let results = (1...3).map { split.low(maps, in: Workspace(threads: $0, table: table)) }
        let expected = reference(maps, keeping: keeps)
        #expect(results[0].shape == shape)
        let error = zip(results[0].elements, expected.elements)
          .reduce(0) { max($0, (Double($1.0) - $1.1).magnitude) }
        #expect(error < 3e-6, "\(shape), rule \(index)")
        #expect(results.allSatisfy { $0.bits == results[0].bits })
      }
    }
  }

  @Test(arguments: KernelTable.supported, Precision.floatingPoint)
  func mapsDoNotMeet(_ table: KernelTable, _ precision: Precision) {
    var numbers = SampleNumbers(seed: 52)
    let workspace = Workspace(threads: 2, precision: precision, table: table)
    let maps = Tensor(numbers.next(3 * 4 * 16 * 12), shape: [3, 4, 16, 12])
    let split = FrequencySplit(height: 16, width: 12, table: table) { $0 * $0 + $1 * $1 <= 9 }
    let all = split.low(maps, in: workspace)
    #expect(split.low(maps[1..<2], in: workspace).bits == all[1..<2].copied().bits)
    #expect(split.low(maps[2, 3], in: workspace).bits == all[2, 3].copied().bits)
    // What is low stays as it is.
    #expect(relativeError(split.low(all, in: workspace).elements, all.elements) < 2e-6)
  }

  @Test func keepsACircle() {
    let split = FrequencySplit(height: 8, width: 8, radius: 1)
    // Frequencies 0 and 1 along the rows, and a high one.
    let wave = Tensor<Float>((0..<64).map { [1, 0, -1, 0][$0 % 4] + 2 }, shape: [8, 8])
    let low = split.low(wave, in: Workspace(threads: 1))
    #expect(low.elements.allSatisfy { abs($0 - 2) < 1e-6 })
    let empty = split.low(Tensor(repeating: 0, shape: [0, 8, 8]), in: Workspace(threads: 1))
    #expect(empty.shape == [0, 8, 8])
  }

  @Test func refusesOtherMaps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let split = FrequencySplit(height: 8, width: 6, radius: 2)
      _ = split.low(Tensor(repeating: 0, shape: [2, 6, 8]), in: Workspace(threads: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("frequency split: maps of [2, 6, 8] are not […, 8, 6]"))
  }
}
