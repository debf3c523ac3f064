internal import Foundation
internal import Kernels

/// The bytes of memory that a program may still take: what Linux calls available, and all that the
/// machine has where the system does not tell.
func availableMemory() -> Int {
  let all = Int(ProcessInfo.processInfo.physicalMemory)
  guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
    let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
  else { return all }
  return min(all, kilobytes << 10)
}

extension Precision {
  /// About the bytes that a model's packed weights take.
  func byteCount(of parameters: Int) -> Int {
    parameters * (self == .float32 ? MemoryLayout<Float>.stride : MemoryLayout<UInt16>.stride)
  }
}
