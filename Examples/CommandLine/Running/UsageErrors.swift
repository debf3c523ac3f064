internal import DiT
internal import Kernels

// Errors of the packages that the user can put right on the command line or in the environment.

/// Selects the instruction set that the environment names (`KERNELS_ISA`).
///
/// - Throws: `UsageError` where there is none of the name, or not on this machine.
package func selectInstructionSet() throws(UsageError) {
  do {
    try Workspace.selectInstructionSetFromEnvironment()
  } catch {
    throw .other("KERNELS_ISA: \(error)")
  }
}

/// Opens a model, or a part of one.
///
/// - Parameter open: Opens it, as the options say.
/// - Returns: What `open` returns.
/// - Throws: `UsageError` where the model has no use for an option, and what else `open` throws.
package func opening<Opened>(_ open: () throws -> Opened) throws -> Opened {
  do {
    return try open()
  } catch let error as ModelError {
    if case .unused = error { throw UsageError.other("\(error)") }
    throw error
  }
}
