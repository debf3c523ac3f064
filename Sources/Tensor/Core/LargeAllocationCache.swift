internal import Synchronization
internal import _LibC

/// Large memory, of which some waits for the next tensor of its size.
///
/// The system clears every page that it hands out, which takes as long as writing a result there.
/// The C library gives large memory back to the system at once, so arithmetic with large tensors
/// would take twice as long as it has to.
enum LargeAllocationCache {
  /// The size of a large page, and of the smallest block.
  static let pageSize = 2 << 20
  /// The most that waits, in bytes.
  static let limit = 128 << 20

  private struct Block {
    let address: UInt
    let byteCount: Int
  }

  /// What waits, the oldest first.
  private static let waiting = Mutex<[Block]>([])

  /// The bytes that wait.
  static var waitingByteCount: Int { waiting.withLock { $0.reduce(0) { $0 + $1.byteCount } } }

  /// Memory for `byteCount` bytes, not initialised, in large pages where the system has them: a
  /// kernel that walks through a panel of weights would need a new page of 4 KB every few hundred
  /// nanoseconds.
  static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let reused = waiting.withLock { waiting in
      waiting.lastIndex { $0.byteCount == byteCount }.map { waiting.remove(at: $0).address }
    }
    if let base = reused.flatMap(UnsafeMutableRawPointer.init(bitPattern:)) { return base }
    let base = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: pageSize)
    #if canImport(Glibc)
    // Advice: where it is refused, pages stay small.
    _ = madvise(base, byteCount, MADV_HUGEPAGE)
    #endif
    return base
  }

  /// Takes memory back that `allocate` gave.
  static func deallocate(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
    guard byteCount <= limit else { return base.deallocate() }
    let dropped = waiting.withLock { waiting in
      waiting.append(Block(address: UInt(bitPattern: base), byteCount: byteCount))
      var (sum, kept) = (0, waiting.endIndex)
      while kept > 0, sum + waiting[kept - 1].byteCount <= limit {
        kept -= 1
        sum += waiting[kept].byteCount
      }
      defer { waiting.removeFirst(kept) }
      return waiting[..<kept].map(\.address)
    }
    for address in dropped { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
  }
}
