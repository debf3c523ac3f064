internal import Foundation
internal import Kernels
internal import _ExampleCommandLine

/// Times cases one at a time as another program asks for them, and sleeps in between.
///
/// A line of the input names a case; the answer is a line of JSON: `median` seconds and the number
/// of `samples`, or an `error`. The peers' script takes turns with PyTorch that way.
struct Server {
  private struct Answer: Encodable {
    let name: String
    var median: Double?
    var samples: Int?
    var error: String?
  }

  /// The number of threads.
  let threads: Int?
  /// The cases that it knows.
  let cases: [Case]
  /// How many prepared cases it keeps.
  private let limit = 3

  /// Answers until the input ends.
  func run() throws {
    var prepared: [(name: String, work: (Workspace) -> Void)] = []
    let workspaces = Dictionary(
      uniqueKeysWithValues: Precision.allCases.map {
        ($0, Workspace(threads: threads, precision: $0))
      })
    while let name = readLine() {
      guard let benchmark = cases.first(where: { $0.name == name }) else {
        try reply(Answer(name: name, error: "there is no such case"))
        continue
      }
      guard let workspace = workspaces[benchmark.precision] else { continue }
      if let place = prepared.firstIndex(where: { $0.name == name }) {
        prepared.append(prepared.remove(at: place))
      } else {
        if prepared.count == limit { prepared.removeFirst() }
        do {
          prepared.append((name, try benchmark.prepare()))
        } catch {
          try reply(Answer(name: name, error: "\(error)"))
          continue
        }
        prepared[prepared.count - 1].work(workspace)
      }
      let work = prepared[prepared.count - 1].work
      let budget =
        benchmark.isModel
        ? Budget(minimum: 1, seconds: 0, maximum: 1, warmsUp: false)
        : Budget(seconds: 0.05, warmsUp: false)
      let sample = Sample(budget) { work(workspace) }
      try reply(Answer(name: name, median: sample.median, samples: sample.count))
    }
  }

  private func reply(_ answer: Answer) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = String(decoding: try encoder.encode(answer), as: UTF8.self)
    try StandardStream.output.write(line + "\n")
  }
}
