import Foundation
import Testing
import _ExampleCommandLine

private let command = Command("example", version: "1.0", summary: "Tests.", options: ())

/// What a process wrote to standard error.
private func errors(_ result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}

/// What a process wrote to standard output.
private func output(_ result: ExitTest.Result?) -> String {
  String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
}

@Suite struct RunExampleTests {
  @Test func mapsErrorsToCodes() {
    #expect(ExitCode(UsageError.other("x")) == .usage)
    #expect(ExitCode(CancellationError()) == .interrupted)
    #expect(ExitCode(CancellationError(), signal: SIGTERM) == .terminated)
    #expect(ExitCode(OutputError.exists("x"), signal: SIGTERM) == .failure)
    #expect(ExitCode(OutputError.exists("x")) == .failure)
  }

  @Test func errorsAreOneLine() {
    #expect(errorLine(UsageError.other("a\nb"), of: "generate") == "generate: a b\n")
    #expect(errorLine(CancellationError(), of: "generate") == "generate: interrupted\n")
    // A name in a file of a stranger's moves no cursor, and fills no screen.
    let hostile = errorLine(UsageError.other("a\u{1B}[2J\u{7}"), of: "generate")
    #expect(
      hostile.hasPrefix("generate: a\\u{") && hostile.utf8.allSatisfy { $0 >= 32 || $0 == 10 })
    #expect(
      errorLine(UsageError.other(String(repeating: "x", count: 9999)), of: "generate")
        .hasSuffix("x… (9999 bytes)\n"))
    let missing = #expect(throws: CocoaError.self) {
      try Data(contentsOf: URL(fileURLWithPath: "/none"))
    }
    #expect(missing.map { errorLine($0, of: "generate").contains("Domain") } == false)
  }

  @Test func succeeds() async {
    let result = await #expect(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent]
    ) {
      await runExample(command, arguments: []) { _ in
        try StandardStream.output.write("done\n")
      }
    }
    #expect(output(result).contains("done\n"))
  }

  @Test func printsHelp() async {
    let result = await #expect(
      processExitsWith: .exitCode(0), observing: [\.standardOutputContent]
    ) {
      await runExample(command, arguments: ["--help"]) { _ in }
    }
    #expect(output(result).contains("usage: example [options]\n"))
  }

  @Test func refusesBadUsage() async {
    let result = await #expect(
      processExitsWith: .exitCode(64), observing: [\.standardErrorContent]
    ) {
      await runExample(command, arguments: ["x"]) { _ in }
    }
    #expect(errors(result).contains("example: unexpected argument 'x'\n"))
  }

  @Test func reportsFailure() async {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      await runExample(command, arguments: []) { _ in throw OutputError.isFolder("f") }
    }
    #expect(errors(result).contains("example: the output 'f' is a folder; name a file\n"))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func firstSignalCancels(_ number: Int32) async {
    let result = await #expect(
      processExitsWith: .exitCode(128 + number), observing: [\.standardErrorContent]
    ) { [number] in
      await runExample(command, arguments: []) { _ in
        kill(getpid(), number)
        try await Task.sleep(for: .seconds(60))
      }
    }
    #expect(errors(result).contains("example: interrupted\n"))
  }

  /// As `nohup` asks for.
  @Test func anIgnoredSignalStaysIgnored() async {
    await #expect(processExitsWith: .exitCode(0)) {
      signal(SIGHUP, SIG_IGN)
      await runExample(command, arguments: []) { _ in
        kill(getpid(), SIGHUP)
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  @Test func aStreamThatIsClosedTakesNoFile() async {
    let result = await #expect(
      processExitsWith: .exitCode(0), observing: [\.standardErrorContent]
    ) {
      close(1)
      await runExample(command, arguments: []) { _ in
        guard open("/dev/null", O_RDONLY) > 2, StandardStream.output.isClosed else { exit(9) }
        try StandardStream.output.write("lost\n")
      }
    }
    #expect(errors(result).contains("example: warning: standard output is closed"))
  }

  @Test func secondSignalKills() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      await runExample(command, arguments: []) { _ in
        kill(getpid(), SIGINT)
        while !Task.isCancelled { usleep(1000) }
        kill(getpid(), SIGINT)
        // Work that does not look for cancellation.
        sleep(60)
      }
    }
  }

  @Test func signalsReachABusyMachine() async {
    await #expect(processExitsWith: .exitCode(130)) {
      await runExample(command, arguments: []) { _ in
        kill(getpid(), SIGINT)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
          let end = ContinuousClock.now + .seconds(1)
          while ContinuousClock.now < end {}
        }
        try Task.checkCancellation()
      }
    }
  }

  @Test func closedPipeIsNoError() async {
    await #expect(processExitsWith: .exitCode(0)) {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { return }
      dup2(ends[1], 1)
      close(ends[0])
      close(ends[1])
      await runExample(command, arguments: []) { _ in
        print("lost")
        try StandardStream.output.write("lost too\n")
      }
    }
  }

  @Test func fullDiskIsAnError() async {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      dup2(open("/dev/full", O_WRONLY), 1)
      await runExample(command, arguments: []) { _ in
        try StandardStream.output.write("lost\n")
      }
    }
    #expect(
      errors(result).contains(
        "example: cannot write to standard output: No space left on device\n"))
  }
}
