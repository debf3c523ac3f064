import Foundation
import Testing
import _ExampleReport

@Suite struct StatisticsTests {
  /// Numbers that look random, the same on every machine.
  private func numbers(_ count: Int, seed: Double) -> [Double] {
    (0..<count).map { index in
      let x = sin(Double(index) * 12.9898 + seed) * 43758.5453
      return x - x.rounded(.down)
    }
  }

  @Test func mediansAndSpeedUpsAgree() {
    #expect(median([]) == nil && median([3]) == 3)
    #expect(median([5, 1, 3]) == 3 && median([4, 1, 3, 2]) == 2.5)
    // The median of the ratios would be 1.5.
    #expect(speedUp([2, 4, 6], from: [3, 9, 8]) == 2)
    #expect(speedUp([], from: [1]) == nil && speedUp([1], from: []) == nil)
  }

  /// The interval is that of plain loops over the same draws, and near to that of a normal mean.
  @Test func intervalsAreThoseOfResampledMeans() throws {
    let values = numbers(200, seed: 1)
    let resampled = try #require(Resampled(meanOf: values))
    let mean = values.reduce(0, +) / 200
    #expect(resampled.value == mean)
    var means: [Double] = []
    for draw in Resampled.draws(of: 200, times: 1000) {
      var sum = 0.0
      for index in draw { sum += values[index] }
      means.append(sum / 200)
    }
    means.sort()
    let shift = mean - means.reduce(0, +) / 1000
    let (low, high) = resampled.interval
    #expect(abs(low - means[25] - shift) < 1e-12 && abs(high - means[974] - shift) < 1e-12)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199
    let halfWidth = 1.96 * (variance / 200).squareRoot()
    #expect(abs((high - low) / 2 / halfWidth - 1) < 0.1)
  }

  @Test func aSingleImageHasNoInterval() throws {
    #expect(Resampled(meanOf: []) == nil)
    let resampled = try #require(Resampled(meanOf: [2.5]))
    #expect(resampled.value == 2.5 && resampled.interval == (2.5, 2.5))
  }

  /// Images that are better by the same amount each leave no doubt, however much they vary.
  @Test func differencesArePaired() throws {
    let a = numbers(50, seed: 2)
    let difference =
      try #require(Resampled(meanOf: a.map { $0 + 0.01 })) - #require(Resampled(meanOf: a))
    let (low, high) = difference.interval
    #expect(abs(low - 0.01) < 1e-12 && abs(high - 0.01) < 1e-12)
  }

  /// A point is in the front where no other one is as cheap and as good, and better in one.
  @Test(arguments: [true, false]) func theFrontIsWhatNothingBeats(_ isHigherBetter: Bool) {
    let (costs, values) = (numbers(60, seed: 3), numbers(60, seed: 4))
    var points = zip(costs, values).map { (cost: $0, value: $1) }
    points.append((cost: 0.5, value: .nan))
    let sign = isHigherBetter ? 1.0 : -1.0
    let expected = points.indices.filter { i in
      !points[i].value.isNaN
        && !points.indices.contains { j in
          points[j].cost <= points[i].cost && sign * points[j].value >= sign * points[i].value
            && j != i
        }
    }
    let front = paretoFront(points, isHigherBetter: isHigherBetter)
    #expect(front.sorted() == expected)
    #expect(front == front.sorted { points[$0].cost < points[$1].cost })
  }

  @Test func equalPointsAreInTheFrontOnce() {
    #expect(paretoFront([(1, 2), (1, 2), (1, 3)], isHigherBetter: true) == [2])
    #expect(paretoFront([], isHigherBetter: true).isEmpty)
  }

  @Test func fewerStepsAreALineBetweenRuns() throws {
    func resampled(_ values: [Double]) throws -> Resampled {
      try #require(Resampled(meanOf: values))
    }
    let ladder = StepLadder([(3, try resampled([30, 50])), (1, try resampled([10, 20]))])
    #expect(ladder.value(at: 0.9) == nil && ladder.value(at: 3.1) == nil)
    #expect(ladder.value(at: 1)?.value == 15 && ladder.value(at: 3)?.value == 40)
    let expected = try resampled([15, 27.5])
    #expect(ladder.value(at: 1.5)?.value == expected.value)
    let (low, high) = try #require(ladder.value(at: 1.5)).interval
    #expect(abs(low - expected.interval.low) < 1e-9 && abs(high - expected.interval.high) < 1e-9)
  }

  @Test func aPlusIsBetterWhateverTheMeasure() throws {
    let values = numbers(40, seed: 5)
    func advantage(_ offset: Double, _ isHigherBetter: Bool) throws -> Advantage {
      let ladder = StepLadder([(1, try #require(Resampled(meanOf: values)))])
      let moved = try #require(Resampled(meanOf: values.map { $0 + offset }))
      return try #require(ladder.advantage(cost: 1, moved, isHigherBetter: isHigherBetter))
    }
    #expect(try advantage(0.1, true).verdict == .better)
    #expect(try advantage(0.1, false).verdict == .worse)
    #expect(try advantage(-0.1, false).verdict == .better)
    #expect(try advantage(0, true).verdict == .even)
    #expect(abs(try advantage(-0.1, false).difference.value - 0.1) < 1e-12)
  }
}
