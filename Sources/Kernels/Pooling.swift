internal import _KernelsMicro
internal import _Parallel
public import Tensor

/// Which windows of an image are pooled.
public struct PoolingWindows: Sendable, Hashable {
  /// The first place of each window along an axis, the one behind its last, and the number of
  /// places that an average is of.
  struct Axis: Sendable, Hashable {
    var bounds: [Int] = []
    var counts: [Int] = []
  }

  private enum Shape: Sendable, Hashable {
    case windows(size: Int, stride: Int, padding: Int, countsPadding: Bool, ceiling: Bool)
    case adaptive(Int)
  }

  private let vertical, horizontal: Shape

  /// Windows of one size.
  ///
  /// - Parameters:
  ///   - size: The side of a window.
  ///   - stride: The distance between windows; nil for their size.
  ///   - padding: The places added on each side, at most half the size of a window.
  ///   - countsPadding: Whether an average counts these places, as zeros (`count_include_pad`).
  ///   - roundsUp: Whether places that are left at the end get a last window, which reaches beyond
  ///     the end (`ceil_mode`).
  /// - Returns: Windows that are the same along both axes.
  public static func windows(
    _ size: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = true,
    roundsUp: Bool = false
  ) -> PoolingWindows {
    check(
      size > 0 && stride ?? 1 > 0 && (0...size / 2).contains(padding),
      "pooling: windows of \(size) at stride \(stride ?? size) with padding \(padding)")
    let shape = Shape.windows(
      size: size, stride: stride ?? size, padding: padding, countsPadding: countsPadding,
      ceiling: roundsUp)
    return PoolingWindows(vertical: shape, horizontal: shape)
  }

  /// So many windows as give a result of some size, which cover the image evenly.
  public static func adaptive(height: Int, width: Int) -> PoolingWindows {
    check(min(height, width) >= 0, "pooling: a result of \(height) × \(width)")
    return PoolingWindows(vertical: .adaptive(height), horizontal: .adaptive(width))
  }

  /// The whole image.
  public static let global = adaptive(height: 1, width: 1)

  /// The windows of an image.
  func axes(height: Int, width: Int) -> (vertical: Axis, horizontal: Axis) {
    (Self.axis(vertical, height), Self.axis(horizontal, width))
  }

  private static func axis(_ shape: Shape, _ length: Int) -> Axis {
    var axis = Axis()
    switch shape {
    case .adaptive(let count):
      for i in 0..<count {
        let bounds = (i * length / count, ((i + 1) * length + count - 1) / count)
        axis.bounds += [bounds.0, bounds.1]
        axis.counts.append(bounds.1 - bounds.0)
      }
    case .windows(let size, let stride, let padding, let countsPadding, let ceiling):
      let span = length + 2 * padding - size
      check(span >= 0, "pooling: windows of \(size) are larger than \(length + 2 * padding) pixels")
      var count = (span + (ceiling ? stride - 1 : 0)) / stride + 1
      // No window begins beyond the image.
      if ceiling && (count - 1) * stride >= length + padding { count -= 1 }
      for i in 0..<count {
        let first = i * stride - padding
        let end = min(first + size, length + padding)
        let bounds = (max(first, 0), min(end, length))
        axis.bounds += [bounds.0, bounds.1]
        axis.counts.append(countsPadding ? end - first : bounds.1 - bounds.0)
      }
    }
    return axis
  }
}

/// The largest number of each window, each channel by itself; NaN where there is one.
///
/// - Parameters:
///   - x: The images, `[batch, height, width, channels]`.
///   - windows: The windows.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: `[batch, windows, windows, channels]`.
public func maxPool(
  _ x: PaddedPixels, _ windows: PoolingWindows, padding: Padding = .none,
  in workspace: Workspace
) -> PaddedPixels {
  pool(.maximum, x, windows, padding: padding, layout: workspace.pixelLayout, in: workspace)
}

/// The mean of each window, each channel by itself.
///
/// - Parameters:
///   - x: The images, `[batch, height, width, channels]`.
///   - windows: The windows.
///   - padding: The zeros around each result.
///   - workspace: What to compute with.
/// - Returns: `[batch, windows, windows, channels]`.
public func averagePool(
  _ x: PaddedPixels, _ windows: PoolingWindows, padding: Padding = .none,
  in workspace: Workspace
) -> PaddedPixels {
  pool(.average, x, windows, padding: padding, layout: workspace.pixelLayout, in: workspace)
}

/// `maxPool` of tensors.
public func maxPool(
  _ x: Tensor<Float>, _ windows: PoolingWindows, in workspace: Workspace
) -> Tensor<Float> {
  pool(.maximum, PaddedPixels(unpadded: x), windows, layout: .float32, in: workspace).memory
}

/// `averagePool` of tensors.
public func averagePool(
  _ x: Tensor<Float>, _ windows: PoolingWindows, in workspace: Workspace
) -> Tensor<Float> {
  pool(.average, PaddedPixels(unpadded: x), windows, layout: .float32, in: workspace).memory
}

private func pool(
  _ kind: Pooling.Kind, _ x: PaddedPixels, _ windows: PoolingWindows, padding: Padding = .none,
  layout: PixelLayout, in workspace: Workspace
) -> PaddedPixels {
  let timer = workspace.timer("\(kind) pool \(x.shape)")
  defer { timer.stop() }
  let (vertical, horizontal) = windows.axes(height: x.shape[1], width: x.shape[2])
  let shape = [x.shape[0], vertical.counts.count, horizontal.counts.count, x.shape[3]]
  check(
    !(vertical.counts + horizontal.counts).contains(0),
    "pooling: \(x.shape) leaves windows without a pixel")
  let output = PaddedPixels(shape: shape, padding: padding, layout: layout, in: workspace)
  let table = workspace.table
  // Each number of the images is read about once.
  let grain = rowGrain(x.shape[1] * x.shape[2] * x.shape[3] / max(shape[1], 1))
  vertical.bounds.withUnsafeBufferPointer { lines in
    horizontal.bounds.withUnsafeBufferPointer { columns in
      vertical.counts.withUnsafeBufferPointer { lineCounts in
        horizontal.counts.withUnsafeBufferPointer { columnCounts in
          guard let lines = lines.baseAddress, let columns = columns.baseAddress,
            let lineCounts = lineCounts.baseAddress,
            let columnCounts = columnCounts.baseAddress
          else { return }
          let work = Pooling(
            kind, input: x.lines, output: output.lines, lines: lines, columns: columns,
            lineCounts: lineCounts, columnCounts: columnCounts)
          parallelFor(shape[0] * shape[1], grain: grain, threads: workspace.threads) { range, _ in
            table.pixels.pool(work, range)
          }
        }
      }
    }
  }
  return withExtendedLifetime(x) { output }
}
