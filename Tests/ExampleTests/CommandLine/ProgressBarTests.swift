import Foundation
import Synchronization
import Testing
import _ExampleCommandLine

/// A clock that stands still until it is told to go on.
private final class FakeClock: Clock {
  struct Instant: InstantProtocol {
    var time: Duration

    func advanced(by duration: Duration) -> Instant { Instant(time: time + duration) }
    func duration(to other: Instant) -> Duration { other.time - time }
    static func < (first: Instant, second: Instant) -> Bool { first.time < second.time }
  }

  private let time = Mutex(Duration.zero)

  var now: Instant { Instant(time: time.withLock { $0 }) }
  var minimumResolution: Duration { .nanoseconds(1) }
  func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
  func advance(_ seconds: Double) { time.withLock { $0 += .seconds(seconds) } }
}

/// What a bar has written.
private final class Screen: Sendable {
  private let texts = Mutex<[String]>([])

  func write(_ text: String) { texts.withLock { $0.append(text) } }
  var last: String? { texts.withLock { $0.last } }
  var count: Int { texts.withLock { $0.count } }
}

@Suite struct ProgressBarTests {
  private let clock = FakeClock()
  private let screen = Screen()

  private func bar(total: Int, columns: Int = 45) -> ProgressBar<FakeClock> {
    ProgressBar(total: total, columns: columns, clock: clock, write: screen.write)
  }

  @Test func showsTimesAndRate() {
    var bar = bar(total: 10)
    #expect(screen.last == "\r  0%|                | 0/10 [00:00<?, ?it/s]")
    clock.advance(34.17)
    bar.advance(to: 3)
    #expect(screen.last == "\r 30%|██▍     | 3/10 [00:34<01:19, 11.39s/it]")
    clock.advance(3600)
    bar.advance(to: 10)
    #expect(screen.last == "\r100%|████| 10/10 [1:00:34<00:00, 363.42s/it]")
  }

  @Test func hasALabel() {
    var bar = ProgressBar(
      label: "loading", total: 4, columns: 45, clock: clock, write: screen.write)
    #expect(screen.last == "\rloading   0%|         | 0/4 [00:00<?, ?it/s]")
    bar.label = "round 1/3"
    clock.advance(1)
    bar.advance(to: 4)
    #expect(screen.last == "\rround 1/3 100% 4/4 [00:01<00:00,  4.00it/s] ")
  }

  /// The line never fills the terminal, which would wrap it.
  @Test func fitsNarrowTerminals() {
    for columns in 1...60 {
      var bar = ProgressBar(
        label: "loading", total: 100_000, columns: columns, clock: clock, write: screen.write)
      clock.advance(7)
      bar.advance(to: 99_999)
      let line = screen.last?.dropFirst() ?? ""
      #expect(line.count < columns || line.allSatisfy { $0 == " " }, "\(columns): '\(line)'")
    }
    _ = ProgressBar(
      label: "loading", total: 200, columns: 30, clock: clock, write: screen.write)
    #expect(screen.last == "\rloading   0% 0/200 [00:00<?]")
  }

  @Test func flipsToStepsASecond() {
    var bar = bar(total: 4)
    clock.advance(1)
    bar.advance(to: 1)
    #expect(screen.last == "\r 25%|██▎      | 1/4 [00:01<00:03,  1.00s/it]")
    clock.advance(0.5)
    bar.advance(to: 3)
    #expect(screen.last == "\r 75%|██████▊  | 3/4 [00:01<00:00,  2.00it/s]")
  }

  @Test func redrawsTenTimesASecondAndAtTheEnd() {
    var bar = bar(total: 10)
    clock.advance(0.05)
    bar.advance(to: 1)
    #expect(screen.count == 1)
    clock.advance(0.05)
    bar.advance(to: 2)
    #expect(screen.count == 2)
    clock.advance(0.01)
    bar.advance(to: 10)
    #expect(screen.count == 3)
  }

  @Test func coversALongerLine() {
    var bar = bar(total: 1, columns: 36)
    #expect(screen.last == "\r  0%|        | 0/1 [00:00<?, ?it/s]")
    clock.advance(2)
    bar.advance(to: 1)
    #expect(screen.last == "\r100% 1/1 [00:02<00:00,  2.00s/it]  ")
    clock.advance(3600)
    bar.advance(to: 1)
    #expect(screen.last == "\r100% 1/1 [1:00:02<00:00]         ")
  }

  @Test func clearsAndEndsItsLine() {
    var bar = bar(total: 2, columns: 30)
    bar.clear()
    #expect(screen.last == "\r" + String(repeating: " ", count: 25) + "\r")
    bar.finish()
    #expect(screen.count == 2)
    bar.advance(to: 1)
    bar.finish()
    #expect(screen.last == "\n")
    bar.finish()
    #expect(screen.count == 4)
  }

  @Test func writesNothingWhereThereIsNoTerminal() {
    var bar = ProgressBar(total: 2, columns: 80, clock: clock, write: nil)
    bar.advance(to: 2)
    bar.finish()
    #expect(screen.count == 0)
  }

  @Test func survivesNoSteps() {
    _ = bar(total: 0, columns: 40)
    #expect(screen.last == "\r100%|████████████| 0/0 [00:00<?, ?it/s]")
  }

  @Test func drawsOnTerminalsOnly() async {
    let result = await #expect(
      processExitsWith: .exitCode(0), observing: [\.standardErrorContent]
    ) {
      var bar = ProgressBar(total: 2)
      bar.advance(to: 2)
      bar.finish()
      exit(0)
    }
    #expect(result?.standardErrorContent.contains(UInt8(ascii: "%")) == false)
  }
}
