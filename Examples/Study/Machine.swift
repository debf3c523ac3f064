internal import Foundation
internal import Kernels

/// Where something was measured.
package struct Machine: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The processor and the system as they call themselves, and the kernels in use.
  package let processor, instructionSet, system: String
  /// The most threads.
  package let threads: Int
  /// The version of the program.
  package let version: String

  /// This machine.
  package init(threads: Int, version: String) {
    processor = Self.processorName
    instructionSet = Workspace().instructionSet
    system = ProcessInfo.processInfo.operatingSystemVersionString
    (self.threads, self.version) = (threads, version)
  }

  /// The machine in a line.
  package var description: String {
    "\(processor), \(threads) threads, \(instructionSet), \(system), swift-dit \(version)"
  }

  /// The name of the processor, as Linux tells it.
  private static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":", maxSplits: 1).last
    return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
  }
}
