import Foundation
import Kernels
import Testing
import _KernelsActive
import _KernelsMicro
import _TestSupport

/// Operations on images touch nothing but their operands: each of these is flush with a page that
/// ends whoever reads or writes it.
@Suite struct GuardedImageTests {
  /// Images of numbers, or room for some.
  private func images(
    _ memory: GuardedMemory, _ numbers: inout SampleNumbers, width: Int, height: Int, channels: Int,
    layout: PixelLayout, areWritten: Bool
  ) -> PixelLines {
    let empty = PixelLines(
      first: memory.bytes(0), width: width, height: height, channels: channels, layout: layout)
    var lines = empty
    lines.first = memory.bytes(empty.imageStride)
    guard areWritten else { return lines }
    if layout == .blocks {
      for i in 0..<lines.imageStride / 2 {
        let channel = i / (width * 32) * 32 % ((channels + 31) / 32 * 32) + i % 32
        let bits = UInt16(truncatingIfNeeded: numbers.next().bitPattern >> 16)
        lines.first.storeBytes(
          of: channel < channels ? bits : 0, toByteOffset: 2 * i, as: UInt16.self)
      }
    } else {
      for i in 0..<lines.imageStride / 4 {
        lines.first.storeBytes(of: numbers.next(), toByteOffset: 4 * i, as: Float.self)
      }
    }
    return lines
  }

  /// Whether the channels of pixels are numbers, and what fills up their blocks is zero.
  private func areNumbers(_ lines: PixelLines) -> Bool {
    let count =
      lines.layout.blocks(channels: lines.channels) == 1 && lines.layout != .blocks
      ? lines.channels : (lines.channels + 31) / 32 * 32
    return (0..<lines.height * lines.width * count).allSatisfy { i in
      let (pixel, channel) = i.quotientAndRemainder(dividingBy: count)
      let place =
        lines.place(line: pixel / lines.width, channel: channel)
        + pixel % lines.width * lines.pixelStride
      let number =
        lines.layout == .blocks
        ? Float(bitPattern: UInt32(place.load(as: UInt16.self)) << 16) : place.load(as: Float.self)
      return channel < lines.channels ? number.isFinite : number == 0
    }
  }

  @Test(arguments: GuardedMemory.Side.allCases, [(3, 1), (3, 2), (1, 1), (2, 3)])
  func convolutionStaysInside(_ side: GuardedMemory.Side, _ kernel: (size: Int, stride: Int)) {
    for table in KernelTable.supported {
      guard let convolve = table.bfloat16.convolve else { continue }
      var numbers = SampleNumbers(seed: 41)
      for width in [1, 2, 15, 16, 17, 31, 32, 33, 50] {
        let memory = GuardedMemory(flushWith: side)
        for (inputs, outputs) in [(32, 32), (33, 3), (64, 16), (5, 49), (31, 17)] {
          let input = images(
            memory, &numbers, width: (width - 1) * kernel.stride + kernel.size,
            height: 4 * kernel.stride + kernel.size, channels: inputs, layout: .blocks,
            areWritten: true)
          let steps = kernel.size * kernel.size * ((inputs + 31) / 32)
          let weights = memory.bytes((outputs + 31) / 32 * steps * 2048)
          memset(weights, 0x3C, (outputs + 31) / 32 * steps * 2048)
          let offsets = memory.bytes(steps * 8).assumingMemoryBound(to: Int.self)
          for i in 0..<steps {
            let (line, rest) = i.quotientAndRemainder(dividingBy: steps / kernel.size)
            offsets[i] =
              line * input.lineStride + rest / kernel.size * input.blockStride
              + rest % kernel.size * 64
          }
          for (layout, hasResidual) in [
            (PixelLayout.float32, false), (.blocks, true), (.blocks, false), (.float32, true),
          ] {
            let output = images(
              memory, &numbers, width: width, height: 5, channels: outputs, layout: layout,
              areWritten: false)
            var work = Convolution(
              input: input, stride: kernel.stride, offsets: offsets, steps: steps,
              weights: weights, output: output)
            work.bias = UnsafePointer(memory.numbers(numbers.next(outputs)))
            if hasResidual {
              work.residual = images(
                memory, &numbers, width: width, height: 5, channels: outputs, layout: layout,
                areWritten: true)
            }
            let scratch = memory.numbers(Convolution.scratch)
            let (spans, panels) = (5 * work.spansPerLine, (outputs + 31) / 32)
            convolve(work, spans / 3..<spans, 0..<panels, scratch)
            convolve(work, 0..<spans / 3, panels / 2..<panels, scratch)
            convolve(work, 0..<spans / 3, 0..<panels / 2, scratch)
            // What fills up blocks has random weights here.
            if layout == .float32 {
              #expect(areNumbers(output), "\(width) pixels, \(inputs) to \(outputs), \(side)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: KernelTable.supported, GuardedMemory.Side.allCases)
  func normsAndUpsamplingsStayInside(_ table: KernelTable, _ side: GuardedMemory.Side) {
    var numbers = SampleNumbers(seed: 42)
    let forms = [PixelLayout.float32, .rounded, .blocks]
    for (width, height) in [(1, 1), (3, 5), (17, 16), (300, 2)] {
      for channels in [1, 6, 31, 32, 33, 64] {
        let memory = GuardedMemory(flushWith: side)
        for (from, to) in forms.flatMap({ from in forms.map { (from, $0) } }) {
          let input = images(
            memory, &numbers, width: width, height: height, channels: channels, layout: from,
            areWritten: true)
          func room(_ factor: Int) -> PixelLines {
            images(
              memory, &numbers, width: factor * width, height: factor * height, channels: channels,
              layout: to, areWritten: false)
          }
          let normal = room(1)
          let chunks = PixelChunks(width: width, height: height).count
          var norm = GroupNormalization(
            input: input, output: normal, groups: 1, epsilon: 1e-6,
            moments: memory.bytes(chunks * 16).assumingMemoryBound(to: Double.self),
            factors: memory.numbers(3 * channels))
          norm.function = .silu
          table.pixels.takeMoments(norm, 0..<chunks, memory.numbers(3 * channels))
          table.pixels.mergeMoments(norm, 0..<1)
          table.pixels.normalize(norm, 0..<height)
          #expect(areNumbers(normal), "\(width) × \(height) × \(channels), \(from) to \(to)")
          var upsampling = Upsampling(input: input, output: room(2))
          upsampling.factor = 2
          table.pixels.upsample(upsampling, 0..<2 * height)
          #expect(areNumbers(upsampling.output), "\(channels), \(from) to \(to)")
        }
      }
    }
  }

  @Test(arguments: KernelTable.supported, GuardedMemory.Side.allCases)
  func transformedSquaresStayInside(_ table: KernelTable, _ side: GuardedMemory.Side) {
    var numbers = SampleNumbers(seed: 43)
    for (width, height) in [(1, 1), (2, 2), (3, 2), (5, 7), (16, 4)] {
      for (channels, upsamples) in [(1, false), (5, true), (16, false), (33, true), (40, false)] {
        let memory = GuardedMemory(flushWith: side)
        func pixels(_ width: Int, _ height: Int, areWritten: Bool) -> PixelLines {
          images(
            memory, &numbers, width: width, height: height, channels: channels, layout: .float32,
            areWritten: areWritten)
        }
        let factor = upsamples ? 2 : 1
        let output = pixels(factor * width, factor * height, areWritten: false)
        var work = WinogradConvolution(
          input: pixels(width + 2, height + 2, areWritten: true), output: output,
          upsamples: upsamples)
        work.bias = UnsafePointer(memory.numbers(numbers.next(channels)))
        work.residual = pixels(factor * width, factor * height, areWritten: true)
        let (squares, scratch) = (work.squaresPerImage, memory.numbers(work.scratch))
        for part in [0..<squares / 2, squares / 2..<squares] {
          let terms = memory.numbers(work.side * work.side * part.count * channels)
          table.pixels.gather(work, part, terms, scratch)
          table.pixels.scatter(work, part, terms)
        }
        #expect(areNumbers(output), "\(width) × \(height) × \(channels)")
      }
    }
  }
}
