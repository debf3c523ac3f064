import _KernelsBaseline
import _KernelsMicro

/// An image's extents, and what stands between its lines.
private struct Extents {
  let images, height, width, channels, gap: Int

  init(_ numbers: inout SampleNumbers, channels: ClosedRange<Int>) {
    (images, height) = (numbers.next(in: 1...3), numbers.next(in: 1...19))
    (width, gap) = (numbers.next(in: 1...19), numbers.next(in: 0...5))
    self.channels = numbers.next(in: channels)
  }

  /// Images `factor` times as large, with `groups` times as many channels.
  init(_ other: Extents, factor: Int = 1, groups: Int = 1) {
    (images, gap, channels) = (other.images, other.gap, other.channels * groups)
    (height, width) = (other.height * factor, other.width * factor)
  }

  var lines: Int { images * height }
  var count: Int { lines * width * channels }

  /// Dense images.
  func lines(_ elements: UnsafeBufferPointer<Float>) -> PixelLines? {
    elements.baseAddress.map {
      PixelLines(
        first: UnsafeMutablePointer(mutating: $0), width: width, height: height, channels: channels)
    }
  }

  /// The elements that a kernel wrote, from two calls each of a part of the lines; gaps between
  /// lines and twice as many after an image may not be written.
  func written(_ body: (PixelLines, Range<Int>) -> Void) -> Written<Float> {
    let lineStride = width * channels + gap
    let imageStride = height * lineStride + 2 * gap
    var result = Written<Float>(elements: [], isInside: true)
    let all = Emulated::written(images * imageStride, canary: canary) { first in
      var lines = PixelLines(first: first, width: width, height: height, channels: channels)
      (lines.lineStride, lines.imageStride) = (4 * lineStride, 4 * imageStride)
      body(lines, self.lines / 2..<self.lines)
      body(lines, 0..<self.lines / 2)
    }
    for (i, element) in all.elements.enumerated() {
      let place = i % imageStride
      if place < height * lineStride && place % lineStride < width * channels {
        result.elements.append(element)
      } else if element != canary {
        result.isInside = false
      }
    }
    if !all.isInside { result.isInside = false }
    return result
  }
}

func testUpsampling() {
  var outcome = Outcome("upsampling")
  var numbers = SampleNumbers(seed: 21)
  for _ in 0..<200 {
    let extents = Extents(&numbers, channels: 1...40)
    let factor = numbers.next(in: 1...3)
    let upsampled = Extents(extents, factor: factor)
    let x = numbers.next(extents.count)
    let result = upsampled.written { lines, range in
      x.withUnsafeBufferPointer { x in
        guard let input = extents.lines(x) else { return }
        var work = Upsampling(input: input, output: lines)
        work.factor = factor
        kernelsBaseline.vector.pixels.upsample(work, range)
      }
    }
    var isRight = result.isInside && result.elements.count == upsampled.count
    for (i, element) in result.elements.enumerated() {
      let (pixel, channel) = (i / extents.channels, i % extents.channels)
      let line = pixel / upsampled.width / factor
      let source = line * extents.width + pixel % upsampled.width / factor
      if element != x[source * extents.channels + channel] { isRight = false }
    }
    outcome.expect(
      isRight, "\(extents.height) × \(extents.width) × \(extents.channels) by \(factor)")
  }
  outcome.report()
}

extension Extents {
  /// Normalizes groups of channels, with SiLU, and checks the scratch.
  fileprivate func normalized(
    _ x: [Float], groups: Int, weight: [Float], bias: [Float]
  ) -> Written<Float> {
    let chunks = PixelChunks(width: width, height: height).count
    var moments = [Double](repeating: 0, count: images * chunks * groups * 2)
    var factors = [Float](repeating: 0, count: images * 3 * channels)
    return written { lines, range in
      x.withUnsafeBufferPointer { x in
        weight.withUnsafeBufferPointer { weight in
          bias.withUnsafeBufferPointer { bias in
            moments.withUnsafeMutableBufferPointer { moments in
              factors.withUnsafeMutableBufferPointer { factors in
                guard let input = self.lines(x), let moments = moments.baseAddress,
                  let factors = factors.baseAddress
                else { return }
                var n = GroupNormalization(
                  input: input, output: lines, groups: groups, epsilon: 1e-6, moments: moments,
                  factors: factors)
                (n.weight, n.bias, n.function) = (weight.baseAddress, bias.baseAddress, .silu)
                let scratch = Emulated::written(3 * channels, canary: canary) { scratch in
                  kernelsBaseline.vector.pixels.takeMoments(n, 0..<images * chunks, scratch)
                }
                kernelsBaseline.vector.pixels.mergeMoments(n, 0..<images)
                kernelsBaseline.vector.pixels.normalize(n, range)
                if !scratch.isInside {
                  lines.first.storeBytes(of: .nan, as: Float.self)
                }
              }
            }
          }
        }
      }
    }
  }
}

func testGroupNormalization() {
  var outcome = Outcome("group normalization")
  var numbers = SampleNumbers(seed: 22)
  for _ in 0..<200 {
    let group = Extents(&numbers, channels: 1...9)
    let groups = numbers.next(in: 1...5)
    let extents = Extents(group, groups: groups)
    let channels = extents.channels
    let x = numbers.next(extents.count).map { 3 * $0 + 5 }
    let (weight, bias) = (numbers.next(channels), numbers.next(channels))
    let plain = Reference.groupNormalized(
      x, batch: extents.images, channels: channels, groups: groups, epsilon: 1e-6)
    var expected: [Double] = []
    for (i, y) in plain.enumerated() {
      expected.append(exactSiLU(y * Double(weight[i % channels]) + Double(bias[i % channels])))
    }
    outcome.expect(
      error(extents.normalized(x, groups: groups, weight: weight, bias: bias), expected),
      within: 5e-6, "\(extents.height) × \(extents.width) × \(channels) in \(groups) groups")
  }
  outcome.report()
}
