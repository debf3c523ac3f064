import Tensor
import Testing

/// What is found without sorting all, or counted without looking everywhere, against what sorting
/// and counting give.
@Suite struct SearchTests {
  /// Rows with equals, NaN and both zeros.
  static let rows: Tensor<Float> = {
    var generator = PhiloxGenerator(seed: 5)
    var x = (generator.normal([5, 301]) * 8).rounded()
    x[1] = Tensor<Float>(range: 0..<301)
    x[2] = Tensor<Float>(range: 0..<301).flipped(0)
    x[3, 17] = .nan
    x[3, 200] = -.nan
    x[4, 5..<9] = Tensor<Float>([-0.0, 0, -0.0, 0])
    return x
  }()

  /// Rows of 301 elements, which are looked at 64 at once: the best ones among the last 45, whichever
  /// way, and as many equals on either side of an edge between two blocks.
  private static func blocks<Scalar: TensorNumeric>(
    _ least: Scalar, _ middle: [Scalar], _ greatest: Scalar
  ) -> Tensor<Scalar> {
    let plain = (0..<301).map { middle[$0 * 5 % middle.count] }
    var rows = [plain, plain, plain]
    for i in 0..<4 {
      rows[0][290 + i] = greatest
      rows[0][296 + i] = least
      rows[1][62 + i] = greatest
      rows[1][190 + i] = least
    }
    return Tensor(stacking: rows.map { Tensor($0) })
  }

  /// The same with NaN and both zeros, of each sign, in the last row.
  private static func blocks<Scalar: TensorFloatingPoint>(
    ofNumbers type: Scalar.Type
  ) -> Tensor<Scalar> {
    var rows = blocks(
      Scalar(-.infinity), (1...7).map { Scalar(Double($0)) }, Scalar(.infinity))
    rows[2, 190..<194] = Tensor([Scalar(-0.0), Scalar(0.0), Scalar(0.0), Scalar(-0.0)])
    rows[2, 17] = Scalar(.nan)
    rows[2, 299] = Scalar(-.nan)
    return rows
  }

  @Test func topIsThatOfSorting() {
    func expect<Scalar: TensorNumeric>(_ rows: Tensor<Scalar>) {
      for smallest in [false, true] {
        for count in [0, 1, 5, 64, 65, 301] {
          let (values, places) = rows.top(count, axis: 1, smallest: smallest)
          let expected = rows.argsort(axis: 1, descending: !smallest)[.all, 0..<count]
          #expect(places == expected, "\(Scalar.self)")
          let sorted = rows.gathered(along: 1, expected.copied()).converted(to: Double.self)
          #expect(
            values.converted(to: Double.self)
              .isClose(to: sorted, relative: 0, absolute: 0, nanIsEqual: true).all())
          let turned = rows.transposed().top(count, axis: 0, smallest: smallest)
          #expect(turned.places == expected.transposed(), "\(Scalar.self)")
        }
      }
    }
    expect(Self.rows)
    expect(Self.rows.converted(to: Double.self))
    expect(Self.blocks(.min, [-7, -1, 0, 1, 100], .max) as Tensor<Int8>)
    expect(Self.blocks(.min, [1, 2, 127, 128, 200], .max) as Tensor<UInt8>)
    expect(Self.blocks(.min, [-700, -1, 0, 1, 256], .max) as Tensor<Int16>)
    expect(Self.blocks(.min, [-1 << 40, -1, 0, 1, 1 << 40], .max) as Tensor<Int64>)
    expect(Self.blocks(.min, [1, 2, 1 << 32, 1 << 63], .max) as Tensor<UInt64>)
    expect(Self.blocks(ofNumbers: Float16.self))
    expect(Self.blocks(ofNumbers: BFloat16.self))
    // The first of equals, whichever block they are in.
    let edge = Self.blocks(.min, [-7, -1, 0, 1, 100], .max) as Tensor<Int8>
    #expect(edge.top(4, axis: 1).places[0..<2] == [[290, 291, 292, 293], [62, 63, 64, 65]])
    let least = edge.top(4, axis: 1, smallest: true).places[0..<2]
    #expect(least == [[296, 297, 298, 299], [190, 191, 192, 193]])
    let small = Tensor<Int8>([3, -1, 3, 7]).top(3)
    #expect(small.values == [7, 3, 3] && small.places == [3, 0, 2])
  }

  @Test func placesAreCounts() {
    func expect<Scalar: TensorNumeric>(_ sorted: [Scalar], _ values: [Scalar]) {
      for length in 0...sorted.count {
        let part = Array(sorted[..<length])
        let before = Tensor(part).places(for: Tensor(values)).elements
        let behind = Tensor(part).places(for: Tensor(values), behindEquals: true).elements
        for (i, value) in values.enumerated() {
          #expect(before[i] == Int64(part.count { $0 < value }))
          #expect(behind[i] == Int64(part.count { $0 <= value }))
        }
      }
    }
    expect([-2, -0.0, 0, 0.5, 0.5, 0.5, 7, .infinity] as [Float], (-9..<50).map { Float($0) / 4 })
    expect([-2, -1, -1, 0, 5, 127] as [Int8], [-128, -2, -1, 0, 3, 5, 6, 126, 127])
    expect([0, 3, 3, 9] as [UInt64], [0, 1, 2, 3, 4, 9, 10])
    #expect(Tensor<Float>([1, 2]).places(for: Tensor<Float>([.nan])) == [2])
  }

  @Test func countsAreThoseOfTheEdges() {
    var generator = PhiloxGenerator(seed: 2)
    let x = generator.uniform([100_000])
    for bins in [1, 3, 10, 97] {
      let (counts, edges) = x.histogram(bins: bins, range: 0.125...0.875)
      #expect(counts == x.histogram(edges: edges))
      let weighted = x.histogram(
        bins: bins, range: 0.125...0.875, weights: Tensor<Double>(ones: x.shape))
      #expect(weighted.counts == counts)
      let (list, elements) = (edges.elements, x.elements.map(Double.init))
      for bin in 0..<bins {
        let count = elements.count {
          $0 >= list[bin] && (bin == bins - 1 ? $0 <= list[bin + 1] : $0 < list[bin + 1])
        }
        #expect(counts.elements[bin] == Double(count))
      }
    }
    // Numbers at the edges, which are rounded.
    let edges = Tensor<Double>(from: 0.1, through: 0.7, count: 31)
    let counts = edges.histogram(bins: 30, range: 0.1...0.7).counts
    #expect(counts.elements == [Double](repeating: 1, count: 29) + [2])
    // Intervals that are lost in rounding.
    let narrow = Tensor<Double>([1, 1 + 0x1p-52, 1 + 0x1p-51])
    #expect(narrow.histogram(bins: 7).counts.sum().item == 3)
  }

  @Test func masksWriteOneNumberForAll() {
    var x = Self.rows
    let mask = x .> 2
    let expected = x.where(.!mask, else: 9)
    x[mask] = 9
    #expect(x.elements.map(\.bitPattern) == expected.elements.map(\.bitPattern))
    var rows = Tensor<Float>(zeros: [3, 2])
    rows[Tensor([true, false, true])] = 5
    #expect(rows == [[5, 5], [0, 0], [5, 5]])
    rows[Tensor([false, true, false])] = Tensor<Float>([[7]])
    #expect(rows == [[5, 5], [7, 7], [5, 5]])
    let turned = rows.transposed()
    var view = turned
    view[view .> 5] = 0
    #expect(view == [[5, 0, 5], [5, 0, 5]] && turned == [[5, 7, 5], [5, 7, 5]])
  }
}
