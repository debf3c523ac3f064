#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Memory between pages that nobody may touch: who reads or writes beyond one of its buffers, on the
/// side where that is flush with such a page, ends the program.
///
/// Sanitizers do not see what the instructions of the tile unit read.
package final class GuardedMemory {
  /// The side of each buffer that a page which nobody may touch begins at.
  package enum Side: Sendable, CaseIterable {
    /// The first byte.
    case start
    /// The last byte.
    case end
  }

  private let side: Side
  private var mappings: [UnsafeMutableRawBufferPointer] = []

  /// No buffers yet.
  package init(flushWith side: Side) { self.side = side }

  deinit {
    for mapping in mappings { munmap(mapping.baseAddress, mapping.count) }
  }

  /// A buffer of its own that lives as long as this object; each byte is 0xFF, so that numbers in it
  /// are NaN.
  package func bytes(_ count: Int) -> UnsafeMutableRawPointer {
    let page = Int(getpagesize())
    let room = (count + page - 1) / page * page
    guard
      let start = mmap(
        nil, room + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
      start != MAP_FAILED, mprotect(start, page, PROT_NONE) == 0,
      mprotect(start + page + room, page, PROT_NONE) == 0
    else { fatalError("no memory of \(room) bytes between guard pages") }
    mappings.append(UnsafeMutableRawBufferPointer(start: start, count: room + 2 * page))
    let first = start + page
    memset(first, 0xFF, room)
    return side == .start ? first : first + (room - count)
  }

  /// Room for numbers, all of them NaN.
  package func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
    bytes(count * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
  }

  /// These numbers.
  package func numbers(_ elements: [Float]) -> UnsafeMutablePointer<Float> {
    let start = numbers(elements.count)
    start.update(from: elements, count: elements.count)
    return start
  }
}
