internal import Synchronization
package import Tensor

/// Memory that is lent to tensors and comes back when the last of them is done with it.
///
/// A run asks for the same sizes at every step, so that after the first one nothing is allocated.
package final class BufferPool: Sendable {
  private struct State {
    var free: [Int: [UInt]] = [:]  // addresses by size
    var misses = 0
  }

  private let state = Mutex(State())

  package init() {}

  deinit {
    for (size, addresses) in state.withLock({ $0.free }) {
      for base in addresses.compactMap(UnsafeMutableRawPointer.init(bitPattern:)) {
        Storage.deallocate(base, size)
      }
    }
  }

  /// How often memory had to be allocated.
  package var misses: Int { state.withLock { $0.misses } }

  /// Lends at least `byteCount` bytes, not initialised.
  package func lend(_ byteCount: Int) -> Storage {
    let size = max(byteCount.roundedUp(to: 4096), 4096)
    let address = state.withLock { state -> UInt? in
      if let address = state.free[size]?.popLast() { return address }
      state.misses += 1
      return nil
    }
    let base =
      address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
      ?? Storage.allocate(size)
    return Storage(base, byteCount: size, isWritable: true) { base in
      self.state.withLock { $0.free[size, default: []].append(UInt(bitPattern: base)) }
    }
  }
}

extension Int {
  /// The smallest multiple of `unit` that is not below this number.
  package func roundedUp(to unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
