import DiT
import Foundation
import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// The shipped model in bfloat16, on the tile unit and without it, and quantized.
@Suite struct PrecisionTests {
  /// Images in 32 bits, which all tables compute alike but for their last bits.
  private static let exactImages = Result {
    let tests = PrecisionTests()
    let pipeline = try tests.pipeline(.float32, .active)
    return pipeline.images(try tests.latents(tests.run(pipeline))).converted(to: Double.self)
  }

  private func pipeline(_ precision: Precision?, _ table: KernelTable) throws -> DiffusionPipeline {
    try DiffusionPipeline(folder: Fixtures.showcaseModel, precision: precision, table: table)
  }

  /// A run of a model, one image for each label.
  private func run(
    _ pipeline: DiffusionPipeline, labels: [Int] = [0, 5, 9], seed: UInt64 = 1, steps: Int = 4,
    threads: Int = 2
  ) throws -> DenoisingRun {
    var generators = labels.indices.map { TorchGenerator(seed: seed + UInt64($0)) }
    let shape = [1] + pipeline.denoiser.architecture.sampleShape
    let noise = Tensor(
      concatenating: generators.indices.map { generators[$0].normal(shape) }, axis: 0)
    return try DenoisingRun(
      denoiser: pipeline.denoiser, sampler: DDIM(steps: steps, schedule: pipeline.schedule),
      request: .init(
        labels: labels, noise: noise, generators: generators, guidance: Guidance(scale: 3)),
      threads: threads)
  }

  /// The samples of a run that has taken all its steps.
  private func latents(_ run: DenoisingRun) throws -> Tensor<Float> {
    var run = run
    while try run.next() != nil {}
    return run.latents
  }

  private func bits(_ run: DenoisingRun) throws -> [UInt32] {
    try latents(run).elements.map(\.bitPattern)
  }

  @Test(
    arguments: KernelTable.supported,
    [(Precision.bfloat16, 35.0), (.int8, 30), (.weights8, 35), (.weights4, 15)])
  func imagesAreThoseOf32Bits(_ table: KernelTable, _ expectation: (Precision, Double)) throws {
    let (precision, bound) = expectation
    let rounded = try pipeline(precision, table)
    #expect(rounded.denoiser.precision == precision)
    let expected = try Self.exactImages.get()
    let images = rounded.images(try latents(run(rounded))).converted(to: Double.self)
    let error = ((images - expected) * (images - expected)).mean().item
    let psnr = 10 * log10(255 * 255 / error)
    print("\(precision.rawValue) beside f32, \(table): \(psnr) dB")
    #expect(psnr >= bound && error > 0)
  }

  @Test(arguments: KernelTable.supported, [Precision.bfloat16, .int8])
  func isTheSameOnAnyNumberOfThreadsAndInAnyBatch(
    _ table: KernelTable, _ precision: Precision
  ) throws {
    let pipeline = try pipeline(precision, table)
    let together = try bits(run(pipeline, steps: 2, threads: 1))
    #expect(try bits(run(pipeline, steps: 2, threads: 3)) == together)
    let count = together.count / 3
    for (index, label) in [0, 5, 9].enumerated() {
      let alone = try bits(
        run(pipeline, labels: [label], seed: UInt64(1 + index), steps: 2, threads: 1 + index))
      #expect(alone == Array(together[index * count..<(index + 1) * count]))
    }
  }

  @Test(arguments: KernelTable.supported, [Precision.bfloat16, .int8])
  func allocatesNothingAfterTheFirstStep(_ table: KernelTable, _ precision: Precision) throws {
    var run = try run(pipeline(precision, table))
    _ = try run.next()
    let misses = run.workspace.poolMisses
    #expect(misses > 0)
    while try run.next() != nil { #expect(run.workspace.poolMisses == misses) }
  }

  @Test(arguments: KernelTable.supported)
  func smallModelsMultiply32BitsUnlessAsked(_ table: KernelTable) throws {
    #expect(try pipeline(nil, table).denoiser.precision == .float32)
    let large = Precision.automatic(parameterCount: 130_000_000, table: table)
    #expect(large == (["amx", "avx512bf16"].contains(table.name) ? .bfloat16 : .float32))
    #expect(Precision.automatic(parameterCount: 33_000_000, table: table) == .float32)
  }
}
