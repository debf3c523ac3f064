internal import Foundation

/// What a run of the benchmarks found, for programs and for `--compare`.
struct Report: Codable {
  /// A measured peak of the machine.
  struct Limit: Codable {
    let name: String
    let threads: Int
    let value: Double
    let unit: String
  }

  /// A timed case.
  struct Row: Codable {
    let name: String
    let note: String
    let threads: Int
    /// The median time of a call, in seconds.
    let median: Double
    /// The shortest time of a call, in seconds.
    let fastest: Double
    /// The median distance from the median, as a share of it.
    let spread: Double
    let samples: Int
    let speed: Speed
  }

  let instructionSet: String
  let peaks: [Limit]
  var rows: [Row] = []

  /// A report without rows.
  init(_ machine: Machine) {
    instructionSet = machine.instructionSet
    peaks = machine.peaks.flatMap { peak in
      machine.threads.map {
        Limit(
          name: peak.rawValue, threads: $0, value: machine(peak, threads: $0), unit: peak.unit)
      }
    }
  }

  /// Reads a report that `--json` has written.
  ///
  /// - Throws: `DecodingError` where the file is something else, or holds times that are none.
  static func read(_ path: String) throws -> Report {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let report = try decoder.decode(Report.self, from: Data(contentsOf: URL(filePath: path)))
    guard report.rows.allSatisfy({ $0.median > 0 && $0.median.isFinite && $0.spread >= 0 }) else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no times"))
    }
    return report
  }
}
