import Foundation
import Testing
import _KernelsActive
import _KernelsMicro

@testable import Tensor

/// Results that go past the caches, and memory that is used again.
@Suite(.serialized) struct LargeTensorTests {
  /// So many numbers of bfloat16 fill 32 MB and a part of a vector.
  static let count = (16 << 20) + 5

  /// All numbers of bfloat16 again and again.
  static let bits: Tensor<BFloat16> = {
    let all = Tensor((0...UInt16.max).map { BFloat16(bitPattern: $0) })
    let rows = count / all.count
    let whole = all.broadcast(to: [rows, all.count]).copied().reshaped([rows * all.count])
    return Tensor(concatenating: [whole, all[..<(count - whole.count)]])
  }()

  static func expectSameBytes<A, B>(_ a: Tensor<A>, _ b: Tensor<B>) {
    AnyTensor(a).withUnsafeBytes { a in
      AnyTensor(b).withUnsafeBytes { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return }
        #expect(a.count == b.count && memcmp(first, second, a.count) == 0)
      }
    }
  }

  @Test(arguments: KernelTable.supported)
  func convertsLikeSmallOnes(_ table: KernelTable) {
    let wide = Tensor<Float>(uninitialized: [Self.count])
    table.widen(Self.bits.pointer, wide.mutablePointer, Self.count)
    let narrow = Tensor<BFloat16>(uninitialized: [Self.count])
    table.narrow(wide.pointer, narrow.mutablePointer, Self.count)
    let parts = stride(from: 0, to: Self.count, by: 999_983).map {
      $0..<min($0 + 999_983, Self.count)
    }
    let (again, back) = (
      Tensor<Float>(uninitialized: [Self.count]), Tensor<BFloat16>(uninitialized: [Self.count])
    )
    for part in parts {
      let start = part.lowerBound
      table.widen(Self.bits.pointer + start, again.mutablePointer + start, part.count)
      table.narrow(wide.pointer + start, back.mutablePointer + start, part.count)
    }
    Self.expectSameBytes(wide, again)
    Self.expectSameBytes(narrow, back)
    for (number, result) in zip(Self.bits[..<65_536].elements, narrow[..<65_536].elements) {
      let expected = Float(number).isNaN ? 0x7FC0 : number.bitPattern
      if result.bitPattern != expected { Issue.record("\(number) became \(result)") }
    }
  }

  /// A row added to rows that are streamed, and to parts of them that are not.
  @Test(arguments: KernelTable.supported)
  func addsLikeSmallOnes(_ table: KernelTable) {
    let (rows, columns) = (3, 2_796_208)  // whole lines, the last piece of a row a part of one
    let x = Tensor<Float>(uninitialized: [rows, columns])
    table.widen(Self.bits.pointer, x.mutablePointer, x.count)
    let y = x[1].copied()
    let (large, small) = (
      Tensor<Float>(uninitialized: x.shape), Tensor<Float>(uninitialized: x.shape)
    )
    LoopPlan(x.shape, [columns, 1], [0, 1], [columns, 1]).callAsFunction {
      table.floatElements.binary(.add, $0, x.pointer, y.pointer, large.mutablePointer)
    }
    for row in 0..<rows {
      let start = row * columns
      LoopPlan([columns], [1], [1], [1]).callAsFunction {
        table.floatElements.binary(
          .add, $0, x.pointer + start, y.pointer, small.mutablePointer + start)
      }
    }
    Self.expectSameBytes(large, small)
  }

  @Test func copiesLikeSmallOnes() {
    let copy = Self.bits.copied()
    Self.expectSameBytes(copy, Self.bits)
    let part = Self.bits[7...]
    Self.expectSameBytes(part.copied(), part)
  }

  @Test func memoryIsUsedAgain() {
    let byteCount = 5_242_944
    let first = LargeAllocationCache.allocate(byteCount)
    LargeAllocationCache.deallocate(first, byteCount)
    let other = LargeAllocationCache.allocate(byteCount + 64)
    let second = LargeAllocationCache.allocate(byteCount)
    #expect(second == first && other != first)
    LargeAllocationCache.deallocate(second, byteCount)
    LargeAllocationCache.deallocate(other, byteCount + 64)
  }

  @Test func noMoreThanTheLimitWaits() {
    // Larger than what may wait at all, and so many that the oldest have to go.
    LargeAllocationCache.deallocate(
      LargeAllocationCache.allocate(LargeAllocationCache.limit + 64),
      LargeAllocationCache.limit + 64)
    let sizes = (0..<9).map { LargeAllocationCache.limit / 4 + 64 * $0 }
    for (size, block) in sizes.map({ ($0, LargeAllocationCache.allocate($0)) }) {
      LargeAllocationCache.deallocate(block, size)
      #expect(LargeAllocationCache.waitingByteCount <= LargeAllocationCache.limit)
    }
    #expect(LargeAllocationCache.waitingByteCount > LargeAllocationCache.limit / 2)
  }
}
