/// How images are cut into chunks of up to 256 pixels: some whole lines, or parts of one.
public struct PixelChunks: Sendable {
  /// The extents of an image.
  @usableFromInline let width, height: Int
  /// The number of lines of a chunk, and of parts of a line; one of them is 1.
  @usableFromInline let lines, parts: Int

  /// The chunks of images of these extents.
  @inlinable @inline(__always)
  public init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    lines = max(256 / max(width, 1), 1)
    parts = max((width + 255) / 256, 1)
  }

  /// The number of chunks of an image.
  @inlinable @inline(__always)
  public var count: Int { (height + lines - 1) / lines * parts }

  /// The lines and the pixels of each that make up a chunk of an image.
  @inlinable @inline(__always)
  subscript(chunk: Int) -> (lines: Range<Int>, pixels: Range<Int>) {
    let (row, part) = chunk.quotientAndRemainder(dividingBy: parts)
    return (
      row * lines..<min((row + 1) * lines, height),
      part * width / parts..<(part + 1) * width / parts
    )
  }

  /// The number of pixels of a chunk.
  @inlinable @inline(__always)
  func pixelCount(_ chunk: Int) -> Int {
    let (lines, pixels) = self[chunk]
    return lines.count * pixels.count
  }
}

/// For each channel of a chunk a number amid its elements, and the sums of their differences from
/// that and of the squares of these.
@usableFromInline
struct ChannelSums {
  @usableFromInline let centers, differences, squares: UnsafeMutablePointer<Float>

  @inlinable @inline(__always)
  init(_ memory: UnsafeMutablePointer<Float>, channels: Int) {
    (centers, differences) = (memory, memory + channels)
    squares = memory + 2 * channels
  }
}

extension InstructionSet {
  /// Takes the moments of the chunks of `range`, counted through all images.
  @inlinable @inline(__always)
  public static func takeMoments(
    _ n: GroupNormalization, chunks range: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    guard let moments = n.moments else { return }
    let sums = ChannelSums(scratch, channels: n.channels)
    let (chunks, run) = (n.chunks, n.input.run(with: n.input))
    for chunk in range {
      let (image, place) = chunk.quotientAndRemainder(dividingBy: chunks.count)
      let (lines, pixels) = chunks[place]
      for line in lines {
        var channel = 0
        while channel < n.channels {
          addLine(
            n.input, line: image * n.input.height + line, pixels: pixels,
            channels: channel..<min(channel + run, n.channels), to: sums,
            isFirst: line == lines.lowerBound)
          channel += run
        }
      }
      mergeChannels(
        n, sums, pixels: lines.count * pixels.count, into: moments + chunk * n.groups * 2)
    }
  }

  /// Adds some channels of pixels of a line to their sums.
  ///
  /// A few pixels fit into L1, where their columns are read one after the other while the next ones
  /// arrive.
  @inlinable @inline(__always)
  static func addLine(
    _ input: PixelLines, line: Int, pixels: Range<Int>, channels: Range<Int>, to sums: ChannelSums,
    isFirst: Bool
  ) {
    let start = UnsafeRawPointer(input.place(line: line, channel: channels.lowerBound))
    let limit = input.layout == .blocks ? 64 : 16
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let count = min(limit, pixels.upperBound - pixel)
      let x = start + pixel * input.pixelStride
      prefetchToL2(x + count * input.pixelStride, lines: count * input.pixelStride / 64)
      var channel = channels.lowerBound
      while channel < channels.upperBound {
        addColumn(
          x + (channel - channels.lowerBound) * input.layout.elementSize, of: input, pixels: count,
          channels: channel..<min(channel + width, channels.upperBound), to: sums,
          isFirst: isFirst && pixel == pixels.lowerBound)
        channel += width
      }
      pixel += count
    }
  }

  /// Adds up to a vector of channels of some pixels to their sums.
  @inlinable @inline(__always)
  static func addColumn(
    _ x: UnsafeRawPointer, of input: PixelLines, pixels: Int, channels: Range<Int>,
    to sums: ChannelSums, isFirst: Bool
  ) {
    let stride = input.pixelStride
    func add(_ pixel: (UnsafeRawPointer) -> F32) {
      addColumn(pixels: pixels, channels: channels, to: sums, isFirst: isFirst) {
        pixel(x + $0 * stride)
      }
    }
    if input.layout == .blocks {
      add { loadBFloat16($0) }
    } else if channels.count == width {
      add { load($0.assumingMemoryBound(to: Float.self)) }
    } else {
      add { loadPart($0.assumingMemoryBound(to: Float.self), count: channels.count, padding: 0) }
    }
  }

  /// Adds pixels that `pixel` gives.
  ///
  /// The mean of the first ones is the center: as it is amid the chunk's own elements, what cancels
  /// out in the sum of squares is never much larger than what remains.
  @inlinable @inline(__always)
  static func addColumn(
    pixels: Int, channels: Range<Int>, to sums: ChannelSums, isFirst: Bool, pixel: (Int) -> F32
  ) {
    func load(_ x: UnsafeMutablePointer<Float>) -> F32 {
      loadChannels(x + channels.lowerBound, as: .float32, count: channels.count)
    }
    func store(_ x: F32, _ place: UnsafeMutablePointer<Float>) {
      storeChannels(x, place + channels.lowerBound, as: .float32, count: channels.count)
    }
    let center: F32
    if isFirst {
      var total = pixel(0)
      for i in 1..<max(pixels, 1) { total = add(total, pixel(i)) }
      center = divide(total, all(Float(pixels)))
      store(center, sums.centers)
    } else {
      center = load(sums.centers)
    }
    var (differences, squares) = (all(0), all(0))
    for i in 0..<pixels {
      let difference = subtract(pixel(i), center)
      differences = add(differences, difference)
      squares = multiplyAdd(difference, difference, squares)
    }
    if !isFirst {
      differences = add(differences, load(sums.differences))
      squares = add(squares, load(sums.squares))
    }
    store(differences, sums.differences)
    store(squares, sums.squares)
  }

  /// Merges the channels of each group of a chunk.
  @inlinable @inline(__always)
  static func mergeChannels(
    _ n: GroupNormalization, _ sums: ChannelSums, pixels: Int,
    into moments: UnsafeMutablePointer<Double>
  ) {
    let (members, count) = (n.channels / n.groups, Double(pixels))
    for group in 0..<n.groups {
      let range = group * members..<(group + 1) * members
      var total = 0.0
      for c in range { total += Double(sums.centers[c]) + Double(sums.differences[c]) / count }
      let mean = total / Double(members)
      var squares = 0.0
      for c in range {
        let difference = Double(sums.differences[c])
        let offset = Double(sums.centers[c]) + difference / count - mean
        squares += Double(sums.squares[c]) - difference * difference / count
        squares += offset * offset * count
      }
      (moments[2 * group], moments[2 * group + 1]) = (mean, squares)
    }
  }

  /// Merges the chunks of some images, in order, to what is put to each channel.
  @inlinable @inline(__always)
  public static func mergeMoments(_ n: GroupNormalization, images: Range<Int>) {
    guard let start = n.moments else { return }
    let (chunks, members) = (n.chunks, n.channels / n.groups)
    for image in images {
      let factors = n.factors + image * 3 * n.channels
      for group in 0..<n.groups {
        let moments = start + (image * chunks.count * n.groups + group) * 2
        let (mean, variance) = mergeChunks(n, moments)
        let inverse = 1 / squareRoot(all(Float(variance) + n.epsilon))[0]
        let first = group * members
        let means = factors + first
        let (scales, shifts) = (means + n.channels, means + 2 * n.channels)
        means.update(repeating: Float(mean), count: members)
        if let weight = n.weight {
          for c in 0..<members { scales[c] = inverse * weight[first + c] }
        } else {
          scales.update(repeating: inverse, count: members)
        }
        if let bias = n.bias {
          shifts.update(from: bias + first, count: members)
        } else {
          shifts.update(repeating: 0, count: members)
        }
      }
    }
  }

  /// The mean and the variance of a group.
  @inlinable @inline(__always)
  static func mergeChunks(
    _ n: GroupNormalization, _ moments: UnsafePointer<Double>
  ) -> (mean: Double, variance: Double) {
    let chunks = n.chunks
    var (mean, variance) = (0.0, 0.0)
    for chunk in 0..<chunks.count {
      mean += moments[chunk * n.groups * 2] * Double(chunks.pixelCount(chunk))
    }
    mean /= Double(n.pixels)
    for chunk in 0..<chunks.count {
      let count = chunks.pixelCount(chunk) * n.channels / n.groups
      let offset = moments[chunk * n.groups * 2] - mean
      variance += moments[chunk * n.groups * 2 + 1] + offset * offset * Double(count)
    }
    return (mean, variance / Double(n.pixels * n.channels / n.groups))
  }
}
