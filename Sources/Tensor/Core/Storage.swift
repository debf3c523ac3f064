/// Memory that tensors share: our own, lent by a pool, or a mapped region of a file.
///
/// Own memory is 64-byte aligned. A region of a file is never written to.
package final class Storage: @unchecked Sendable {
  /// The first byte.
  package let base: UnsafeMutableRawPointer
  /// The number of bytes.
  package let byteCount: Int
  /// Whether the bytes may be written to by a sole owner.
  package let isWritable: Bool
  private let release: @Sendable (UnsafeMutableRawPointer) -> Void

  /// The alignment of memory we allocate: a cache line, and the widest vector.
  package static let alignment = 64

  /// Allocates `byteCount` bytes, not initialised.
  package init(byteCount: Int) {
    base = Self.allocate(byteCount)
    self.byteCount = byteCount
    isWritable = true
    release = { Self.deallocate($0, byteCount) }
  }

  /// Memory for `byteCount` bytes, to be given back with `deallocate`.
  package static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    byteCount < LargeAllocationCache.pageSize
      ? .allocate(byteCount: max(byteCount, 1), alignment: alignment)
      : LargeAllocationCache.allocate(byteCount)
  }

  /// Gives memory for `byteCount` bytes back.
  package static func deallocate(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
    byteCount < LargeAllocationCache.pageSize
      ? base.deallocate() : LargeAllocationCache.deallocate(base, byteCount)
  }

  /// Takes memory over that `release` gives back when the last tensor is done with it.
  package init(
    _ base: UnsafeMutableRawPointer, byteCount: Int, isWritable: Bool,
    release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) {
    self.base = base
    self.byteCount = byteCount
    self.isWritable = isWritable
    self.release = release
  }

  deinit { release(base) }
}
