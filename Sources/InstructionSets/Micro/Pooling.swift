/// What windows of pixels are reduced to, each channel by itself.
///
/// A result depends on the lines of one range and on the pixels of another in each of them.
public struct Pooling: @unchecked Sendable {
  /// What is made of a window.
  public enum Kind: Sendable {
    /// The largest number, or NaN.
    case maximum
    /// The sum times a factor.
    case average
  }

  /// What is made of a window.
  public var kind: Kind
  /// The images, in any layout, without padding.
  public var input: PixelLines
  /// Where the results go, in any layout.
  public var output: PixelLines
  /// The first line of each line of the result, and the one behind the last, `[height, 2]`.
  public var lines: UnsafePointer<Int>
  /// The first pixel of each pixel of a line of the result, and the one behind the last, `[width,
  /// 2]`.
  public var columns: UnsafePointer<Int>
  /// The number of lines that an average of each line of the result is of, `[height]`, and of pixels
  /// in a line, `[width]`: more than there are where padding counts.
  public var lineCounts, columnCounts: UnsafePointer<Int>

  /// The windows of all results.
  @inlinable
  public init(
    _ kind: Kind, input: PixelLines, output: PixelLines, lines: UnsafePointer<Int>,
    columns: UnsafePointer<Int>, lineCounts: UnsafePointer<Int>,
    columnCounts: UnsafePointer<Int>
  ) {
    (self.kind, self.input, self.output) = (kind, input, output)
    (self.lines, self.columns) = (lines, columns)
    (self.lineCounts, self.columnCounts) = (lineCounts, columnCounts)
  }
}

extension InstructionSet {
  /// Computes the lines of `range`, counted through all results.
  @inlinable @inline(__always)
  public static func pool(_ work: Pooling, lines range: Range<Int>) {
    let isMaximum = work.kind == .maximum
    let (input, output) = (work.input, work.output)
    // Blocks have room for what the last vectors lack.
    let end =
      output.layout == .blocks ? (output.channels + 31) / 32 * 32 : output.channels
    for line in range {
      let (image, row) = line.quotientAndRemainder(dividingBy: output.height)
      let lines = work.lines[2 * row]..<work.lines[2 * row + 1]
      for channel in stride(from: 0, to: end, by: width) {
        let count = output.channels - channel
        let start = UnsafeRawPointer(input.place(line: image * input.height, channel: channel))
        var target = output.place(line: line, channel: channel)
        for column in 0..<output.width {
          let columns = work.columns[2 * column]..<work.columns[2 * column + 1]
          var result = isMaximum ? all(-.infinity) : all(0)
          for y in lines {
            var place = start + y * input.lineStride + columns.lowerBound * input.pixelStride
            for _ in columns {
              let next = loadChannels(place, as: input.layout, count: count)
              result = isMaximum ? largerOrNaN(result, next) : add(result, next)
              place += input.pixelStride
            }
          }
          let pixels = work.lineCounts[row] * work.columnCounts[column]
          let factor = isMaximum ? 1 : 1 / Float(pixels)
          storeChannels(
            multiply(result, all(factor)), target, as: output.layout, count: count)
          target += output.pixelStride
        }
      }
    }
  }

  /// The larger of two numbers; NaN where either is.
  ///
  /// What is compared with NaN is never less, so the two choices find one in `b` and one in `a`.
  @inlinable @inline(__always)
  static func largerOrNaN(_ a: F32, _ b: F32) -> F32 {
    let larger = choose(a, where: b, isLess: a, else: b)
    return choose(larger, where: a, isLess: all(.infinity), else: add(a, relu(b)))
  }
}
