internal import Foundation

/// Does the work of an example from its command line to its exit code.
///
/// Prints the help or the version where asked, or else runs `body`. An error becomes one line on
/// standard error and an `ExitCode`. The first Ctrl-C (SIGINT), SIGTERM or SIGHUP cancels the task
/// that runs `body`; a second one kills the process. A closed pipe does not, nor a standard stream
/// that was closed from the beginning.
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
  StandardStream.openClosedOnes()
  let interrupts = Interrupts()
  do {
    try requireText()
    switch try command.parse(arguments) {
    case .help: try StandardStream.output.write(command.helpText)
    case .version: try StandardStream.output.write(command.versionText)
    case .run(let arguments):
      if StandardStream.output.isClosed {
        StandardStream.warn("standard output is closed; nothing is printed there", of: command.name)
      }
      let task = Task { try await body(arguments) }
      interrupts.onFirst { task.cancel() }
      try await task.value
    }
    exit(ExitCode.success.rawValue)
  } catch {
    StandardStream.tell(errorLine(error, of: command.name))
    exit(ExitCode(error, signal: interrupts.signal).rawValue)
  }
}

/// Throws where an argument is no text in UTF-8, which Swift would have replaced in part.
private func requireText() throws(UsageError) {
  for index in 1..<max(1, Int(CommandLine.argc)) {
    guard let bytes = CommandLine.unsafeArgv[index] else { continue }
    guard String(validatingCString: bytes) != nil else {
      throw .other("argument \(index), '\(String(cString: bytes))', is not a text in UTF-8")
    }
  }
}
