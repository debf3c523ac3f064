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
    switch self {
    case .float32: parameters * MemoryLayout<Float>.stride
    case .bfloat16: parameters * MemoryLayout<UInt16>.stride
    // A sixteenth for the scales; some layers keep 8 bits or more where others have 4.
    case .int8, .weights8: parameters + parameters / 16
    case .weights4: parameters / 4 * 3
    }
  }
}
