/// Images that become larger by a whole factor: each pixel becomes a square of pixels.
public struct Upsampling: @unchecked Sendable {
  /// The pixels.
  public var input: PixelLines
  /// The side of the square that a pixel becomes.
  public var factor: Int
  /// Where the upsampled images go, in any layout.
  public var output: PixelLines

  /// Images to be copied; set the factor afterwards.
  @inlinable
  public init(input: PixelLines, output: PixelLines) {
    (self.input, self.output, factor) = (input, output, 1)
  }
}

extension InstructionSet {
  /// Writes the lines of `range` of the upsampled images.
  @inlinable @inline(__always)
  public static func upsample(_ work: Upsampling, lines range: Range<Int>) {
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
            let x = loadChannels(
              source + i * input.layout.elementSize, as: input.layout, count: count)
            var place = target + i * output.layout.elementSize
            for _ in 0..<factor {
              storeChannels(x, place, as: output.layout, count: count)
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
