internal import Synchronization
package import Tensor

/// A pool of memory for tensors; a block comes back when the last tensor that uses it is gone.
///
/// A run asks for the same sizes in every step, so nothing is allocated after the first one. The
/// pool keeps at most 16 MB, or twice the most that was recently in use at once; blocks of sizes
/// that are no longer asked for are freed.
package final class BufferPool: Sendable {
  private typealias FreeBlocks = (addresses: [UInt], size: SizeClass)

  private struct State {
    /// The free blocks of each size class, the last that came back at the end.
    var free = [[UInt]](repeating: [], count: SizeClass.count)
    /// When a block of each class was last lent or came back, in requests.
    var lastUse = [Int](repeating: 0, count: SizeClass.count)
    var requests = 0
    var misses = 0
    var lentBytes = 0
    var freeBytes = 0
    /// The most that was in use at once in this period of requests, and in the one before.
    var peak = 0
    var lastPeak = 0

    /// The bytes that a pool may always keep.
    static let floor = 16 << 20
    /// The length of a period, in requests.
    static let period = 4096

    /// A free block of a size, or of up to twice that.
    mutating func block(for size: SizeClass) -> (address: UInt, size: SizeClass)? {
      for index in size.index...min(size.index + SizeClass.perDoubling, SizeClass.count - 1) {
        if let address = free[index].popLast() {
          freeBytes -= SizeClass(index: index).byteCount
          return (address, SizeClass(index: index))
        }
      }
      return nil
    }

    /// Counts a block that is lent.
    mutating func take(_ size: SizeClass) {
      requests += 1
      lastUse[size.index] = requests
      lentBytes += size.byteCount
      if requests.isMultiple(of: Self.period) { (lastPeak, peak) = (peak, 0) }
      peak = max(peak, lentBytes)
    }

    /// Removes free blocks beyond the limit, those of the least recently used sizes first.
    mutating func removeSurplus() -> [FreeBlocks] {
      let limit = max(2 * max(peak, lastPeak), Self.floor)
      var removed: [FreeBlocks] = []
      while lentBytes + freeBytes > limit {
        let candidates = free.indices.filter { !free[$0].isEmpty }
        guard let oldest = candidates.min(by: { lastUse[$0] < lastUse[$1] }) else { break }
        let size = SizeClass(index: oldest)
        let excess = lentBytes + freeBytes - limit
        let count = min(free[oldest].count, (excess + size.byteCount - 1) / size.byteCount)
        removed.append((Array(free[oldest].prefix(count)), size))
        free[oldest].removeFirst(count)
        freeBytes -= count * size.byteCount
      }
      return removed
    }
  }

  private let state = Mutex(State())

  package init() {}

  deinit {
    for (index, addresses) in state.withLock({ $0.free }).enumerated() {
      Self.release([(addresses, SizeClass(index: index))])
    }
  }

  /// How often memory had to be allocated.
  package var misses: Int { state.withLock { $0.misses } }

  /// The bytes that are free to be lent.
  package var freeBytes: Int { state.withLock { $0.freeBytes } }

  /// Lends at least `byteCount` bytes, not initialised.
  package func lend(_ byteCount: Int) -> Storage {
    let wanted = SizeClass(holding: byteCount)
    let (known, size, surplus) = state.withLock { state -> (UInt, SizeClass, [FreeBlocks]) in
      if let (address, size) = state.block(for: wanted) {
        state.take(size)
        return (address, size, [])
      }
      state.misses += 1
      state.take(wanted)
      return (0, wanted, state.removeSurplus())
    }
    Self.release(surplus)
    let base = UnsafeMutableRawPointer(bitPattern: known) ?? Storage.allocate(size.byteCount)
    return Storage(base, byteCount: size.byteCount, isWritable: true) { base in
      let surplus = self.state.withLock { state in
        state.free[size.index].append(UInt(bitPattern: base))
        state.lastUse[size.index] = state.requests
        state.freeBytes += size.byteCount
        state.lentBytes -= size.byteCount
        return state.removeSurplus()
      }
      Self.release(surplus)
    }
  }

  /// Gives free blocks back to the system.
  private static func release(_ blocks: [FreeBlocks]) {
    for (addresses, size) in blocks {
      for base in addresses.compactMap(UnsafeMutableRawPointer.init(bitPattern:)) {
        Storage.deallocate(base, size.byteCount)
      }
    }
  }
}

/// The sizes that blocks of a pool have: 1 to 8 pages, and from there on four for each doubling.
private struct SizeClass: Sendable {
  /// Its place among all classes, from the smallest up.
  let index: Int

  /// The classes from a size to twice that.
  static let perDoubling = 4
  /// The number of classes, up to more than an address space.
  static let count = 8 + 44 * perDoubling
  private static let pageSize = 4096

  init(index: Int) { self.index = index }

  /// The smallest class that holds so many bytes.
  init(holding byteCount: Int) {
    let last = max(byteCount - 1, 0) / Self.pageSize
    guard last >= 8 else {
      index = last
      return
    }
    // The sizes of a doubling are 5, 6, 7 and 8 times a power of two.
    let power = last.bitWidth - last.leadingZeroBitCount - 3
    index = 8 + (power - 1) * Self.perDoubling + (last >> power) - 4
  }

  /// The bytes of a block.
  var byteCount: Int {
    guard index >= 8 else { return (index + 1) * Self.pageSize }
    let (power, place) = (index - 8).quotientAndRemainder(dividingBy: Self.perDoubling)
    return ((place + 5) << (power + 1)) * Self.pageSize
  }
}

extension Int {
  /// The smallest multiple of `unit` that is not below this number.
  package func roundedUp(to unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
