internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// How the pixels of a resized image are made of those of the original.
public enum Interpolation: Sendable, Hashable, CaseIterable {
  /// The pixel whose place is that of the new one, rounded down: PyTorch's `nearest`.
  case nearest
  /// The pixel in which the centre of the new one lies: PyTorch's `nearest-exact`.
  case nearestExact
  /// The four pixels around, by distance.
  case bilinear
  /// The sixteen pixels around, by Keys' cubic convolution.
  case bicubic
}

/// Images of another size.
///
/// The results are PyTorch's `interpolate`, up to rounding.
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - height: The new height.
///   - width: The new width.
///   - interpolation: How pixels are made.
///   - alignsCorners: Whether the centres of the corners stay where they are, rather than the edges of
///     the image; for bilinear and bicubic.
///   - antialias: Whether a pixel of a smaller image is made of all pixels that it covers; for bilinear
///     and bicubic.
///   - workspace: What to compute with.
/// - Returns: `[batch, height, width, channels]`.
public func interpolated(
  _ x: Tensor<Float>, height: Int, width: Int, _ interpolation: Interpolation,
  alignsCorners: Bool = false, antialias: Bool = false, in workspace: Workspace
) -> Tensor<Float> {
  check(
    x.rank == 4 && min(height, width) >= 0
      && (min(x.shape[1], x.shape[2]) > 0 || height * width == 0),
    "interpolation: \(x.shape) does not become images of \(height) × \(width)")
  check(
    !(alignsCorners && antialias),
    "interpolation: corners are not aligned in images that are made of all pixels covered")
  func taps(_ length: Int, _ count: Int) -> [Taps] {
    let scale =
      alignsCorners
      ? (count > 1 ? Double(length - 1) / Double(count - 1) : 0)
      : Double(length) / Double(max(count, 1))
    return Taps.all(
      interpolation, length: length, count: count, scale: scale, alignsCorners: alignsCorners,
      antialias: antialias)
  }
  return resampled(
    x, taps(x.shape[1], height), taps(x.shape[2], width), in: workspace)
}

/// Images scaled by a factor: `interpolated` to the size times the factor, rounded down; the factor
/// itself says where a pixel comes from, as PyTorch's `scale_factor`.
///
/// - Parameters:
///   - x: `[batch, height, width, channels]`.
///   - factor: The factor of both sides, a positive number.
///   - interpolation: How pixels are made.
///   - antialias: Whether a pixel of a smaller image is made of all pixels that it covers; for bilinear
///     and bicubic.
///   - workspace: What to compute with.
/// - Returns: `[batch, height, width, channels]`.
public func interpolated(
  _ x: Tensor<Float>, by factor: Double, _ interpolation: Interpolation,
  antialias: Bool = false, in workspace: Workspace
) -> Tensor<Float> {
  check(
    x.rank == 4 && factor > 0 && factor.isFinite,
    "interpolation: \(x.shape) are not scaled by \(factor)")
  func taps(_ length: Int) -> [Taps] {
    Taps.all(
      interpolation, length: length, count: Int(Double(length) * factor), scale: 1 / factor,
      alignsCorners: false, antialias: antialias)
  }
  return resampled(x, taps(x.shape[1]), taps(x.shape[2]), in: workspace)
}

/// The places along an axis that one of the result is made of, and their weights.
private struct Taps {
  var places: [Int]
  var weights: [Float]

  /// The taps of all places of a result.
  ///
  /// - Parameters:
  ///   - interpolation: How pixels are made.
  ///   - length: The length of the axis.
  ///   - count: The new length.
  ///   - scale: The distance in the original of neighbours in the result.
  ///   - alignsCorners: Whether the first places coincide, rather than the edges.
  ///   - antialias: Whether the weights of a smaller result reach over all that it covers.
  /// - Returns: The taps, `count` of them.
  static func all(
    _ interpolation: Interpolation, length: Int, count: Int, scale: Double,
    alignsCorners: Bool, antialias: Bool
  ) -> [Taps] {
    (0..<count).map { i in
      let centre = (Double(i) + 0.5) * scale
      let place = alignsCorners ? Double(i) * scale : centre - 0.5
      switch interpolation {
      case .nearest: return Taps(nearest: Double(i) * scale, length)
      case .nearestExact: return Taps(nearest: centre, length)
      case .bilinear where antialias:
        return Taps(covering: centre, scale, length, radius: 1) { max(0, 1 - $0.magnitude) }
      case .bicubic where antialias:
        return Taps(covering: centre, scale, length, radius: 2) { cubic($0, -0.5) }
      case .bilinear:
        return Taps(around: max(place, 0), length, 0...1) { max(0, 1 - $0.magnitude) }
      case .bicubic: return Taps(around: place, length, -1...2) { cubic($0, -0.75) }
      }
    }
  }

  private init(nearest place: Double, _ length: Int) {
    (places, weights) = ([min(max(Int(place.rounded(.down)), 0), length - 1)], [1])
  }

  /// The pixels next to a place; beyond the ends the last ones count again.
  private init(
    around place: Double, _ length: Int, _ offsets: ClosedRange<Int>,
    _ weight: (Double) -> Double
  ) {
    let first = Int(place.rounded(.down))
    places = offsets.map { min(max(first + $0, 0), length - 1) }
    weights = offsets.map { Float(weight(place - Double(first + $0))) }
  }

  /// The pixels that a filter covers which grows with the pixels of the result, as Pillow's does.
  private init(
    covering centre: Double, _ scale: Double, _ length: Int, radius: Double,
    _ weight: (Double) -> Double
  ) {
    let width = max(scale, 1)
    let first = max(Int(centre - radius * width + 0.5), 0)
    let end = min(Int(centre + radius * width + 0.5), length)
    let numbers = (first..<max(end, first + 1)).map {
      weight((Double($0) - centre + 0.5) / width)
    }
    let sum = numbers.reduce(0, +)
    places = numbers.indices.map { min(first + $0, length - 1) }
    weights = numbers.map { Float(sum == 0 ? $0 : $0 / sum) }
  }

  /// Keys' cubic convolution kernel ("Cubic convolution interpolation for digital image processing",
  /// 1981).
  private static func cubic(_ x: Double, _ a: Double) -> Double {
    let x = x.magnitude
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  }
}

/// Images whose lines and columns are linear combinations of those of others.
private func resampled(
  _ x: Tensor<Float>, _ vertical: [Taps], _ horizontal: [Taps], in workspace: Workspace
) -> Tensor<Float> {
  let (batch, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  let timer = workspace.timer(
    "interpolation \(x.shape) to \(vertical.count) × \(horizontal.count)")
  defer { timer.stop() }
  let (newHeight, newWidth) = (vertical.count, horizontal.count)
  let columns: Tensor<Float>
  if channels >= 16 {
    columns = combinedRows(
      x.reshaped([batch * height, width, channels]), horizontal, in: workspace)
  } else {
    // A pixel is too short a row: whole columns are combined, which takes two transpositions.
    let lines = x.permuted([0, 2, 1, 3]).reshaped([batch, width, height * channels])
    columns = combinedRows(lines, horizontal, in: workspace)
      .reshaped([batch, newWidth, height, channels]).permuted([0, 2, 1, 3])
  }
  let lines = columns.reshaped([batch, height, newWidth * channels])
  return combinedRows(lines, vertical, in: workspace)
    .reshaped([batch, newHeight, newWidth, channels])
}

/// For each of a stack of matrices, so many linear combinations of its rows.
///
/// - Parameters:
///   - x: `[matrices, rows, columns]`.
///   - taps: The rows that each one of the result is made of.
///   - workspace: What to compute with.
/// - Returns: `[matrices, taps.count, columns]`.
private func combinedRows(
  _ x: Tensor<Float>, _ taps: [Taps], in workspace: Workspace
) -> Tensor<Float> {
  let (x, rows, columns) = (x.contiguous(), x.shape[1], x.shape[2])
  let output: Tensor<Float> = workspace.tensor([x.shape[0], taps.count, columns])
  let table = workspace.table
  nonisolated(unsafe) let (input, result) = (x.pointer, output.mutablePointer)
  parallelFor(
    x.shape[0] * taps.count, grain: rowGrain(columns * (taps.first?.places.count ?? 1)),
    threads: workspace.threads
  ) { range, _ in
    for row in range {
      let (matrix, place) = row.quotientAndRemainder(dividingBy: taps.count)
      let tap = taps[place]
      let start = input + matrix * rows * columns
      let rows = tap.places.map { start + $0 * columns }
      table.combine(tap.weights, rows, rows.count, result + row * columns, 0..<columns)
    }
  }
  return withExtendedLifetime(x) { output }
}
