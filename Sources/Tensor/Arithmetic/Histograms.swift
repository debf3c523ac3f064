internal import _KernelsSequential

// How many elements there are of each size.
extension Tensor where Scalar: TensorNumeric {
  /// How many elements there are between neighbouring edges: NumPy's `histogram`.
  ///
  ///     let (counts, edges) = Tensor([1, 2, 2, 5]).histogram(bins: 2)
  ///     counts   // [3, 1]
  ///     edges    // [1, 3, 5]
  ///
  /// - Parameters:
  ///   - bins: The number of intervals of one width, at least one.
  ///   - range: From where to where; from the smallest element to the largest by default.
  ///   - weights: What each element counts, of this tensor's shape; one by default.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The counts, and one edge more. Elements outside of the range and NaN are not counted.
  public func histogram(
    bins: Int = 10, range: ClosedRange<Double>? = nil, weights: Tensor<Double>? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (counts: Tensor<Double>, edges: Tensor<Double>) {
    check(bins > 0, "histogram: \(bins) bins", file: file, line: line)
    let wide = converted(to: Double.self)
    var (low, high) = range.map { ($0.lowerBound, $0.upperBound) } ?? (0, 1)
    if range == nil && count > 0 { (low, high) = (wide.min().item, wide.max().item) }
    check(
      low.isFinite && high.isFinite, "histogram: the elements are from \(low) to \(high)",
      file: file, line: line)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let edges = Tensor<Double>(from: low, through: high, count: bins + 1)
    // Where intervals are close to the rounding of their edges, these are not even.
    let (width, magnitude) = ((high - low) / Double(bins), Swift.max(low.magnitude, high.magnitude))
    let areEven = width.isFinite && width > magnitude * 0x1p-40
    return (wide.counted(edges, areEven: areEven, weights, file, line), edges)
  }

  /// How many elements there are between neighbours of some edges; the last interval has its upper end
  /// too.
  ///
  ///     Tensor([1, 2, 2, 5]).histogram(edges: [0, 2, 5])   // [1, 3]
  ///
  /// - Parameters:
  ///   - edges: At least two, in rising order.
  ///   - weights: What each element counts, of this tensor's shape; one by default.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func histogram(
    edges: Tensor<Double>, weights: Tensor<Double>? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Double> {
    edges.checkEdges("histogram", file, line)
    return converted(to: Double.self).counted(edges, areEven: false, weights, file, line)
  }

  /// The number of the interval between rising edges that each element is in: 0 before the
  /// first edge, as many as there are edges behind the last.
  ///
  /// NumPy's `digitize`.
  ///
  ///     Tensor([0.5, 1, 9]).intervals([1, 2])   // [0, 1, 2]
  ///
  /// - Parameters:
  ///   - edges: The edges, in rising order.
  ///   - upperEnds: Whether an interval has its upper end, not its lower one.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  public func intervals(
    _ edges: Tensor, upperEnds: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    edges.places(for: self, behindEquals: !upperEnds, file: file, line: line)
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// How many points there are in each box of a grid: NumPy's `histogramdd` and `histogram2d`.
  ///
  ///     let points: Tensor<Float> = [[0.5, 1], [0.7, 3]]
  ///     points.jointHistogram(edges: [[0, 1], [0, 2, 4]])   // [[1, 1]]
  ///
  /// - Parameters:
  ///   - edges: For each coordinate, at least two, in rising order; the last interval has its upper end
  ///     too.
  ///   - weights: What each point counts, `[count]`; one by default.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: An axis for each coordinate, of one number less than it has edges.
  /// - Precondition: This is a matrix with a point in each row, and a column for each list of edges.
  public func jointHistogram(
    edges: [Tensor<Double>], weights: Tensor<Double>? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor<Double> {
    check(
      rank == 2 && shape[1] == edges.count && weights?.shape ?? [shape[0]] == [shape[0]],
      "jointHistogram: \(edges.count) lists of edges and weights of shape \(weights?.shape ?? []) "
        + "for \(shape)", file: file, line: line)
    let bins = edges.map { $0.count - 1 }
    var isInside = Tensor<Bool>(repeating: true, shape: [shape[0]])
    var places = Tensor<Int64>(zeros: [shape[0]])
    for (column, edges) in edges.enumerated() {
      edges.checkEdges("jointHistogram", file, line)
      let values = self[.all, column].converted(to: Double.self)
      let interval = (values.intervals(edges) - 1)
        .where(values .!= edges[-1], else: Tensor<Int64>(scalar: Int64(bins[column] - 1)))
      isInside = isInside .& (interval .>= 0) .& (interval .< Int64(bins[column]))
      places = places * Int64(bins[column]) + interval
    }
    let counts = (weights ?? Tensor<Double>(ones: [shape[0]]))[isInside]
    return places[isInside].counts(weights: counts, length: bins.product).reshaped(bins)
  }
}

extension Tensor<Double> {
  /// How many elements, or how much weight, there is between neighbours of edges.
  ///
  /// Counts are whole numbers, which add up to the same in any order, so parts of the elements are
  /// counted on several threads; weights are added one after the other.
  fileprivate func counted(
    _ edges: Tensor, areEven: Bool, _ weights: Tensor?, _ file: StaticString, _ line: UInt
  ) -> Tensor {
    check(
      weights.map { $0.shape == shape } ?? true,
      "histogram: weights of shape \(weights?.shape ?? []) for \(shape)", file: file, line: line)
    let bins = edges.count - 1
    let parts = weights == nil ? Swift.max(1, Swift.min(16, count / Swift.max(bins, 1 << 14))) : 1
    let counts = Tensor(zeros: [parts, bins])
    let (values, dense, list) = (contiguous(), weights?.contiguous(), edges.contiguous())
    nonisolated(unsafe) let (input, weighing) = (values.pointer, dense?.pointer)
    nonisolated(unsafe) let (places, output) = (list.pointer, counts.mutablePointer)
    withExtendedLifetime((values, dense, list)) {
      inParallel(parts, cost: 16 * count / parts) {
        for part in $0 {
          let range = count * part / parts..<count * (part + 1) / parts
          _KernelsSequential.histogram(
            input + range.lowerBound, weights: weighing, count: range.count, edges: places,
            areEven: areEven, output + part * bins, bins: bins)
        }
      }
    }
    return counts.sum(axis: 0)
  }

  /// Checks that these are edges of intervals.
  fileprivate func checkEdges(_ name: String, _ file: StaticString, _ line: UInt) {
    check(
      rank == 1 && count > 1 && (differences() .>= 0).all(),
      "\(name): \(count) edges do not rise", file: file, line: line)
  }
}

extension Tensor where Scalar: TensorInteger {
  /// How often each integer from zero on is there: NumPy's `bincount`.
  ///
  ///     Tensor<Int64>([0, 2, 2]).counts()   // [1, 0, 2]
  ///
  /// - Parameters:
  ///   - length: The least extent of the result.
  ///   - file: The caller's file, for a message.
  ///   - line: The caller's line, for a message.
  /// - Returns: The result.
  /// - Precondition: No element is negative.
  public func counts(
    length: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Int64> {
    counts(
      weights: Tensor<Int64>(scalar: 1).broadcast(to: shape), length: length, file: file, line: line
    )
  }

  /// The sums of the weights of each integer from zero on.
  ///
  ///     Tensor<Int64>([0, 2, 2]).counts(weights: Tensor([0.5, 1, 2]))   // [0.5, 0, 3]
  public func counts<Weight: TensorNumeric>(
    weights: Tensor<Weight>, length: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor<Weight> {
    check(
      weights.shape == shape, "counts: weights of shape \(weights.shape) for \(shape)", file: file,
      line: line)
    let places = flattened().converted(to: Int64.self)
    let extent = count == 0 ? 0 : Int(places.max().item) + 1
    places.checkIndices(below: Swift.max(extent, 0), "counts", file, line)
    var result = Tensor<Weight>(zeros: [Swift.max(extent, length)])
    result.add(weights.flattened(), along: 0, at: places)
    return result
  }
}
