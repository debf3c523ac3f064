import DiT
import Kernels
import Tensor
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// A cache that keeps everything in every step and reuses nothing.
struct Keeping: CacheMethod {
  let sites: @Sendable (RunOutline) -> [CacheSite]

  func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    try CachePlan(
      for: run,
      rules: [
        .init(
          sites: sites(run), schedule: .gated(stepCount: run.stepCount),
          gate: DistanceGate(.offset(0..<1), threshold: 0))
      ])
  }
}

@Suite struct RecordingTests {
  /// A model, packed for a table and a precision.
  struct Case: Sendable, CustomTestStringConvertible {
    let model: RuleModel
    let table: KernelTable
    let precision: Precision

    var testDescription: String { "\(model.rawValue), \(precision.rawValue) on \(table.name)" }

    static let all = RuleModel.allCases.flatMap { model in
      KernelTable.supported.flatMap { table in
        Precision.allCases.map { Case(model: model, table: table, precision: $0) }
      }
    }
  }

  /// A step that keeps a value has the bits of one that does not, in every table and precision.
  @Test(arguments: Case.all) func recordingChangesNoBit(_ c: Case) throws {
    let denoiser = try c.model.denoiser(c.precision, c.table)
    func bits(_ cache: (any CacheMethod)?) throws -> [UInt32] {
      var generator = TorchGenerator(seed: 3)
      let noise = generator.normal([2] + c.model.sampleShape)
      var run = try DenoisingRun(
        denoiser: denoiser, sampler: DDIM(steps: 3),
        request: .init(
          conditions: [0, 1].map(c.model.condition),
          negatives: [c.model.unconditional, c.model.unconditional], noise: noise,
          generators: [generator, generator], guidance: Guidance(scale: 2), cache: cache),
        workspace: Workspace(threads: 2, precision: c.precision, table: c.table))
      while try run.next() != nil {}
      return run.latents.elements.map(\.bitPattern)
    }
    let plain = try bits(nil)
    #expect(try bits(Keeping { $0.branchSites() }) == plain)
    #expect(try bits(Keeping { [.blocks(1..<$0.depth)] }) == plain)
    #expect(
      try bits(
        Keeping { run in
          (0..<run.depth).flatMap { block in
            BlockLinear.allCases.map { .linear($0, block: block) }
          }
        }) == plain)
  }
}
