#if os(Linux) && arch(x86_64)
internal import Glibc

/// A tile unit for processors without one: `Scripts/tiles.sh` runs the kernels' tests on it.
///
/// Such a processor stops at an instruction of the unit with a signal, whose handler does what the
/// instruction says and goes on behind it. Every thread has tiles of its own.
public enum EmulatedTiles {
  /// Takes the signal from now on.
  public static func install() {
    _ = Tiles.key
    var action = sigaction()
    action.sa_flags = SA_SIGINFO | Int32(bitPattern: UInt32(SA_NODEFER))
    action.__sigaction_handler.sa_sigaction = { _, _, context in
      guard let context = context?.assumingMemoryBound(to: ucontext_t.self) else { return }
      withUnsafeMutableBytes(of: &context.pointee.uc_mcontext.gregs) { bytes in
        let registers = Registers(bytes.assumingMemoryBound(to: Int.self))
        guard let instruction = TileInstruction(registers), Tiles.ofThread.execute(instruction)
        else {
          // Not of this unit: let it stop the process.
          signal(SIGILL, SIG_DFL)
          return
        }
        registers.instructionPointer += instruction.length
      }
    }
    sigaction(SIGILL, &action, nil)
  }
}

/// The general registers of the thread where it stopped.
struct Registers {
  private let values: UnsafeMutableBufferPointer<Int>

  init(_ values: UnsafeMutableBufferPointer<Int>) { self.values = values }

  /// A register by its number in instructions.
  subscript(number: Int) -> Int {
    // The order of the system begins with r8 … r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip.
    let places: InlineArray<16, Int> = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7]
    return values[places[number]]
  }

  /// The address of the instruction.
  var instructionPointer: Int {
    get { values[16] }
    nonmutating set { values[16] = newValue }
  }
}
#endif
