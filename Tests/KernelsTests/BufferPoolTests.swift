@testable import Kernels
import Tensor
import Testing
import _TestSupport

@Suite struct BufferPoolTests {
  /// Sizes that are not asked for again are given back: what a pool keeps is bounded by what was in
  /// use at once, however many sizes there were.
  @Test func staysBoundedOverChangingSizes() {
    let pool = BufferPool()
    var numbers = SampleNumbers(seed: 3)
    // Growing, shrinking and random sizes, two of them in use at once.
    let sizes = (1...200).map { $0 * 65_536 } + (1...200).reversed().map { $0 * 65_536 }
    let all = sizes + (0..<2000).map { _ in numbers.next(in: 1...13_000_000) }
    var last = pool.lend(1)
    for size in all {
      let next = pool.lend(size)
      #expect(next.byteCount >= size)
      last = next
      // Twice two blocks of the largest size, which may be a quarter more than what was asked for.
      #expect(pool.freeBytes <= 4 * 13_107_200 * 5 / 4)
    }
    _ = last
    last = pool.lend(1)
    // And after a while of small sizes only, little is left.
    for _ in 0..<10_000 { last = pool.lend(5000) }
    #expect(pool.freeBytes <= 16 << 20)
  }

  /// Of sixty softmaxes of growing size the last few are kept.
  @Test func softmaxesOfGrowingSizeAreNotKept() {
    let workspace = Workspace(threads: 1)
    for rows in 1...60 {
      _ = softmax(Tensor<Float>(zeros: [rows * 64, 1024]), in: workspace)
    }
    #expect(workspace.pool.freeBytes <= 2 * 60 * 64 * 1024 * 4 * 5 / 4)
  }

  /// A cycle of sizes misses the pool in its first rounds only.
  @Test func cyclesOfSizesAreLentAgain() {
    let pool = BufferPool()
    var numbers = SampleNumbers(seed: 4)
    let sizes = (0..<40).map { _ in numbers.next(in: 1...3_000_000) }
    func round() {
      var inUse: [Storage] = []
      for (index, size) in sizes.enumerated() {
        inUse.append(pool.lend(size))
        if index % 3 == 2 { inUse.removeFirst(2) }
      }
    }
    for _ in 0..<3 { round() }
    let misses = pool.misses
    for _ in 0..<20 { round() }
    #expect(pool.misses == misses)
  }

  /// A new block holds what was asked for, and little more.
  @Test func blocksFit() {
    let sizes = (0..<40).flatMap { [1 << $0, 1 << $0 + 1, 1 << $0 - 1, 3 << $0] }
    for size in sizes where size < 1 << 30 {
      let block = BufferPool().lend(size)
      #expect(block.byteCount >= size && block.byteCount <= max(4096, (size + 4095) * 5 / 4))
    }
    #expect(BufferPool().lend(0).byteCount == 4096)
  }
}
