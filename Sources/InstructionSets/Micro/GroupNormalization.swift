/// A normalization of groups of neighbouring channels over all pixels of a picture.
///
/// `output = function((input - mean) / √(variance + ε) · weight + bias)`.
///
/// Pictures are cut into chunks of pixels, whatever the number of threads, whose moments are taken
/// one by one and merged in order.
public struct GroupNormalization: @unchecked Sendable {
  /// The pixels, `[pictures, height, width, channels]`, dense.
  public var input: UnsafePointer<Float>
  /// Where the normalized pixels go.
  public var output: PixelLines
  /// The number of pixels in a line.
  public var width: Int
  /// The length of a pixel.
  public var channels: Int
  /// The number of groups, which divides the channels.
  public var groups: Int
  /// What is added to the variance.
  public var epsilon: Float
  /// A factor for each channel.
  public var weight: UnsafePointer<Float>?
  /// A summand for each channel.
  public var bias: UnsafePointer<Float>?
  /// What is applied at the end.
  public var function: ElementFunction
  /// The mean of each group and the sum of its squared differences from that, `[pictures, chunks,
  /// groups, 2]`.
  public var moments: UnsafeMutablePointer<Double>
  /// For each channel what is subtracted, the factor, and what is added, `[pictures, 3, channels]`.
  public var factors: UnsafeMutablePointer<Float>

  /// A plain normalization; set the optional parts afterwards.
  @inlinable
  public init(
    input: UnsafePointer<Float>, output: PixelLines, width: Int, channels: Int, groups: Int,
    epsilon: Float, moments: UnsafeMutablePointer<Double>, factors: UnsafeMutablePointer<Float>
  ) {
    (self.input, self.output, self.width) = (input, output, width)
    (self.channels, self.groups, self.epsilon) = (channels, groups, epsilon)
    (self.moments, self.factors) = (moments, factors)
    (weight, bias, function) = (nil, nil, .identity)
  }

  /// The number of pixels in a chunk; the last one may be shorter.
  @inlinable @inline(__always)
  static var chunkPixels: Int { 256 }

  /// The number of pixels in a picture.
  @inlinable @inline(__always)
  var pixels: Int { output.height * width }

  /// The number of chunks of a picture.
  @inlinable @inline(__always)
  public static func chunks(pixels: Int) -> Int { (pixels + chunkPixels - 1) / chunkPixels }

  /// The number of pixels in the chunk of a picture that begins with pixel `first`.
  @inlinable @inline(__always)
  func chunkCount(from first: Int) -> Int { min(Self.chunkPixels, pixels - first) }
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
  /// Takes the moments of the chunks of `range`, counted through all pictures.
  @inlinable @inline(__always)
  public static func takeMoments(
    _ n: GroupNormalization, chunks range: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    let sums = ChannelSums(scratch, channels: n.channels)
    let chunks = GroupNormalization.chunks(pixels: n.pixels)
    for chunk in range {
      let (picture, place) = chunk.quotientAndRemainder(dividingBy: chunks)
      let first = place * GroupNormalization.chunkPixels
      let count = n.chunkCount(from: first)
      let input = n.input + (picture * n.pixels + first) * n.channels
      // A block fits into L1, where its columns are read one after the other while the next block
      // arrives.
      var start = 0
      while start < count {
        let block = min(16, count - start)
        prefetchToL2(input + (start + block) * n.channels, lines: block * n.channels / 16)
        addBlock(
          input + start * n.channels, pixels: block, channels: n.channels, to: sums,
          isFirst: start == 0)
        start += block
      }
      mergeChannels(n, sums, pixels: count, into: n.moments + chunk * n.groups * 2)
    }
  }

  /// Adds some pixels to the sums of all channels.
  @inlinable @inline(__always)
  static func addBlock(
    _ x: UnsafePointer<Float>, pixels: Int, channels: Int, to sums: ChannelSums, isFirst: Bool
  ) {
    var i = 0
    while i + width <= channels {
      addColumn(i, x, pixels: pixels, stride: channels, to: sums, isFirst: isFirst) {
        load($0)
      } store: {
        store($0, $1)
      }
      i += width
    }
    let rest = channels - i
    if rest > 0 {
      addColumn(i, x, pixels: pixels, stride: channels, to: sums, isFirst: isFirst) {
        loadPart($0, count: rest, padding: 0)
      } store: {
        storePart($0, $1, count: rest)
      }
    }
  }

  /// Adds a vector of channels of some pixels to their sums.
  ///
  /// The mean of the first block is the center: as it is amid the chunk's own elements, what cancels
  /// out in the sum of squares is never much larger than what remains.
  @inlinable @inline(__always)
  static func addColumn(
    _ channel: Int, _ x: UnsafePointer<Float>, pixels: Int, stride: Int, to sums: ChannelSums,
    isFirst: Bool, load: (UnsafePointer<Float>) -> F32,
    store: (F32, UnsafeMutablePointer<Float>) -> Void
  ) {
    let x = x + channel
    let center: F32
    if isFirst {
      var total = load(x)
      for pixel in 1..<max(pixels, 1) { total = add(total, load(x + pixel * stride)) }
      center = divide(total, all(Float(pixels)))
      store(center, sums.centers + channel)
    } else {
      center = load(sums.centers + channel)
    }
    var (differences, squares) = (all(0), all(0))
    for pixel in 0..<pixels {
      let difference = subtract(load(x + pixel * stride), center)
      differences = add(differences, difference)
      squares = multiplyAdd(difference, difference, squares)
    }
    if !isFirst {
      differences = add(differences, load(sums.differences + channel))
      squares = add(squares, load(sums.squares + channel))
    }
    store(differences, sums.differences + channel)
    store(squares, sums.squares + channel)
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

  /// Merges the chunks of some pictures, in order, to what is put to each channel.
  @inlinable @inline(__always)
  public static func mergeMoments(_ n: GroupNormalization, pictures: Range<Int>) {
    let chunks = GroupNormalization.chunks(pixels: n.pixels)
    let members = n.channels / n.groups
    for picture in pictures {
      let factors = n.factors + picture * 3 * n.channels
      for group in 0..<n.groups {
        let moments = n.moments + (picture * chunks * n.groups + group) * 2
        let (mean, variance) = mergeChunks(n, moments, chunks: chunks)
        let inverse = 1 / squareRoot(all(Float(variance) + n.epsilon))[0]
        for c in group * members..<(group + 1) * members {
          factors[c] = Float(mean)
          factors[n.channels + c] = inverse * (n.weight.map { $0[c] } ?? 1)
          factors[2 * n.channels + c] = n.bias.map { $0[c] } ?? 0
        }
      }
    }
  }

  /// The mean and the variance of a group.
  @inlinable @inline(__always)
  static func mergeChunks(
    _ n: GroupNormalization, _ moments: UnsafePointer<Double>, chunks: Int
  ) -> (mean: Double, variance: Double) {
    var (mean, variance) = (0.0, 0.0)
    for chunk in 0..<chunks {
      let count = n.chunkCount(from: chunk * GroupNormalization.chunkPixels)
      mean += moments[chunk * n.groups * 2] * Double(count)
    }
    mean /= Double(n.pixels)
    for chunk in 0..<chunks {
      let count = n.chunkCount(from: chunk * GroupNormalization.chunkPixels) * n.channels / n.groups
      let offset = moments[chunk * n.groups * 2] - mean
      variance += moments[chunk * n.groups * 2 + 1] + offset * offset * Double(count)
    }
    return (mean, variance / Double(n.pixels * n.channels / n.groups))
  }

  /// Normalizes the lines of `range`, counted through all pictures, of which the moments are merged.
  @inlinable @inline(__always)
  public static func normalize(_ n: GroupNormalization, lines range: Range<Int>) {
    switch n.function {
    case .identity: normalize(n, lines: range) { $0 }
    case .silu: normalize(n, lines: range) { silu($0) }
    default:
      // No model has another one behind a group norm: not worth code of its own.
      normalize(n, lines: range) { $0 }
      for line in range {
        let output = n.output.start(ofLine: line)
        map(n.function, output, into: output, count: n.width * n.channels)
      }
    }
  }

  @inlinable @inline(__always)
  static func normalize(_ n: GroupNormalization, lines range: Range<Int>, _ function: (F32) -> F32)
  {
    let channels = n.channels
    for line in range {
      let means = n.factors + line / n.output.height * 3 * channels
      let (factors, summands) = (means + channels, means + 2 * channels)
      var x = n.input + line * n.width * channels
      var y = n.output.start(ofLine: line)
      for _ in 0..<n.width {
        var i = 0
        while i + width <= channels {
          let difference = subtract(load(x + i), load(means + i))
          store(function(multiplyAdd(difference, load(factors + i), load(summands + i))), y + i)
          i += width
        }
        let rest = channels - i
        if rest > 0 {
          func part(_ x: UnsafePointer<Float>) -> F32 { loadPart(x + i, count: rest, padding: 0) }
          let difference = subtract(part(x), part(means))
          storePart(
            function(multiplyAdd(difference, part(factors), part(summands))), y + i, count: rest)
        }
        x += channels
        y += channels
      }
    }
  }
}
