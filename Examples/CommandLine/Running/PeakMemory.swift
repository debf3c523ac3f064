internal import Foundation

/// The most memory that this process has had resident, in bytes; nil where the system hides it.
///
/// On Linux this is `VmHWM`: `getrusage` would count the program that started this one too.
package func peakMemory() -> Int? {
  #if os(Linux)
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
    let kibibytes = Int(line.filter(\.isNumber))
  else { return nil }
  return kibibytes * 1024
  #else
  var usage = rusage()
  return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
  #endif
}
