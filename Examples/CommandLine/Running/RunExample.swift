internal import Foundation

/// Does the work of an example from its command line to its exit code.
///
/// Prints the help or the version where asked, or else runs `body`. An error becomes one line on
/// standard error and an `ExitCode`. The first Ctrl-C (SIGINT) or SIGTERM cancels the task that
/// runs `body`; a second one kills the process. A closed pipe does not.
///
///     await runExample(command) { arguments in print(arguments[steps]) }
///
/// - Parameters:
///   - command: The options there are.
///   - arguments: The command line without the name of the program.
///   - body: The work. Prints results through `StandardStream`, so that a full disk is an error.
package func runExample(
  _ command: Command, arguments: [String] = Array(CommandLine.arguments.dropFirst()),
  _ body: @escaping @Sendable (ParsedArguments) async throws -> Void
) async -> Never {
  signal(SIGPIPE, SIG_IGN)
  do {
    switch try command.parse(arguments) {
    case .help: try StandardStream.output.write(command.helpText)
    case .version: try StandardStream.output.write(command.versionText)
    case .run(let arguments):
      let interrupts = Interrupts()
      let task = Task { try await body(arguments) }
      interrupts.onFirst { task.cancel() }
      defer { withExtendedLifetime(interrupts) {} }
      try await task.value
    }
    exit(ExitCode.success.rawValue)
  } catch {
    // There is nobody left to tell where this fails.
    try? StandardStream.error.write(errorLine(error, of: command.name))
    exit(ExitCode(error).rawValue)
  }
}
