@testable import DiT
import Foundation
import Kernels
import NN
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

@Suite struct T5Tests {
  /// The tokens of a golden case.
  private func batch(_ name: String, in file: SafetensorsFile) throws -> TokenBatch {
    let ids = try file.tensor(named: name + ".ids").converted(to: Int64.self)
    let mask: Tensor<Bool> = try #require(try file.tensor(named: name + ".mask").tensor())
    let texts = (0..<ids.shape[0]).map { text in
      zip(ids[text].elements, mask[text].elements).filter(\.1).map { Int($0.0) }
    }
    return TokenBatch(texts, paddingID: 0, length: ids.shape[1])
  }

  /// The largest difference of hidden states of tokens.
  private func difference(
    _ states: Tensor<Float>, _ golden: Tensor<Float>, mask: Tensor<Bool>
  ) -> Float {
    let width = golden.shape[2]
    let kept = mask.elements
    return zip(states.elements, golden.elements).enumerated()
      .map { kept[$0 / width] ? abs($1.0 - $1.1) : 0 }.max() ?? .infinity
  }

  @Test(arguments: ["a", "b", "c", "a-long"], T5Encoder.LayerStorage.all)
  func hiddenStatesAreTransformers(
    _ name: String, _ storage: T5Encoder.LayerStorage
  ) throws {
    let file = try TextFixtures.states()
    for table in KernelTable.supported {
      let encoder = try TextFixtures.encoder(
        "t5-\(name.prefix(1))", table: table, layerStorage: storage)
      let batch = try batch(name, in: file)
      let states = try encoder(batch, in: Workspace(threads: 2, table: table))
      let golden = try file[name + ".states"]
      #expect(states.shape == golden.shape)
      #expect(difference(states, golden, mask: batch.mask) < 1e-4, "\(table.name)")
    }
  }

  /// Scores have no scale, so that a softmax magnifies the errors of short numbers.
  @Test(arguments: [
    (Precision.bfloat16, Float(0.06)), (.int8, 0.1), (.weights8, 0.06), (.weights4, 0.8),
  ])
  func roundedProductsAreNear(_ precision: Precision, _ bound: Float) throws {
    let file = try TextFixtures.states()
    for table in KernelTable.supported {
      let encoder = try TextFixtures.encoder("t5-b", precision: precision, table: table)
      let batch = try batch("b", in: file)
      let states = try encoder(
        batch, in: Workspace(threads: 2, precision: precision, table: table))
      let golden = try file["b.states"]
      let kept = batch.mask.elements
      var (error, total): (Float, Float) = (0, 0)
      for (place, (state, expected)) in zip(states.elements, golden.elements).enumerated()
      where kept[place / golden.shape[2]] {
        error += (state - expected) * (state - expected)
        total += expected * expected
      }
      #expect((error / total).squareRoot() < bound, "\(table.name)")
    }
  }

  @Test func aTextDoesNotDependOnOthersNorOnThreads() throws {
    let texts = [[5, 9, 2, 40, 7, 7, 8, 1], [3, 1], [11, 12, 13, 14, 1]]
    for table in KernelTable.supported {
      for precision in Precision.allCases {
        let encoder = try TextFixtures.encoder("t5-a", precision: precision, table: table)
        func workspace(_ threads: Int) -> Workspace {
          Workspace(threads: threads, precision: precision, table: table)
        }
        let together = try encoder(
          TokenBatch(texts, paddingID: 0, length: 11), in: workspace(3))
        for (place, text) in texts.enumerated() {
          let alone = try encoder(TokenBatch([text], paddingID: 0), in: workspace(1))
          #expect(
            alone[0].elements == together[place, 0..<text.count].elements,
            "\(table.name) \(precision)")
        }
      }
    }
  }

  @Test(arguments: [(32, 128), (8, 20), (64, 100), (4, 2), (32, 9)])
  func bucketsAreTransformers(_ count: Int, _ limit: Int) throws {
    let golden = try TextFixtures.states().integers("buckets.\(count).\(limit)")
    let bias = RelativePositionBias(
      table: Tensor(repeating: 0, shape: [count, 1]), maximumDistance: limit)
    #expect((-200...200).map(bias.bucket) == golden)
  }

  @Test func promptsAreDiffusers() throws {
    let file = try TextFixtures.states()
    let limit = try #require(file.metadata["limit"].flatMap { Int($0) })
    let encoder = try T5TextEncoder(
      tokenizer: TextFixtures.folder + "/t5", encoder: TextFixtures.folder + "/t5-a",
      tokenLimit: limit, precision: .float32)
    let prompts = (0..<5).compactMap { file.metadata["prompt.\($0)"] }
    #expect(prompts.count == 5)
    let texts = try encoder.encode(prompts, in: Workspace(threads: 2))
    for (place, text) in texts.enumerated() {
      let golden = try file["prompt.\(place)"]
      #expect(text.hiddenStates.shape == golden.shape)
      #expect(
        zip(text.hiddenStates.elements, golden.elements).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    #expect(
      prompts.map { encoder.droppedText(of: $0) != nil } == [false, false, false, false, true])
    #expect(encoder.droppedText(of: prompts[4])?.hasSuffix("jumps over the lazy dog") == true)
    #expect(try encoder.encode([], in: Workspace()).isEmpty)
  }

  @Test func eachLayerIsReported() throws {
    let encoder = try TextFixtures.encoder("t5-b", layerStorage: .streamed)
    let reports = Reports()
    _ = try encoder(TokenBatch([[2, 1]], paddingID: 0), in: Workspace(threads: 1)) {
      reports.values.append("\($0) of \($1)")
    }
    #expect(reports.values == ["1 of 3", "2 of 3", "3 of 3"])
  }

  private final class Reports: @unchecked Sendable {
    var values: [String] = []
  }

  @Test func cancellationEndsBetweenLayers() async throws {
    let encoder = try TextFixtures.encoder("t5-a")
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try encoder(TokenBatch([[2, 1]], paddingID: 0), in: Workspace(threads: 1))
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

extension T5Encoder.LayerStorage {
  static let all: [Self] = [.resident, .streamed]
}
