import Kernels
import Tensor
import Testing

@Suite struct WorkspaceTests {
  @Test func lendsMemoryAgain() {
    let workspace = Workspace(threads: 2)
    let weight = PackedMatrix(Tensor(repeating: 0.5, shape: [40, 30]))
    func work() {
      let x = linear(Operand(Tensor(repeating: 1, shape: [9, 30])), weight, in: workspace)
      #expect(softmax(x, in: workspace).elements.allSatisfy { $0 == 1 / 40 })
    }
    work()
    let misses = workspace.poolMisses
    #expect(misses > 0)
    for _ in 0..<3 { work() }
    #expect(workspace.poolMisses == misses)
  }

  /// Threads that have nothing to do take no scratch, of which so many could not be had.
  @Test func takesAnyNumberOfThreads() {
    let weight = PackedMatrix(Tensor(repeating: 0.5, shape: [4608, 1152]))
    let x = Tensor<Float>(repeating: 1, shape: [3, 1152])
    let result = linear(Operand(x), weight, in: Workspace(threads: .max))
    #expect(result.elements.allSatisfy { $0 == 576 })
  }

  @Test func refusesAnUnknownInstructionSet() {
    let error = #expect(throws: (any Error).self) {
      try Workspace.selectInstructionSet("abacus")
    }
    let supported = Workspace.supportedInstructionSets.joined(separator: ", ")
    #expect(
      error.map { "\($0)" }
        == "instruction set 'abacus' is not available here; this machine has \(supported)")
  }
}
