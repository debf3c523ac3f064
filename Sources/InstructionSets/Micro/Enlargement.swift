/// Pictures that become larger by a whole factor: each pixel becomes a square of pixels.
public struct Enlargement: @unchecked Sendable {
  /// The pixels.
  public var input: PixelLines
  /// The side of the square that a pixel becomes.
  public var factor: Int
  /// Where the enlarged pictures go, in any form.
  public var output: PixelLines

  /// Pictures to be copied; set the factor afterwards.
  @inlinable
  public init(input: PixelLines, output: PixelLines) {
    (self.input, self.output, factor) = (input, output, 1)
  }
}

extension InstructionSet {
  /// Writes the lines of `range` of the enlarged pictures.
  @inlinable @inline(__always)
  public static func enlarge(_ work: Enlargement, lines range: Range<Int>) {
    let (input, output, factor) = (work.input, work.output, work.factor)
    guard output.channels > 0 else { return }
    let (run, step) = (input.run(with: output), output.pixelStride)
    for line in range {
      for channel in stride(from: 0, to: output.channels, by: run) {
        var source = UnsafeRawPointer(input.place(line: line / factor, channel: channel))
        var target = output.place(line: line, channel: channel)
        for _ in 0..<input.width {
          var i = 0
          while i < run {
            let count = output.channels - channel - i
            let x = loadChannels(source + i * input.form.elementSize, as: input.form, count: count)
            var place = target + i * output.form.elementSize
            for _ in 0..<factor {
              storeChannels(x, place, as: output.form, count: count)
              place += step
            }
            i += width
          }
          source += input.pixelStride
          target += factor * step
        }
      }
    }
  }
}
