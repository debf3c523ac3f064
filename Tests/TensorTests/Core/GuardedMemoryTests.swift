import Testing
import _TestSupport

/// The memory that kernels are tested in is what it says.
@Suite struct GuardedMemoryTests {
  @Test func holdsWhatItWasGiven() {
    for side in GuardedMemory.Side.allCases {
      let memory = GuardedMemory(flushWith: side)
      let numbers = memory.numbers([1, 2, 3])
      #expect(numbers[0] == 1 && numbers[2] == 3)
      #expect(memory.numbers(1)[0].isNaN)
      withExtendedLifetime(memory) {}
    }
  }

  @Test func endsWhoReadsBehindTheEnd() async {
    await #expect(processExitsWith: .failure) {
      let memory = GuardedMemory(flushWith: .end)
      print(withExtendedLifetime(memory) { memory.numbers(3)[3] })
    }
  }

  @Test func endsWhoReadsBeforeTheStart() async {
    await #expect(processExitsWith: .failure) {
      let memory = GuardedMemory(flushWith: .start)
      print(withExtendedLifetime(memory) { memory.numbers(3)[-1] })
    }
  }
}
