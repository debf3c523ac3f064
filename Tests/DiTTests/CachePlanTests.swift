import DiT
import Testing

@Suite struct CachePlanTests {
  @Test func deltaDiTFollowsThePaper() throws {
    let plan = try DeltaDiT(interval: 2, cachedBlocks: 9, boundary: 12)
      .plan(stepCount: 20, depth: 12)
    #expect(
      plan.description == """
        blocks 3-11  R-R-R-R-R-R-........
        blocks 0-8   ............R-R-R-R-
        """)
    #expect(plan.computedBlocks == 150 && plan.reusedBlocks == 90)
    #expect(plan.computedBlocks(step: 0) == 12 && plan.computedBlocks(step: 1) == 3)
  }

  @Test func fewStepsFollowThePaper() throws {
    let plan = try DeltaDiT(interval: 2, cachedBlocks: 4, boundary: 2)
      .plan(stepCount: 4, depth: 28)
    #expect(plan.description == "blocks 24-27  R-..\nblocks 0-3    ..R-")
  }

  @Test func keepsBothOffsetsWhereTheRangeChangesBetweenFullSteps() throws {
    let plan = try DeltaDiT(interval: 4, cachedBlocks: 2, boundary: 3)
      .plan(stepCount: 9, depth: 4)
    #expect(plan.description == "blocks 2-3  R--......\nblocks 0-1  R..-R---.")
  }

  @Test func intervalOneAndNoBlocksCacheNothing() throws {
    for method in [
      DeltaDiT(interval: 1, cachedBlocks: 9, boundary: 12),
      DeltaDiT(interval: 2, cachedBlocks: 0, boundary: 12),
    ] {
      let plan = try method.plan(stepCount: 20, depth: 12)
      #expect(plan.rules.isEmpty && plan.reusedBlocks == 0)
      #expect(plan.description == "everything is computed")
    }
    #expect(try DeltaCache(blocks: 3..<3).plan(stepCount: 5, depth: 12).rules.isEmpty)
  }

  @Test func positionsLieInTheModel() throws {
    #expect(try DeltaCache.Position.front.blocks(21, depth: 28) == 0..<21)
    #expect(try DeltaCache.Position.middle.blocks(21, depth: 28) == 3..<24)
    #expect(try DeltaCache.Position.rear.blocks(21, depth: 28) == 7..<28)
  }

  @Test func refusesWhatTheModelDoesNotHave() {
    #expect(throws: CacheError.blockCount(13, depth: 12)) {
      try DeltaDiT(cachedBlocks: 13, boundary: 12).plan(stepCount: 20, depth: 12)
    }
    #expect(throws: CacheError.boundary(21, stepCount: 20)) {
      try DeltaDiT(cachedBlocks: 9, boundary: 21).plan(stepCount: 20, depth: 12)
    }
    for start in [-1, 4, .max] {
      #expect(throws: CacheError.frontStart(start, allowed: 0...3)) {
        try DeltaDiT(cachedBlocks: 9, boundary: 12, frontStart: start)
          .plan(stepCount: 20, depth: 12)
      }
    }
    #expect(throws: CacheError.interval(0)) {
      try DeltaCache(blocks: 0..<4, interval: 0).plan(stepCount: 20, depth: 12)
    }
    #expect(throws: CacheError.range(8..<28, depth: 12)) {
      try DeltaCache(blocks: 8..<28).plan(stepCount: 20, depth: 12)
    }
  }

  @Test func refusesPlansThatCannotRun() {
    func rule(_ blocks: Range<Int>, _ actions: String) -> CachePlan.Rule {
      .init(
        site: .blocks(blocks),
        schedule: CacheSchedule(actions.compactMap(CacheSchedule.Action.init(rawValue:))))
    }
    #expect(throws: CacheError.nothingToReuse(site: .blocks(0..<2), step: 1)) {
      try CachePlan(stepCount: 3, depth: 4, rules: [rule(0..<2, ".--")])
    }
    #expect(throws: CacheError.stepCount(plan: 2, run: 3)) {
      try CachePlan(stepCount: 3, depth: 4, rules: [rule(0..<2, "R-")])
    }
    #expect(throws: CacheError.conflict(.blocks(1..<3), .blocks(0..<2), step: 1)) {
      try CachePlan(
        stepCount: 3, depth: 4, rules: [rule(0..<2, "RR-"), rule(1..<3, "R-.")])
    }
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
    let plan = try DeltaDiT(stepCount: 20, depth: 28).plan(stepCount: 20, depth: 28)
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
