import DiT
import Foundation
import Testing

/// The outline of a run of some steps of a model of some blocks.
func outline(
  steps: Int, depth: Int, guidance: Float = 4,
  branches: [Architecture.Branch] = [
    .attention, .feedForward,
  ]
) -> RunOutline {
  RunOutline(
    architecture: Architecture(
      name: "test", sampleShape: [4, 8, 8], tokenCount: 16, width: 8, depth: depth,
      branches: branches.map { .init($0, MultiplyAdds(linear: 100)) }),
    timesteps: (0..<steps).map { 999 - 1000 * Double($0) / Double(steps) }, sampler: "ddim",
    guidanceScale: guidance)
}

@Suite struct CachePlanTests {
  private func rule(
    _ site: CacheSite, _ schedule: String, gate: (any CacheGate)? = nil
  ) throws -> CachePlan.Rule {
    .init(site: site, schedule: try #require(CacheSchedule(schedule)), gate: gate)
  }

  @Test func deltaDiTFollowsThePaper() throws {
    let plan = try DeltaDiT(cachedBlocks: 9, boundary: 12).plan(for: outline(steps: 20, depth: 12))
    #expect(
      plan.description == """
        blocks 3-11  R-R-R-R-R-R-........
        blocks 0-8   ............R-R-R-R-
        """)
    #expect(plan.computedBlocks == 150 && plan.reusedBlocks == 90)
    #expect(plan.computedBlocks(step: 0) == 12 && plan.computedBlocks(step: 1) == 3)
    #expect(plan.computedShare == 0.625)
  }

  @Test func fewStepsFollowThePaper() throws {
    let plan = try DeltaDiT(cachedBlocks: 4, boundary: 2).plan(for: outline(steps: 4, depth: 28))
    #expect(plan.description == "blocks 24-27  R-..\nblocks 0-3    ..R-")
  }

  @Test func keepsBothOffsetsWhereTheRangeChangesBetweenFullSteps() throws {
    let plan = try DeltaDiT(interval: 4, cachedBlocks: 2, boundary: 3)
      .plan(for: outline(steps: 9, depth: 4))
    #expect(plan.description == "blocks 2-3  R--......\nblocks 0-1  R..-R---.")
  }

  @Test func intervalOneAndNoBlocksCacheNothing() throws {
    for method in [
      DeltaDiT(interval: 1, cachedBlocks: 9, boundary: 12), DeltaDiT(cachedBlocks: 0),
    ] {
      let plan = try method.plan(for: outline(steps: 20, depth: 12))
      #expect(plan.rules.isEmpty && plan.reusedBlocks == 0 && plan.computedShare == 1)
      #expect(plan.description == "everything is computed")
    }
    #expect(try DeltaCache(blocks: 3..<3).plan(for: outline(steps: 5, depth: 12)).rules.isEmpty)
  }

  @Test func positionsLieInTheModel() throws {
    for (position, blocks) in [
      (DeltaCache.Position.front, "0-20"), (.middle, "3-23"), (.rear, "7-27"),
    ] {
      let plan = try DeltaCache(position: position).plan(for: outline(steps: 2, depth: 28))
      #expect(plan.description == "blocks \(blocks)  R-")
    }
  }

  @Test func refusesWhatTheModelDoesNotHave() {
    let run = outline(steps: 20, depth: 12)
    #expect(throws: CacheError.self) { try DeltaDiT(cachedBlocks: 13).plan(for: run) }
    #expect(throws: CacheError.self) { try DeltaDiT(boundary: 21).plan(for: run) }
    for start in [-1, 4, .max] {
      #expect(throws: CacheError.self) {
        try DeltaDiT(cachedBlocks: 9, frontStart: start).plan(for: run)
      }
    }
    #expect(throws: CacheError.site(.blocks(8..<28), depth: 12)) {
      try DeltaCache(blocks: 8..<28).plan(for: run)
    }
    #expect(throws: CacheError.self) {
      try FasterCacheGuidance().plan(for: outline(steps: 20, depth: 12, guidance: 1))
    }
    #expect(throws: CacheError.self) {
      try CachePlan(for: run, rules: [rule(.branch(.crossAttention, block: 0), "R-")])
    }
  }

  @Test func refusesPlansThatCannotRun() throws {
    let run = outline(steps: 3, depth: 4)
    #expect(throws: CacheError.nothingToReuse(site: .blocks(0..<2), step: 1)) {
      try CachePlan(for: run, rules: [rule(.blocks(0..<2), ".--")])
    }
    #expect(throws: CacheError.stepCount(plan: 2, run: 3)) {
      try CachePlan(for: run, rules: [rule(.blocks(0..<2), "R-")])
    }
    #expect(throws: CacheError.conflict(.blocks(1..<3), .blocks(0..<2), step: 1)) {
      try CachePlan(for: run, rules: [rule(.blocks(0..<2), "RR-"), rule(.blocks(1..<3), "R-.")])
    }
    #expect(throws: CacheError.conflict(.blocks(1..<3), .branch(.attention, block: 2), step: 1)) {
      try CachePlan(
        for: run,
        rules: [rule(.blocks(1..<3), "R-."), rule(.branch(.attention, block: 2), "RR-")])
    }
    #expect(throws: CacheError.conflict(.prediction, .unconditional, step: 1)) {
      try CachePlan(for: run, rules: [rule(.prediction, "R-."), rule(.unconditional, "RR-")])
    }
    // Step 1 keeps the conditional rows alone.
    #expect(
      throws: CacheError.unguidedRecord(site: .blocks(0..<2), recorded: 1, reused: 2)
    ) {
      try CachePlan(for: run, rules: [rule(.unconditional, "R-."), rule(.blocks(0..<2), "RR-")])
    }
    let gate = DistanceGate(.offset(0..<1), threshold: 1)
    #expect(throws: CacheError.hiddenProbe(.offset(0..<1), by: .blocks(0..<2), step: 1)) {
      try CachePlan(
        for: run,
        rules: [rule(.blocks(0..<2), "R-."), rule(.blocks(2..<4), "R??", gate: gate)])
    }
    #expect(throws: Never.self) {
      try CachePlan(for: run, rules: [rule(.unconditional, "R--"), rule(.blocks(0..<2), "R--")])
    }
  }

  @Test func rulesOfManySitesArePrintedInALine() throws {
    let run = outline(steps: 4, depth: 12)
    #expect(
      try FORA(interval: 3).plan(for: run).description
        == "attention, feed-forward 0-11  R--R".replacingOccurrences(of: "R--R", with: "R--."))
    let gated = try FirstBlockCache().plan(for: run)
    #expect(
      gated.description
        == "blocks 1-11  R???  where offset of blocks 0 changes by less than 0.08")
    #expect(gated.hasGates)
  }

  @Test func limitsComputeWhereTheySay() throws {
    func limited(_ text: String, _ limits: CacheLimits) throws -> String {
      try CachePlan(
        for: outline(steps: text.count, depth: 4), rules: [rule(.prediction, text)]
      ).limited(by: limits).rules.first?.schedule.description ?? ""
    }
    #expect(try limited("R---R---", CacheLimits(warmup: 3)) == "..R-R---")
    #expect(try limited("R---R---", CacheLimits(cooldown: 2)) == "R---R-..")
    #expect(try limited("R-------", CacheLimits(most: 2)) == "R--R--R-")
    #expect(try limited("R-------", CacheLimits(warmup: 8)) == "")
  }

  @Test func methodsThatDoNotMeetAreJoined() throws {
    let run = outline(steps: 6, depth: 4)
    let joined = try DeltaCache(blocks: 1..<3).joined(
      with: FasterCacheGuidance(interval: 2, start: 0)
    ).plan(for: run)
    #expect(joined.description == "blocks 1-2     R-R-R-\nunconditional  R-R-R-")
    #expect(throws: CacheError.self) {
      try DeltaCache(blocks: 1..<3).joined(with: FORA()).plan(for: run)
    }
  }

  @Test func predictsTheBytesThatItKeeps() throws {
    let run = outline(steps: 8, depth: 4)
    let stream = 2 * 16 * 8 * 4
    // One offset at a time.
    #expect(try DeltaDiT(cachedBlocks: 2, boundary: 4).plan(for: run).peakByteCount == stream)
    #expect(try FORA().plan(for: run).peakByteCount == 8 * stream)
    #expect(try TaylorSeer(order: 2).plan(for: run).peakByteCount == 3 * 8 * stream)
    #expect(try CachePlan(computingEverything: run).plan(for: run).peakByteCount == 0)
  }
}

@Suite struct DeltaPlannerTests {
  /// DiT-XL/2 at 256 × 256 with guidance: table 4 of the paper, 4.579 T and 2.862 T.
  @Test func reachesThePapersDiT() throws {
    let c = DiffusionTransformer.Configuration.extraLarge(patchSize: 2)
    let planner = DeltaPlanner(
      stepCount: 20, depth: 28, blockCost: 2 * c.architecture.paperBlock.linear)
    #expect(abs(planner.fullCost / 4.579e12 - 1) < 0.002)
    let settings = try planner.settings(for: 0.625 * planner.fullCost)
    #expect(settings == (2, 21))
    let cost = planner.cost(interval: settings.interval, cachedBlocks: settings.cachedBlocks)
    #expect(abs(cost / 2.862e12 - 1) < 0.002)
    let plan = try DeltaDiT().plan(for: outline(steps: 20, depth: 28))
    #expect(Double(plan.computedBlocks) * planner.blockCost == cost)
  }

  /// PixArt-α at 1024 × 1024, four steps of LCM without guidance: table 3, 8.565 T.
  @Test func reachesThePapersPixArt() throws {
    let width = 1152.0
    let block = 14 * width * width * 4096 + 2 * width * width * 120
    let planner = DeltaPlanner(stepCount: 4, depth: 28, blockCost: block)
    #expect(abs(planner.fullCost / 8.565e12 - 1) < 0.002)
    #expect(abs(planner.cost(interval: 2, cachedBlocks: 4) / 7.953e12 - 1) < 0.002)
    #expect(abs(planner.cost(interval: 2, cachedBlocks: 6) / 7.647e12 - 1) < 0.002)
    #expect(try planner.settings(for: 7.953e12) == (2, 4))
    #expect(try planner.settings(for: 7.647e12) == (2, 6))
  }

  @Test func refusesTargetsOutOfReach() {
    let planner = DeltaPlanner(stepCount: 10, depth: 4, blockCost: 1)
    for target in [0, -1, 41, 3.9, .nan] {
      #expect(throws: CacheError.self) { try planner.settings(for: target) }
    }
  }
}
