@_silgen_name("llvm.prefetch.p0")
@usableFromInline
func prefetch(_ line: UnsafeRawPointer, _ isWrite: Int32, _ locality: Int32, _ isData: Int32)

/// Asks for `lines` cache lines from `start` on to be brought into L1.
///
/// It never faults, whatever the address.
@inlinable @inline(__always)
public func prefetchToL1(_ start: UnsafeRawPointer, lines: Int) {
  for line in 0..<lines { prefetch(start + 64 * line, 0, 3, 1) }
}

/// Asks for `lines` cache lines from `start` on to be brought into L2.
///
/// It never faults, whatever the address.
@inlinable @inline(__always)
public func prefetchToL2(_ start: UnsafeRawPointer, lines: Int) {
  for line in 0..<lines { prefetch(start + 64 * line, 0, 2, 1) }
}
